import type {Dataset} from "../src/lib/finetune/dataset.js";
import {readTaskFile as readFile, type ReadTaskOptions} from "../src/lib/finetune/readTask.js";
import {fineTuneTask, type FineTuneTask} from "../src/lib/finetune/tasks.js";
import type {Arguments, OptionKinds} from "./arguments.js";
import {UsageError} from "./arguments.js";
import {fileName, isFolder, readBytes} from "./files.js";
import {join} from "node:path";
import {stat} from "node:fs/promises";

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

/** A task's file as a data set. */
export async function readTaskFile(
  path: string,
  task: FineTuneTask,
  args: Arguments,
  options: ReadTaskOptions = {}
): Promise<Dataset> {
  const columns = {
    text: args.value("text-column"),
    pair: args.value("pair-column"),
    label: args.value("label-column")
  };
  if (columns.pair !== undefined && columns.text === undefined)
    throw new UsageError("--pair-column needs --text-column too");
  return readFile(await readBytes(path), fileName(path), task, {...options, columns});
}

/** A model folder, or the `model` folder of a run. */
export async function modelFolder(path: string): Promise<string> {
  if (!(await isFolder(path))) return path;
  const has = (name: string) =>
    stat(join(path, name)).then(
      () => true,
      () => false
    );
  return !(await has("config.json")) && (await has("model/config.json"))
    ? join(path, "model")
    : path;
}
