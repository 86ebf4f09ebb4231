/** The rows of a task, from where a run is told to take them. */
import {generatedSplit} from "../../finetune/generated.js";
import type {Dataset} from "../../finetune/dataset.js";
import {readTaskFile} from "../../finetune/readTask.js";
import {splitDataset} from "../../finetune/split.js";
import {fineTuneTask} from "../../finetune/tasks.js";
import {fetchBytes} from "../fetchBytes.js";
import type {PhaseProgress} from "../trainingCalls.js";
import type {GivenAddress, GivenFile, TaskSource} from "./protocol.js";

/** Share of a single file that is held out. */
const heldOutShare = 0.15;

/** A source whose files are here. */
export type GivenSource =
  | Extract<TaskSource, {kind: "generated"}>
  | (Extract<TaskSource, {kind: "files"}> & {train: GivenFile; dev: GivenFile | null});

/** Fetches what lies at an address. */
export async function fetchSource(
  source: TaskSource,
  report: (progress: PhaseProgress) => void,
  signal: AbortSignal
): Promise<GivenSource> {
  if (source.kind === "generated") return source;
  const open = (given: GivenFile | GivenAddress) =>
    "url" in given ? fetchFile(given.url, report, signal) : Promise.resolve(given);
  const train = await open(source.train);
  return {...source, train, dev: source.dev && (await open(source.dev))};
}

/** Reads and splits the rows. @throws InputError that names the line that is wrong */
export async function readSource(
  id: string,
  source: GivenSource,
  seed: number
): Promise<{train: Dataset; dev: Dataset}> {
  if (source.kind === "generated") return generatedSplit(id, source);
  const task = fineTuneTask(id);
  const {columns, train: file, dev} = source;
  const train = await readTaskFile(file.bytes, file.name, task, {columns});
  if (!dev) return splitDataset(train, heldOutShare, seed);
  const options = {columns, labels: train.labels};
  return {train, dev: await readTaskFile(dev.bytes, dev.name, task, options)};
}

/** The file at an address, under the last part of it, whose ending says how it is read. */
export async function fetchFile(
  url: string,
  report: (progress: PhaseProgress) => void,
  signal: AbortSignal
): Promise<GivenFile> {
  const bytes = await fetchBytes(url, report, signal);
  const path = new URL(url).pathname.split("/");
  return {name: decodeURIComponent(path.at(-1)!) || url, bytes};
}
