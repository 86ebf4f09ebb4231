/**
 * The kept run that a page offers. It is said before the rest of a page is there, beside a tab that takes
 * all the processor for its training: little is imported, and every step of the way to the files waits.
 */
import {readFolders} from "../store/files.js";
import {newestRun, runFiles, runsFolder} from "../store/runNames.js";
import {runsInUse} from "./runLock.js";

/** The run that a page offers to go on with: the one that its link names, else the last one. */
export async function offeredRun(search: string): Promise<OfferedRun | null> {
  const [folders, inUse] = await Promise.all([
    readFolders(runsFolder, [runFiles.record, runFiles.label]),
    runsInUse()
  ]);
  const runs = [...folders].flatMap(([id, [record, label]]) => keptRun(id, record, label) ?? []);
  const run = newestRun(runs, new URLSearchParams(search).get("run"));
  if (!run) return null;
  const {id, name, step, steps, savedAt} = run;
  return {id, name, step, steps, savedAt, isInUse: inUse.has(id)};
}

/** A kept run as far as an offer needs it. */
export interface OfferedRun {
  id: string;
  /** What the reader calls it; may be empty. */
  name: string;
  step: number;
  steps: number;
  /** ISO date. */
  savedAt: string;
  /** Whether a tab writes it now. */
  isInUse: boolean;
}

type KeptRun = Omit<OfferedRun, "isInUse"> & {label: {deletedAt: string | null}};

/** What an offer needs of a run's files; null where they do not hold it. The rest is read when it goes on. */
function keptRun(
  id: string,
  record?: Uint8Array | null,
  label?: Uint8Array | null
): KeptRun | null {
  const {version, step, steps, savedAt} = readObject(record);
  if (version !== 2 || !Number.isSafeInteger(step) || !Number.isSafeInteger(steps)) return null;
  if (typeof savedAt !== "string" || Number.isNaN(Date.parse(savedAt))) return null;
  const {name, deletedAt} = readObject(label);
  return {
    ...{id, step: step as number, steps: steps as number, savedAt},
    name: typeof name === "string" ? name : "",
    label: {deletedAt: typeof deletedAt === "string" ? deletedAt : null}
  };
}

/** The members of a JSON object; none where the bytes are none. */
function readObject(bytes: Uint8Array | null | undefined): Readonly<Record<string, unknown>> {
  try {
    return {...(JSON.parse(new TextDecoder().decode(bytes ?? new Uint8Array())) as object)};
  } catch {
    return {};
  }
}
