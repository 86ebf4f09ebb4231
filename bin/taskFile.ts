import type {Dataset} from "../src/lib/finetune/dataset.js";
import type {ColumnChoice} from "../src/lib/finetune/readTable.js";
import {readTaskFile, type ReadTaskOptions} from "../src/lib/finetune/readTask.js";
import {splitDataset} from "../src/lib/finetune/split.js";
import {fineTuneTask, type FineTuneTask} from "../src/lib/finetune/tasks.js";
import type {Arguments, OptionKinds} from "./arguments.js";
import {UsageError} from "./arguments.js";
import {fileName, isFolder, isThere, readBytes} from "./files.js";
import {join} from "node:path";

/** Options that choose the columns of a table. */
export const columnOptions: OptionKinds = {
  "text-column": "value",
  "pair-column": "value",
  "label-column": "value"
};

export const columnUsage = "[--text-column NAME --pair-column NAME --label-column NAME]";

/** The task that --task names. */
export function taskOf(args: Arguments): FineTuneTask {
  return fineTuneTask(args.required("task"));
}

/** The columns that the options name. */
export function columnsOf(args: Arguments): ColumnChoice {
  const columns = {
    text: args.value("text-column"),
    pair: args.value("pair-column"),
    label: args.value("label-column")
  };
  if (columns.pair !== undefined && columns.text === undefined)
    throw new UsageError("--pair-column needs --text-column too");
  return columns;
}

/** A task's file as a data set. */
export async function readRows(
  path: string,
  task: FineTuneTask,
  options: ReadTaskOptions = {}
): Promise<Dataset> {
  return readTaskFile(await readBytes(path), fileName(path), task, options);
}

/** Share of the training rows that is held out where there is no dev file. */
const heldOutShare = 0.2;
/** Of every run alike, so that runs of several seeds are scored on the same rows. */
const heldOutSeed = 1;

/** Training and dev rows; without a dev file, a fifth of the training rows is held out. */
export async function readSplit(
  task: FineTuneTask,
  {train: trainPath, dev}: {train: string; dev: string | null},
  columns: ColumnChoice = {}
): Promise<{train: Dataset; dev: Dataset}> {
  const train = await readRows(trainPath, task, {columns});
  if (dev === null) return splitDataset(train, heldOutShare, heldOutSeed);
  return {train, dev: await readRows(dev, task, {columns, labels: train.labels})};
}

/** A model folder, or the `model` folder of a run. */
export async function modelFolder(path: string): Promise<string> {
  if (!(await isFolder(path)) || (await isThere(join(path, "config.json")))) return path;
  return (await isThere(join(path, "model", "config.json"))) ? join(path, "model") : path;
}
