/** A kept run that goes on by a changed recipe, beside the one it came from. */
import {readState, writeState} from "../albert/checkpoint/state.js";
import {InputError} from "../errors.js";
import {recipeHash} from "../recipe/hash.js";
import {parseRecipe} from "../recipe/recipe.js";
import type {StoreRoot} from "../store/files.js";
import {
  checkpointFile,
  listRuns,
  makeRunFolder,
  needRecord,
  nextColor,
  readHistory,
  writeHistory,
  writeRecord
} from "../store/runs.js";
import {runFiles} from "../store/runNames.js";
import type {BranchChanges} from "./keptRunCalls.js";
import {parametersHash} from "./moment.js";
import {newRunId} from "./preparePretraining.js";

/**
 * Makes a run of its own from a checkpoint of another, so that it goes on from there by a changed
 * recipe while the first stays as it is.
 *
 * @returns the id of the new run
 * @throws InputError when the checkpoint is not there or a change is refused
 */
export async function branchRun(
  root: StoreRoot,
  id: string,
  step: number,
  {steps, learning_rate}: BranchChanges
): Promise<string> {
  const from = root.folder(id);
  const record = await needRecord(from, id);
  const bytes = await from.read(checkpointFile(step));
  if (!bytes) throw new InputError(`run ${id} keeps no checkpoint of step ${step}`);
  const state = await readState(bytes, checkpointFile(step));
  const old = parseRecipe(record.recipe, id);
  const recipe = parseRecipe(
    {
      ...old,
      steps: steps ?? old.steps,
      optimizer: {...old.optimizer, learning_rate: learning_rate ?? old.optimizer.learning_rate}
    },
    "branch"
  );
  if (recipe.steps < step)
    throw new InputError(`branch: invalid steps: ${recipe.steps} (expected at least ${step})`);
  const hash = await recipeHash(recipe);
  const made = newRunId(hash);
  await makeRunFolder(root, made, async (store) => {
    const {metrics, evaluations} = await readHistory(from);
    const kept = evaluations.filter((each) => each.step <= step);
    const rows = metrics.filter((each) => each.step <= step);
    let size = await writeHistory(store, rows, kept);
    for (const name of [runFiles.tokenizer, runFiles.text]) {
      const file = await from.read(name);
      if (file) await store.write(name, file);
      size += file?.length ?? 0;
    }
    const written = await writeState({...state, recipe});
    await store.write(checkpointFile(step), written);
    const now = new Date().toISOString();
    await writeRecord(store, {
      ...record,
      id: made,
      hash,
      recipe,
      step,
      steps: recipe.steps,
      checkpoints: [
        {step, bytes: written.length, parameters: await parametersHash(state.parameters)}
      ],
      evaluation: kept.at(-1) ?? null,
      loss: rows.at(-1)?.loss ?? null,
      parent: {id, step},
      color: nextColor((await listRuns(root)).runs),
      bytes: size + written.length,
      createdAt: now,
      savedAt: now
    });
  });
  return made;
}
