/**
 * The runs that this browser keeps, one folder each: what the terminal writes into a run directory,
 * with a record that names its checkpoints and a label that is the reader's. Readable without the
 * model that made them.
 */
import {metricsHeader, metricsLine, parseMetrics} from "../engine/metrics.js";
import type {Evaluation, StepMetrics} from "../engine/trainingCalls.js";
import {InputError} from "../errors.js";
import {parseRecipe, type Recipe} from "../recipe/recipe.js";
import {openRoot, type FileStore, type StoreRoot} from "./files.js";
import {parseEvaluations, parseLabel, parseRecord} from "./runFormats.js";
import {newestRun, runFiles, runsFolder} from "./runNames.js";

/** Where the first version of this site kept its one run: a folder of files beside {@link runsFolder}. */
export const firstRunFolder = "latest-run";

/** The channel on which every tab tells the others the id of a run that was kept or changed. */
export const runsChannel = "albert-runs";

/** The file of the checkpoint at a step: parameters, optimizer slots, recipe, versions. */
export const checkpointFile = (step: number): string =>
  `step-${String(step).padStart(7, "0")}.safetensors`;

/** A checkpoint as its run's record names it. */
export interface KeptCheckpoint {
  step: number;
  bytes: number;
  /** SHA-256 of its parameters when it was kept, where that was noted. */
  parameters?: string;
}

/** What is kept of a run besides numbers that grow with it. */
export interface RunRecord {
  version: 2;
  id: string;
  /** Of the recipe. */
  hash: string;
  recipe: unknown;
  source: {kind: "recipe"} | {kind: "file"; name: string};
  /** Name of the text, for a person. */
  corpus: string;
  parameters: number;
  /** Step of the newest checkpoint. */
  step: number;
  steps: number;
  /** Oldest first; a damaged one is passed over for the one before. */
  checkpoints: KeptCheckpoint[];
  /** The newest held-out scores. */
  evaluation: Evaluation | null;
  /** Training loss of the newest step, in nats. */
  loss: number | null;
  /** What computed it: backend, executor, versions. */
  versions: Record<string, string>;
  /** The run and step from which this one was branched. */
  parent: {id: string; step: number} | null;
  /** Place of its colour among the categories, the same for ever. */
  color: number;
  /** Bytes of all files. */
  bytes: number;
  /** ISO dates. */
  createdAt: string;
  savedAt: string;
}

/** What the reader says of a run. */
export interface RunLabel {
  name: string;
  tags: string[];
  notes: string;
  /** ISO date of the deletion, while it can be undone. */
  deletedAt: string | null;
}

export const emptyLabel: RunLabel = {name: "", tags: [], notes: "", deletedAt: null};

/** A run as the table of runs shows it. */
export interface RunEntry extends Omit<RunRecord, "recipe" | "version"> {
  recipe: Recipe;
  label: RunLabel;
  /** False where the run reads a file that it came without: it cannot go on before it is given. */
  hasText: boolean;
}

/** All runs, newest first; `problems` name the folders that could not be read. */
export interface RunList {
  runs: RunEntry[];
  problems: {id: string; message: string}[];
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const encode = (text: string) => new TextEncoder().encode(text);

async function readJson(store: FileStore, name: string): Promise<unknown> {
  const bytes = await store.read(name);
  return bytes && (JSON.parse(decode(bytes)) as unknown);
}

/** The record of a run; null where the folder holds none. @throws Error when it cannot be read */
export async function readRecord(store: FileStore): Promise<RunRecord | null> {
  const value = await readJson(store, runFiles.record);
  return value === null ? null : parseRecord(value);
}

/** @throws InputError where the folder holds no run */
export async function needRecord(store: FileStore, id: string): Promise<RunRecord> {
  const record = await readRecord(store);
  if (!record) throw new InputError(`this browser keeps no run ${id}`);
  return record;
}

export async function readLabel(store: FileStore): Promise<RunLabel> {
  return parseLabel(await readJson(store, runFiles.label).catch(() => null));
}

/** Changes what the reader says of a run. */
export async function writeLabel(
  root: StoreRoot,
  id: string,
  change: Partial<RunLabel>
): Promise<void> {
  const store = root.folder(id);
  const label = {...(await readLabel(store)), ...change};
  await store.write(runFiles.label, encode(`${JSON.stringify(label, null, 1)}\n`));
}

/** Every run, deleted ones included, newest first. */
export async function listRuns(root: StoreRoot): Promise<RunList> {
  const list: RunList = {runs: [], problems: []};
  const read = async (id: string) => {
    const store = root.folder(id);
    try {
      const [record, label, files] = await Promise.all([
        readRecord(store),
        readLabel(store),
        store.list()
      ]);
      if (!record) return; // begun, but nothing was kept yet
      const recipe = parseRecipe(record.recipe, id);
      const hasText = record.source.kind === "recipe" || files.includes(runFiles.text);
      list.runs.push({...record, id, recipe, label, hasText});
    } catch (error) {
      list.problems.push({id, message: error instanceof Error ? error.message : String(error)});
    }
  };
  await Promise.all((await root.folders()).map(read));
  list.runs.sort((a, b) => b.createdAt.localeCompare(a.createdAt) || a.id.localeCompare(b.id));
  return list;
}

/** Every step and evaluation of a run; none where they cannot be read, for a run goes on without. */
export async function readHistory(
  store: FileStore
): Promise<{metrics: StepMetrics[]; evaluations: Evaluation[]}> {
  const metrics = await store.read(runFiles.metrics);
  const evaluations = await readJson(store, runFiles.evaluations).catch(() => null);
  return {
    metrics: metrics ? parseMetrics(decode(metrics)) : [],
    evaluations: parseEvaluations(evaluations)
  };
}

export async function writeHistory(
  store: FileStore,
  metrics: readonly StepMetrics[],
  evaluations: readonly Evaluation[]
): Promise<number> {
  const csv = encode(metricsHeader + metrics.map(metricsLine).join(""));
  const json = encode(`${JSON.stringify(evaluations, null, 1)}\n`);
  await store.write(runFiles.metrics, csv);
  await store.write(runFiles.evaluations, json);
  return csv.length + json.length;
}

export async function writeRecord(store: FileStore, record: RunRecord): Promise<void> {
  await store.write(runFiles.record, encode(`${JSON.stringify(record, null, 1)}\n`));
}

/**
 * Makes the folder of a new run.
 *
 * @param fill writes its files; where it fails, nothing is left of the folder to take up room
 */
export async function makeRunFolder<T>(
  root: StoreRoot,
  id: string,
  fill: (store: FileStore) => Promise<T>
): Promise<T> {
  try {
    return await fill(root.folder(id));
  } catch (error) {
    await root.removeFolder(id);
    throw error;
  }
}

/** The colour of a new run: that which the fewest of the runs have, the first of them. */
export function nextColor(runs: readonly Pick<RunRecord, "color">[]): number {
  const counts = colorCounts(runs);
  return counts.indexOf(Math.min(...counts));
}

/**
 * The colours of runs that come from elsewhere: each keeps its own, unless more of the runs that are here
 * have that than another, and only then takes one as a new run does.
 *
 * @param own what each that comes says of its colour
 */
export function colorsFromElsewhere(
  here: readonly Pick<RunRecord, "color">[],
  own: readonly unknown[]
): number[] {
  const counts = colorCounts(here);
  const fewest = Math.min(...counts);
  const kept = own.map((said) => {
    const color = counts.findIndex((count, i) => i === said && count === fewest);
    return color < 0 ? null : color;
  });
  const all = [...here, ...kept.flatMap((color) => (color === null ? [] : [{color}]))];
  return kept.map((color) => {
    if (color !== null) return color;
    const next = nextColor(all);
    all.push({color: next});
    return next;
  });
}

function colorCounts(runs: readonly Pick<RunRecord, "color">[]): number[] {
  const counts = new Array<number>(runColors).fill(0);
  for (const {color} of runs) counts[color % runColors]! += 1;
  return counts;
}

/** Colours that runs take in turn: the categories without the grey of "other". */
const runColors = 7;

/** Removes for good what was deleted before a date. */
export async function purgeDeleted(root: StoreRoot, before: Date): Promise<void> {
  const limit = before.toISOString();
  for (const {id, label} of (await listRuns(root)).runs)
    if (label.deletedAt !== null && label.deletedAt < limit) await root.removeFolder(id);
}

/** The run that was saved last, for a page that offers to go on with it. */
export async function keptRun(id: string | null = null): Promise<RunEntry | null> {
  const {runs} = await listRuns(await openRoot(runsFolder));
  return newestRun(runs, id);
}
