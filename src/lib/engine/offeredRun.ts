/** The kept run that a page offers; it needs little, so that it is said before the rest of a page is there. */
import {keptRun} from "../store/runs.js";
import {runsInUse} from "./runLock.js";

/** The run that a page offers to go on with: the one that its link names, else the last one. */
export async function offeredRun(search: string): Promise<OfferedRun | null> {
  const [run, inUse] = await Promise.all([
    keptRun(new URLSearchParams(search).get("run")),
    runsInUse()
  ]);
  if (!run) return null;
  const {id, step, steps, savedAt, label} = run;
  return {id, step, steps, savedAt, name: label.name, isInUse: inUse.has(id)};
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
