/** What the page of fine-tuning offers to go on with. */
import {openRoot} from "../../store/files.js";
import {fineTuneRunsFolder, listFineTuneRuns} from "../../store/fineTuneRuns.js";
import type {OfferedRun} from "../offeredRun.js";
import {runsInUse} from "../runLock.js";

/** The run that was saved last and that no tab is writing now; null where there is none. */
export async function offeredFineTuning(): Promise<OfferedRun | null> {
  const inUse = await runsInUse();
  const runs = await listFineTuneRuns(await openRoot(fineTuneRunsFolder));
  const run = runs.find(({id}) => !inUse.has(id));
  if (!run) return null;
  const {id, step, savedAt, summary} = run;
  const name = `${summary.taskName}, ${summary.train.name}`;
  return {id, step, steps: summary.steps, savedAt, name, isInUse: false};
}

/** Removes a run for good; its scores stay in the tables of /glue/. */
export async function removeFineTuning(id: string): Promise<void> {
  await (await openRoot(fineTuneRunsFolder)).removeFolder(id);
}
