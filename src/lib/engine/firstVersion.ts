/**
 * Runs as the first version of this site kept them: one, in a folder of its own, its numbers in run.json and
 * its newest two states beside it. They become run directories, as runArchive.ts reads them.
 */
import {strToU8} from "fflate";
import {readState, writeState} from "../albert/checkpoint/state.js";
import {errorMessage, InputError} from "../errors.js";
import {canonicalJson} from "../recipe/hash.js";
import {parseRecipe} from "../recipe/recipe.js";
import {emptyLabel} from "../store/runs.js";
import {runFiles} from "../store/runNames.js";
import {metricsHeader, metricsLine} from "./metrics.js";
import type {StepMetrics} from "./trainingCalls.js";

type Files = Map<string, Uint8Array>;

/** Its newest state, and the one before. */
const states = ["state.safetensors", "state.previous.safetensors"] as const;

/** What that version noted of a run. */
interface FirstRecord {
  version: 1;
  recipe: unknown;
  source: {kind: "recipe"} | {kind: "file"; name: string};
  metrics: StepMetrics[];
  evaluations: unknown;
  savedAt: string;
}

const notes =
  "Kept by the first version of this site, which noted no digest of its text: whether the text is still the one that it began with cannot be checked.";

const json = (value: unknown) => strToU8(`${JSON.stringify(value, null, 2)}\n`);

/**
 * The same files, with a run directory in the place of each folder of that version.
 *
 * @throws InputError where such a folder holds something else than was written there
 */
export async function withRunDirectories(files: Files): Promise<Files> {
  const all = new Map(files);
  for (const [path, bytes] of files) {
    if (path !== runFiles.record && !path.endsWith(`/${runFiles.record}`)) continue;
    const folder = path.slice(0, -runFiles.record.length);
    const record = files.has(`${folder}recipe.json`) ? null : firstRecord(bytes);
    if (!record) continue;
    const own = (name: string) => files.get(folder + name);
    const made = await runDirectory(record, own, path);
    for (const name of [runFiles.record, runFiles.text, runFiles.tokenizer, ...states])
      all.delete(folder + name);
    for (const [name, content] of made) all.set(folder + name, content);
  }
  return all;
}

function firstRecord(bytes: Uint8Array): FirstRecord | null {
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as FirstRecord | null;
    return value?.version === 1 ? value : null;
  } catch {
    return null; // no record: whatever it is is not this version's
  }
}

async function runDirectory(
  record: FirstRecord,
  own: (name: string) => Uint8Array | undefined,
  path: string
): Promise<Files> {
  const recipe = parseRecipe(record.recipe, path);
  const made: Files = new Map();
  made.set("recipe.json", json(recipe));
  made.set(runFiles.record, json({createdAt: record.savedAt, savedAt: record.savedAt}));
  made.set(runFiles.label, json({...emptyLabel, notes}));
  try {
    made.set(runFiles.metrics, strToU8(metricsHeader + record.metrics.map(metricsLine).join("")));
  } catch (error) {
    throw new InputError(`${path}: metrics: ${errorMessage(error)}`);
  }
  made.set(runFiles.evaluations, json(record.evaluations));
  const spiece = own(runFiles.tokenizer);
  if (spiece) made.set("model/spiece.model", spiece);
  const text = own(runFiles.text);
  if (text && "path" in recipe.corpus) made.set(recipe.corpus.path.split(/[\\/]/).pop()!, text);
  for (const name of states) {
    const bytes = own(name);
    if (!bytes) continue;
    const state = await readState(bytes, name).catch((error: unknown) => {
      if (error instanceof InputError) return null; // the other one may be whole
      throw error;
    });
    if (!state || canonicalJson(state.recipe) !== canonicalJson(record.recipe)) continue;
    const step = String(state.step).padStart(7, "0");
    // it noted nothing of its text
    const extra = state.extra ?? {data: null};
    made.set(
      `checkpoints/step-${step}/state.safetensors`,
      await writeState({...state, recipe, extra})
    );
  }
  return made;
}
