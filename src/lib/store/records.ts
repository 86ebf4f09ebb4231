/** Results that a browser keeps besides its runs: one JSON file each, in a folder of their kind. */
import type {
  FineTuneEvaluation,
  FineTuneStep,
  FineTuneSummary
} from "../engine/fineTuning/protocol.js";
import {openRoot, type FileStore} from "./files.js";

/** What is kept of a fine-tuning run. */
export interface FineTuneRecord {
  version: 1;
  id: string;
  /** ISO dates. */
  createdAt: string;
  savedAt: string;
  summary: FineTuneSummary;
  evaluations: FineTuneEvaluation[];
  steps: FineTuneStep[];
  /** What ended it before its last step, or null. */
  message: string | null;
}

/** One score of a probe, beside that of its control. */
export interface ProbeRecord {
  version: 1;
  id: string;
  savedAt: string;
  /** The model that was probed, and its run where it is one of this browser's. */
  model: string;
  runId: string | null;
  /** What the probe is asked, and what kind of probe it is. */
  task: string;
  probe: string;
  scores: {
    /** 0: the embedding; otherwise after so many layers. */
    depth: number;
    metric: string;
    value: number;
    /** The same probe on labels that mean nothing; null where it was not run. */
    control: number | null;
    /** Examples scored. */
    n: number;
    seed: number;
  }[];
}

/** Folders of the browser's private file system, by what they hold. */
export const recordFolders = {fineTuning: "finetuning", probes: "probes"} as const;

/** The folder of one kind of records. */
export async function openRecords(kind: keyof typeof recordFolders): Promise<FileStore> {
  return (await openRoot(recordFolders[kind])).folder("records");
}

/** Keeps a record, in place of an earlier one of its id. @throws QuotaError when there is no room */
export async function keepRecord(
  store: FileStore,
  record: FineTuneRecord | ProbeRecord
): Promise<void> {
  await store.write(`${record.id}.json`, new TextEncoder().encode(`${JSON.stringify(record)}\n`));
}

/** Every JSON file of a folder that can be read, in the order of names; what cannot is passed over. */
export async function readRecords<T>(store: FileStore): Promise<T[]> {
  const records: T[] = [];
  for (const name of await store.list()) {
    if (!name.endsWith(".json")) continue;
    const bytes = await store.read(name);
    try {
      if (bytes) records.push(JSON.parse(new TextDecoder().decode(bytes)) as T);
    } catch {
      // cut short: it is not there
    }
  }
  return records;
}
