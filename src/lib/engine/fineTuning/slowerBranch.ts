/** A kept fine-tuning run that goes on at half the learning rate, beside the one it came from. */
import {readState, writeState} from "../../albert/checkpoint/state.js";
import {InputError} from "../../errors.js";
import {parseFineTuneRecipe} from "../../finetune/recipe.js";
import {slowerRecipe} from "../../recipe/slower.js";
import type {Folder, StoreRoot} from "../../store/files.js";
import {
  bestFile,
  fineTuneFiles,
  readFineTuneHistory,
  readFineTuneRecord,
  writeFineTuneHistory,
  writeFineTuneRecord
} from "../../store/fineTuneRuns.js";
import {checkpointFile, makeRunFolder} from "../../store/runs.js";
import {restoreNewest} from "../keptCheckpoints.js";
import {NoCheckpointError} from "../noCheckpoint.js";

/**
 * Makes a run of its own from the newest good checkpoint of another, at half its learning rate; the first
 * stays as it is.
 *
 * @returns the id of the new run
 * @throws InputError when the run is not kept; NoCheckpointError when no checkpoint can be read
 */
export async function slowerBranch(root: StoreRoot, id: string): Promise<string> {
  const from = root.folder(id);
  const record = await readFineTuneRecord(from);
  if (!record) throw new InputError(`run ${id} is not kept any more`);
  const recipe = slowerRecipe(parseFineTuneRecipe(record.summary.recipe, "kept run").recipe);
  const history = await readFineTuneHistory(from);
  let files = new Map<string, Uint8Array>();
  let step = 0;
  const changed = async (bytes: Uint8Array, name: string) => {
    const state = await readState(bytes, name);
    return {step: state.step, bytes: await writeState({...state, recipe})};
  };
  const {isRestored, notes} = await restoreNewest(from, record.checkpoints, async (bytes, name) => {
    const newest = await changed(bytes, name);
    ({step} = newest);
    const best = history.evaluations.filter((each) => each.isBest && each.step <= step).at(-1);
    files = new Map([[checkpointFile(step), newest.bytes]]);
    if (best && best.step !== step) {
      const file = bestFile(best.step);
      files.set(file, (await changed(await need(from, file), file)).bytes);
    }
  });
  if (!isRestored) throw NoCheckpointError.of(id, notes);
  const made = crypto.randomUUID();
  const now = new Date().toISOString();
  await makeRunFolder(root, made, async (store) => {
    const {spiece, tokenizerConfig, train, dev} = fineTuneFiles;
    for (const name of [spiece, tokenizerConfig, train, dev]) {
      const bytes = await from.read(name);
      if (bytes) await store.write(name, bytes);
    }
    for (const [name, bytes] of files) await store.write(name, bytes);
    const {rows, evaluations, report} = history;
    await writeFineTuneHistory(store, {
      rows: rows.filter((each) => each.step <= step),
      evaluations: evaluations.filter((each) => each.step <= step),
      report: report && report.step <= step ? report : null
    });
    await writeFineTuneRecord(store, {
      ...record,
      id: made,
      summary: {...record.summary, id: made, recipe, createdAt: now},
      step,
      checkpoints: [{step, bytes: files.get(checkpointFile(step))!.length}],
      createdAt: now,
      savedAt: now
    });
  });
  return made;
}

async function need(store: Folder, name: string): Promise<Uint8Array> {
  const bytes = await store.read(name);
  if (!bytes) throw new InputError(`${name} is gone`);
  return bytes;
}
