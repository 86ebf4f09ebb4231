/** The record of the run that this browser keeps, readable without the model that made it. */
import type {Evaluation, StepMetrics} from "../engine/protocol.js";
import {openStore, type FileStore} from "./files.js";

/** Folder of the kept run in the browser's private file system. */
export const keptRunFolder = "latest-run";

export const keptRunFiles = {
  /** Recipe, metrics and evaluations. */
  run: "run.json",
  /** The reader's own text, where there is one. */
  text: "text.bin",
  tokenizer: "spiece.model",
  /** Parameters, optimizer slots and the step, newest and the one before. */
  state: "state.safetensors",
  previous: "state.previous.safetensors"
} as const;

export interface RunRecord {
  version: 1;
  recipe: unknown;
  source: {kind: "recipe"} | {kind: "file"; name: string};
  step: number;
  steps: number;
  metrics: StepMetrics[];
  evaluations: Evaluation[];
  /** ISO date. */
  savedAt: string;
}

/** The record, or null where none is kept or it cannot be read. */
export async function readRunRecord(files: FileStore): Promise<RunRecord | null> {
  const bytes = await files.read(keptRunFiles.run);
  if (!bytes) return null;
  try {
    const record = JSON.parse(new TextDecoder().decode(bytes)) as RunRecord;
    return record.version === 1 ? record : null;
  } catch {
    return null;
  }
}

/** What this browser keeps, for a page that offers to go on with it. */
export async function keptRun(): Promise<RunRecord | null> {
  return readRunRecord(await openStore(keptRunFolder));
}
