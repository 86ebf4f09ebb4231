/** The checkpoints in the folder of a kept run, whatever it trains. */
import {InputError} from "../errors.js";
import type {Folder} from "../store/files.js";
import {keptSteps, mostCheckpoints} from "../store/retention.js";
import {checkpointFile, type KeptCheckpoint} from "../store/runs.js";
import {OtherRunError} from "./runState.js";

/**
 * Writes a checkpoint beside those before it. The record that names them is written after it, and only
 * then {@link dropOthers} removes the rest: whenever this ends early, what was kept is still there.
 *
 * @param before what the record names by now
 * @param state of `step`
 * @param most checkpoints to keep; default as many as fit
 * @returns what the record is to name, oldest first
 */
export async function addCheckpoint<C extends Pick<KeptCheckpoint, "step">>(
  store: Folder,
  before: readonly C[],
  state: Uint8Array,
  checkpoint: C,
  most = mostCheckpoints(state.length)
): Promise<C[]> {
  const there = new Set(await store.list());
  await store.write(checkpointFile(checkpoint.step), state);
  // Going on from an older checkpoint leaves newer ones that are of no use any more.
  const known = before.filter(
    ({step}) => step < checkpoint.step && there.has(checkpointFile(step))
  );
  const all = [...known, checkpoint];
  const steps = all.map(({step}) => step);
  const kept = new Set(keptSteps(steps, most));
  return all.filter(({step}) => kept.has(step));
}

/** Removes the checkpoints that the record does not name. */
export async function dropOthers(
  store: Folder,
  kept: readonly Pick<KeptCheckpoint, "step">[],
  fileOf: (step: number) => string = checkpointFile
): Promise<void> {
  const names = new Set(kept.map(({step}) => fileOf(step)));
  const [prefix] = fileOf(0).split("0");
  for (const name of await store.list())
    if (name.startsWith(prefix!) && !names.has(name)) await store.remove(name);
}

/**
 * Hands the newest good checkpoint to `restore`, which throws an InputError where one is damaged.
 *
 * @returns whether one could be read, and what was wrong with newer ones
 * @throws OtherRunError where a checkpoint is of another run: an older one would be so, too
 */
export async function restoreNewest(
  store: Folder,
  checkpoints: readonly Pick<KeptCheckpoint, "step">[],
  restore: (state: Uint8Array, name: string) => Promise<void>
): Promise<{isRestored: boolean; notes: string[]}> {
  const notes: string[] = [];
  for (const {step} of [...checkpoints].reverse()) {
    const name = checkpointFile(step);
    try {
      const state = await store.read(name);
      if (!state) throw new InputError(`${name} is gone`);
      await restore(state, name);
    } catch (error) {
      if (!(error instanceof InputError) || error instanceof OtherRunError) throw error;
      notes.push(error.message);
      continue;
    }
    if (notes.length) notes.push(`going on from step ${step}`);
    return {isRestored: true, notes};
  }
  return {isRestored: false, notes};
}

/** The checkpoints of a folder without a record, oldest first. */
export async function listCheckpoints(store: Folder): Promise<Pick<KeptCheckpoint, "step">[]> {
  const steps = (await store.list()).map((name) => Number(/^step-(\d+)\./.exec(name)?.[1]));
  return steps
    .flatMap((step) => (Number.isNaN(step) ? [] : [{step}]))
    .sort((a, b) => a.step - b.step);
}
