/**
 * Runs as they travel: a run directory as the terminal writes it (recipe.json, metrics.csv,
 * evaluations.json, model/, checkpoints/), and several of them in one zip archive.
 */
import {strFromU8, strToU8, zip, type AsyncZippable} from "fflate";
import {readState} from "../albert/checkpoint/state.js";
import {writeModelFolder} from "../albert/checkpoint/write.js";
import {errorMessage, InputError} from "../errors.js";
import {configOfRecipe} from "../recipe/config.js";
import {canonicalJson, recipeHash} from "../recipe/hash.js";
import {parseRecipe, parseRecipeText, type Recipe} from "../recipe/recipe.js";
import {QuotaError, type StoreRoot} from "../store/files.js";
import {parseEvaluations, parseParent} from "../store/runFormats.js";
import {
  checkpointFile,
  colorsFromElsewhere,
  listRuns,
  makeRunFolder,
  needRecord,
  readHistory,
  readLabel,
  writeHistory,
  writeRecord,
  type RunRecord
} from "../store/runs.js";
import {runFiles} from "../store/runNames.js";
import {isZip, unpackZip} from "../store/unpackZip.js";
import {countParameters} from "../albert/specs.js";
import {readSpiece} from "../tokenizer/spiece.js";
import {withRunDirectories} from "./firstVersion.js";
import {parseMetrics} from "./metrics.js";
import {parametersHash} from "./moment.js";
import type {PhaseProgress} from "./trainingCalls.js";
import {newRunId} from "./preparePretraining.js";

type Report = (progress: PhaseProgress) => void;
type Files = Map<string, Uint8Array>;

const json = (value: unknown) => strToU8(`${JSON.stringify(value, null, 2)}\n`);

/** The name of a checkpoint's folder in a run directory. */
const folderOf = (step: number) => `checkpoints/step-${String(step).padStart(7, "0")}`;

/** A kept run as the files of a run directory. */
export async function runDirectory(root: StoreRoot, id: string): Promise<Files> {
  const store = root.folder(id);
  const record = await needRecord(store, id);
  const recipe = parseRecipe(record.recipe, id);
  const {metrics, evaluations} = await readHistory(store);
  const spiece = await store.read(runFiles.tokenizer);
  if (!spiece) throw new InputError(`run ${id} has lost its vocabulary`);
  const tokenizer = readSpiece(spiece, id);
  const config = configOfRecipe(recipe, tokenizer.vocabSize);
  const files: Files = new Map();
  files.set("recipe.json", json(recipe));
  files.set("run.json", json(record));
  files.set(runFiles.label, json(await readLabel(store)));
  files.set(runFiles.metrics, (await store.read(runFiles.metrics)) ?? strToU8(""));
  files.set(runFiles.evaluations, json(evaluations));
  const text = await store.read(runFiles.text);
  if (text && record.source.kind === "file") files.set(textPath(recipe, record.source.name), text);
  for (const {step} of record.checkpoints) {
    const state = await store.read(checkpointFile(step));
    if (!state) continue;
    files.set(`${folderOf(step)}/state.safetensors`, state);
    if (step !== record.step) continue;
    const {parameters} = await readState(state, checkpointFile(step));
    const about = `Pretrained for ${step} steps on ${record.corpus} by recipe ${record.hash}; ${metrics.length} rows of metrics.`;
    for (const [name, bytes] of writeModelFolder({config, parameters, tokenizer, about}))
      files.set(`model/${name}`, bytes);
  }
  return files;
}

/** Where the text of a run is looked up beside its recipe. */
function textPath({corpus}: Recipe, name: string): string {
  const path = "path" in corpus ? corpus.path : name;
  return path.split(/[\\/]/).pop()!;
}

/** Zips run directories, one folder each. Nothing is compressed but the small text files. */
export async function exportRuns(
  root: StoreRoot,
  ids: readonly string[],
  report: Report
): Promise<Uint8Array> {
  const tree: AsyncZippable = {};
  for (const [i, id] of ids.entries()) {
    report({phase: `packing run ${id}`, fraction: i / ids.length});
    for (const [path, bytes] of await runDirectory(root, id))
      tree[`${id}/${path}`] = [bytes, {level: path.endsWith(".safetensors") ? 0 : 6}];
  }
  return new Promise((resolve, reject) =>
    zip(tree, (error, bytes) => (error ? reject(error) : resolve(bytes)))
  );
}

/**
 * Keeps every run directory among files, under new names where runs of the same name are kept.
 *
 * @param files paths → bytes; zip archives among them are unpacked
 * @throws InputError when there is no run directory among them; QuotaError, which names the bytes of
 *   all of them, when the browser has no room: then none is kept
 */
export async function importRuns(
  root: StoreRoot,
  files: Files,
  report: Report
): Promise<{ids: string[]; notes: string[]}> {
  const given: Files = new Map();
  for (const [path, bytes] of files)
    if (isZip(bytes)) for (const [inner, data] of unpackZip(path, bytes)) given.set(inner, data);
    else given.set(path, bytes);
  const all = await withRunDirectories(given);
  const folders = new Map<string, Files>();
  for (const path of all.keys())
    if (path === "recipe.json" || path.endsWith("/recipe.json"))
      folders.set(path.slice(0, -"recipe.json".length), new Map());
  for (const [path, bytes] of all)
    for (let end = path.length; end > 0;) {
      end = path.lastIndexOf("/", end - 2) + 1;
      folders.get(path.slice(0, end))?.set(path.slice(end), bytes);
    }
  if (folders.size === 0)
    throw new InputError(
      `${[...files.keys()][0] ?? "nothing"}: no recipe.json (expected a run directory, or a zip of some)`
    );
  const ids: string[] = [];
  const notes: string[] = [];
  const colors = await colorsFor(root, [...folders.values()]);
  for (const [i, [folder, own]] of [...folders].entries()) {
    report({phase: `reading ${folder || "the run"}`, fraction: i / folders.size});
    try {
      const made = await importRun(root, own, folder.replace(/\/$/, "") || "run", colors[i]!);
      ids.push(made.id);
      notes.push(...made.notes);
    } catch (error) {
      if (error instanceof QuotaError) {
        // all or none: a second try would keep those before once more
        for (const id of ids) await root.removeFolder(id);
        throw new QuotaError(total(all));
      }
      if (!(error instanceof InputError) || folders.size === 1) throw error;
      notes.push(error.message);
    }
  }
  return {ids, notes};
}

const total = (files: Files) => [...files.values()].reduce((sum, {length}) => sum + length, 0);

/** The colour of each run directory among the runs of this browser; a deleted run does not stand in its own way. */
async function colorsFor(root: StoreRoot, directories: readonly Files[]): Promise<number[]> {
  const said = directories.map((files) => {
    try {
      return JSON.parse(strFromU8(files.get("run.json")!)) as Partial<RunRecord> | null;
    } catch {
      return null; // without it, or damaged: which is said where the run is read
    }
  });
  const ids = new Set(said.map((record) => record?.id));
  const {runs} = await listRuns(root);
  const here = runs.filter(({id, label}) => label.deletedAt === null || !ids.has(id));
  return colorsFromElsewhere(
    here,
    said.map((record) => record?.color)
  );
}

async function importRun(
  root: StoreRoot,
  files: Files,
  name: string,
  color: number
): Promise<{id: string; notes: string[]}> {
  const text = (file: string) => {
    const bytes = files.get(file);
    return bytes && strFromU8(bytes);
  };
  const parsed = <T>(file: string, absent: T): T => {
    try {
      return JSON.parse(text(file) ?? JSON.stringify(absent)) as T;
    } catch (error) {
      throw new InputError(`${name}/${file}: not valid JSON (${errorMessage(error)})`);
    }
  };
  const recipe = parseRecipeText(text("recipe.json")!, `${name}/recipe.json`);
  const spiece = files.get("model/spiece.model") ?? firstNamed(files, "spiece.model");
  if (!spiece)
    throw new InputError(`${name}: no model/spiece.model (expected the run's vocabulary)`);
  const {vocabSize} = readSpiece(spiece, `${name}/model/spiece.model`);
  const states = [...files].flatMap(([path, bytes]) => {
    const step = /^checkpoints\/step-(\d{1,9})\/state\.safetensors$/.exec(path)?.[1];
    return step === undefined ? [] : [{step: Number(step), path, bytes}];
  });
  const notes: string[] = [];
  const good: {
    step: number;
    bytes: Uint8Array;
    parameters: string;
    versions: Record<string, string>;
  }[] = [];
  for (const {step, path, bytes} of states.sort((a, b) => a.step - b.step)) {
    try {
      const state = await readState(bytes, `${name}/${path}`);
      if (state.step !== step) throw new InputError(`${name}/${path}: is of step ${state.step}`);
      const parameters = await parametersHash(state.parameters);
      good.push({step, bytes, parameters, versions: state.versions});
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      notes.push(error.message);
    }
  }
  const last = good.at(-1);
  if (!last) throw new InputError(`${name}: no checkpoint that can be read (${notes.join("; ")})`);
  const before = parsed<Partial<RunRecord> | null>("run.json", {}) ?? {};
  const hash = await recipeHash(recipe);
  const taken = new Set(await root.folders());
  const isName = typeof before.id === "string" && /^[\w-]{1,60}$/.test(before.id);
  const id = isName && !taken.has(before.id!) ? before.id! : newRunId(hash);
  await makeRunFolder(root, id, async (store) => {
    const metrics = parseMetrics(text("metrics.csv") ?? "").filter(({step}) => step <= last.step);
    const evaluations = parseEvaluations(parsed<unknown>("evaluations.json", [])).filter(
      ({step}) => step <= last.step
    );
    let bytes = await writeHistory(store, metrics, evaluations);
    await store.write(runFiles.tokenizer, spiece);
    const source: RunRecord["source"] =
      "path" in recipe.corpus ? {kind: "file", name: recipe.corpus.path} : {kind: "recipe"};
    const given = source.kind === "file" && files.get(textPath(recipe, source.name));
    if (given) {
      await store.write(runFiles.text, given);
      bytes += given.length;
    } else if (source.kind === "file")
      notes.push(
        `${name} came without its text ${source.name}: give it before going on with the run`
      );
    for (const {step, bytes: state} of good) await store.write(checkpointFile(step), state);
    if (files.has(runFiles.label)) await store.write(runFiles.label, files.get(runFiles.label)!);
    const now = new Date().toISOString();
    const date = (value: unknown) =>
      typeof value === "string" && !Number.isNaN(Date.parse(value)) ? value : now;
    await writeRecord(store, {
      version: 2,
      id,
      hash,
      recipe: asSaid(before.recipe, recipe),
      source,
      corpus: typeof before.corpus === "string" ? before.corpus : corpusName(recipe),
      parameters: countParameters(configOfRecipe(recipe, vocabSize)).total,
      step: last.step,
      steps: recipe.steps,
      checkpoints: good.map(({step, bytes: {length}, parameters}) => ({
        step,
        bytes: length,
        parameters
      })),
      evaluation: evaluations.at(-1) ?? null,
      loss: metrics.at(-1)?.loss ?? null,
      versions: asSaid(before.versions, last.versions),
      parent: parseParent(before.parent),
      color,
      bytes: bytes + spiece.length + good.reduce((sum, each) => sum + each.bytes.length, 0),
      createdAt: date(before.createdAt),
      savedAt: date(before.savedAt)
    });
  });
  return {id, notes};
}

/** What is known, in the order of its members in which a record said the same. */
function asSaid<T>(said: unknown, known: T): T {
  try {
    return canonicalJson(said) === canonicalJson(known) ? (said as T) : known;
  } catch {
    return known; // nested too deeply to be the same
  }
}

function corpusName({corpus}: Recipe): string {
  if ("path" in corpus) return corpus.path;
  return "url" in corpus ? corpus.url : "generated language";
}

function firstNamed(files: Files, name: string): Uint8Array | undefined {
  for (const [path, bytes] of files) if (path.endsWith(`/${name}`)) return bytes;
  return undefined;
}
