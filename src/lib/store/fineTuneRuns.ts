/**
 * The fine-tuning runs that this browser can go on with, one folder each: checkpoints, the best weights,
 * what was measured, the rows and the vocabulary. Their scores alone are in the records, see records.ts.
 */
import * as v from "valibot";
import type {FineTuneReport, FineTuneSummary, TaskSource} from "../engine/fineTuning/protocol.js";
import type {FineTuneEvaluation, FineTuneStep} from "../engine/fineTuning/protocol.js";
import type {AlbertConfig} from "../albert/config.js";
import type {Folder, StoreRoot} from "./files.js";
import {type KeptCheckpoint} from "./runs.js";
import {runFiles} from "./runNames.js";

/** Folder of these runs in the browser's private file system. */
export const fineTuneRunsFolder = "finetuning-runs";

/** Files of such a run, besides its checkpoints and the record of {@link runFiles}. */
export const fineTuneFiles = {
  history: "history.json",
  spiece: "spiece.model",
  tokenizerConfig: "tokenizer_config.json",
  train: "train.bin",
  dev: "dev.bin"
} as const;

/** The file of the best weights of a step. */
export const bestFile = (step: number): string =>
  `best-${String(step).padStart(7, "0")}.safetensors`;

/** Where the rows come from; the bytes of files lie beside the record. */
export type KeptSource =
  | Extract<TaskSource, {kind: "generated"}>
  | {
      kind: "files";
      train: {name: string};
      dev: {name: string} | null;
      columns: Extract<TaskSource, {kind: "files"}>["columns"];
    };

/** The manifest: written last, so that whatever it names is whole. */
export interface FineTuneRunRecord {
  version: 1;
  id: string;
  /** The model it started from; its weights are not needed any more. */
  config: AlbertConfig;
  source: KeptSource;
  summary: FineTuneSummary;
  step: number;
  /** Oldest first. */
  checkpoints: KeptCheckpoint[];
  /** ISO dates. */
  createdAt: string;
  savedAt: string;
}

/** What is measured of a run. */
export interface KeptFineTuneHistory {
  rows: FineTuneStep[];
  evaluations: FineTuneEvaluation[];
  report: FineTuneReport | null;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const record = v.looseObject({
  version: v.literal(1),
  id: v.string(),
  config: v.looseObject({}),
  source: v.variant("kind", [
    v.looseObject({kind: v.literal("generated"), seed: count, train: count, dev: count}),
    v.looseObject({
      kind: v.literal("files"),
      train: v.looseObject({name: v.string()}),
      dev: v.nullable(v.looseObject({name: v.string()})),
      columns: v.looseObject({})
    })
  ]),
  summary: v.looseObject({recipe: v.looseObject({}), task: v.string(), steps: count}),
  step: count,
  checkpoints: v.array(v.looseObject({step: count, bytes: count})),
  createdAt: v.string(),
  savedAt: v.string()
});

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const encode = (value: unknown) => new TextEncoder().encode(`${JSON.stringify(value)}\n`);

/** The record of a run; null where the folder holds none that this version can read. */
export async function readFineTuneRecord(store: Folder): Promise<FineTuneRunRecord | null> {
  const bytes = await store.read(runFiles.record);
  if (!bytes) return null;
  try {
    const value: unknown = JSON.parse(decode(bytes));
    return v.is(record, value) ? (value as unknown as FineTuneRunRecord) : null;
  } catch {
    return null; // cut short: it is not there
  }
}

export async function writeFineTuneRecord(store: Folder, value: FineTuneRunRecord): Promise<void> {
  await store.write(runFiles.record, encode(value));
}

/** What was measured; nothing where it cannot be read. */
export async function readFineTuneHistory(store: Folder): Promise<KeptFineTuneHistory> {
  const empty = {rows: [], evaluations: [], report: null};
  const bytes = await store.read(fineTuneFiles.history);
  if (!bytes) return empty;
  try {
    const {rows, evaluations, report} = JSON.parse(decode(bytes)) as KeptFineTuneHistory;
    // JSON has no NaN, which an undefined score is
    for (const {dev, train} of evaluations)
      for (const set of [dev, train]) {
        set.score ??= NaN;
        set.loss ??= NaN;
        for (const name of Object.keys(set.metrics)) set.metrics[name] ??= NaN;
      }
    return {rows, evaluations, report};
  } catch {
    return empty;
  }
}

export async function writeFineTuneHistory(
  store: Folder,
  history: {
    rows: readonly FineTuneStep[];
    evaluations: readonly FineTuneEvaluation[];
    report: FineTuneReport | null;
  }
): Promise<void> {
  await store.write(fineTuneFiles.history, encode(history));
}

/** Every run that can be gone on with, the one that was saved last first. */
export async function listFineTuneRuns(root: StoreRoot): Promise<FineTuneRunRecord[]> {
  const ids = await root.folders();
  const records = await Promise.all(ids.map((id) => readFineTuneRecord(root.folder(id))));
  return records.filter((each) => each !== null).sort((a, b) => b.savedAt.localeCompare(a.savedAt));
}
