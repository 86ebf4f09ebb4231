/** A sweep: one JSON that names every run of an experiment, and the same list of runs everywhere. */
import {InputError} from "../errors.js";
import {canonicalJson, recipeHash} from "../recipe/hash.js";
import {parseRecipe, type Recipe} from "../recipe/recipe.js";
import type {MeasureName, ResharePlan} from "./measures.js";

/** Named choices of a sweep's axis that changes several fields together: name → recipe fields. */
export type SweepCases = Record<string, Record<string, unknown>>;

/** What each trained model is fine-tuned on, where a sweep measures `downstream`. */
export interface DownstreamPlan {
  /** A task that the grammar writes. */
  task: string;
  /** Training and dev rows. */
  rows: number;
  dev: number;
  /** A fine-tuning recipe without its seed, which is that of the run. */
  recipe: Record<string, unknown>;
  /** Learning rates that each model is fine-tuned with in turn, to choose one by; see `rate_of`. */
  learning_rates?: readonly number[];
  /** The learning rate of each case, in place of the recipe's: every case by its name. */
  rate_of?: Readonly<Record<string, number>>;
}

/** An experiment, checked: grid × cases × seeds over a base recipe. */
export interface Sweep {
  name: string;
  /** The question that the sweep answers, for people. */
  about: string;
  /** What every run has in common, as a recipe with anything left out. */
  base: Record<string, unknown>;
  /** Dotted recipe field → its values; every combination is run. */
  grid: Record<string, readonly unknown[]>;
  /** Combinations that change several fields at once, by name; crossed with the grid. */
  cases: SweepCases;
  seeds: readonly number[];
  /** What is measured of each trained model beyond its held-out losses. */
  measures: readonly MeasureName[];
  /** Where `downstream` is measured. */
  downstream?: DownstreamPlan;
  /** Where `resharing` is measured. */
  resharing?: ResharePlan;
}

/** What sets a run apart from its neighbours: axis → value as a word or a number. */
export type Cell = Record<string, string | number>;

/** One run of a sweep. */
export interface SweepRun {
  cell: Cell;
  seed: number;
  recipe: Recipe;
  /** The recipe's hash, which names the run's file. */
  hash: string;
}

/**
 * Every run, cell by cell, seed by seed: the order is a function of the JSON alone, so that shards
 * on different machines agree.
 *
 * @throws InputError when two runs would be the same
 */
export async function runsOf(sweep: Sweep, file = "sweep"): Promise<SweepRun[]> {
  const runs: SweepRun[] = [];
  const seen = new Map<string, Cell>();
  for (const {cell, fields} of cellsOf(sweep))
    for (const seed of sweep.seeds) {
      const recipe = recipeOf(sweep, fields, seed, file);
      const hash = await recipeHash(recipe);
      const twin = seen.get(hash);
      if (twin)
        throw new InputError(
          `${file}: ${cellName(twin)} and ${cellName(cell)} are the same run (expected different recipes)`
        );
      seen.set(hash, cell);
      runs.push({cell, seed, recipe, hash});
    }
  return runs;
}

/** The combinations of a sweep without their seeds. */
export function cellsOf({grid, cases}: Pick<Sweep, "grid" | "cases">): {
  cell: Cell;
  fields: Record<string, unknown>;
}[] {
  const names = Object.keys(cases);
  let cells: {cell: Cell; fields: Record<string, unknown>}[] =
    names.length > 0
      ? names.map((name) => ({cell: {case: name}, fields: cases[name]!}))
      : [{cell: {}, fields: {}}];
  for (const [field, values] of Object.entries(grid))
    cells = cells.flatMap(({cell, fields}) =>
      values.map((value) => ({
        cell: {...cell, [shortName(field)]: label(value)},
        fields: {...fields, [field]: value}
      }))
    );
  return cells;
}

/** A cell in words. @example "case wide, embedding_size 16" */
export function cellName(cell: Cell): string {
  return (
    Object.entries(cell)
      .map(([axis, value]) => `${axis} ${value}`)
      .join(", ") || "the only cell"
  );
}

/**
 * The runs of shard i of n: every n-th one. Shards are numbered from 0 to n − 1 or from 1 to n, as
 * the scheduler likes: n of n is 0 of n.
 *
 * @param text "i/n"
 * @throws InputError when it is not of that form
 */
export function shardOf<T>(runs: readonly T[], text: string): T[] {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
  const [i, n] = match ? [Number(match[1]), Number(match[2])] : [1, 0];
  if (n < 1 || i > n)
    throw new InputError(`invalid --shard: ${text} (expected i/n, i from 0 to n - 1 or 1 to n)`);
  return runs.filter((_, index) => index % n === i % n);
}

/** The last part of a dotted field. */
function shortName(field: string): string {
  return field.split(".").at(-1)!;
}

function label(value: unknown): string | number {
  if (typeof value === "number" || typeof value === "string") return value;
  if (isObject(value) && typeof value.groups === "number")
    return `groups ${value.groups}${value.inner === undefined || value.inner === 1 ? "" : `×${value.inner as number}`}`;
  return canonicalJson(value);
}

/** The recipe of one cell and seed. */
export function recipeOf(
  {base}: Sweep,
  fields: Record<string, unknown>,
  seed: number,
  file: string
): Recipe {
  const input = structuredClone(base);
  for (const [path, value] of Object.entries(fields)) write(input, path.split("."), value);
  return parseRecipe({...input, seed}, file);
}

function write(target: Record<string, unknown>, path: string[], value: unknown): void {
  const [key, ...rest] = path;
  if (rest.length === 0) target[key!] = value;
  else {
    if (!isObject(target[key!])) target[key!] = {};
    write(target[key!] as Record<string, unknown>, rest, value);
  }
}

/** Whether a value is an object with fields, not a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
