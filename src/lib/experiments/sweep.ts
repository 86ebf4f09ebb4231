/** A sweep: one JSON that names every run of an experiment, and the same list of runs everywhere. */
import * as v from "valibot";
import {InputError} from "../errors.js";
import {generatedTasks} from "../finetune/tasks.js";
import {parseFineTuneRecipe} from "../finetune/recipe.js";
import {between, choice, positive, validated} from "../recipe/fields.js";
import {canonicalJson, recipeHash} from "../recipe/hash.js";
import {parseRecipe, type Recipe} from "../recipe/recipe.js";
import {measureNames, type MeasureName, type ResharePlan} from "./measures.js";

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

const keys = [
  "name",
  "about",
  "base",
  "grid",
  "cases",
  "seeds",
  "measures",
  "downstream",
  "resharing"
];

/** Runs that one sweep may hold; a slip in a grid should not start a year of training. */
const mostRuns = 10_000;

/**
 * Reads a sweep and checks every recipe that it names.
 *
 * Example: `{"name": "rank", "base": {"steps": 200}, "grid": {"model.embedding_size": [8, 16]},
 * "seeds": 5}` is ten runs, seeds 1 to 5 for each size.
 *
 * @param json what JSON.parse gave
 * @param file the name to put into error messages
 * @throws InputError that names the file, the field, the value and what was expected
 */
export function parseSweep(json: unknown, file = "sweep"): Sweep {
  const refuse = (field: string, value: unknown, expected: string): never => {
    throw new InputError(`${file}: invalid ${field}: ${show(value)} (expected ${expected})`);
  };
  if (!isObject(json)) return refuse("sweep", json, "an object with base, grid and seeds");
  const unknown = Object.keys(json).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new InputError(`${file}: unknown field ${unknown}`);
  const {name = "sweep", about = "", base = {}, grid = {}, cases = {}, measures = []} = json;
  if (typeof name !== "string" || !/^[\w-]{1,60}$/.test(name))
    return refuse("name", name, "letters, digits, - and _, at most 60");
  if (typeof about !== "string") return refuse("about", about, "a sentence");
  if (!isObject(base)) return refuse("base", base, "a recipe");
  if ("seed" in base) refuse("base.seed", base.seed, "no seed here, but in seeds");
  if (!isObject(grid)) return refuse("grid", grid, "an object of lists by recipe field");
  for (const [field, values] of Object.entries(grid)) {
    if (!Array.isArray(values) || values.length === 0)
      refuse(`grid.${field}`, values, "a list of at least one value");
    if (field === "seed") refuse("grid.seed", values, "seeds beside the grid, not in it");
    checkField(field, `grid.${field}`, file);
  }
  if (!isObject(cases)) return refuse("cases", cases, "an object of recipe fields by name");
  for (const [label, fields] of Object.entries(cases)) {
    if (!isObject(fields)) return refuse(`cases.${label}`, fields, "recipe fields with values");
    for (const field of Object.keys(fields)) checkField(field, `cases.${label}.${field}`, file);
  }
  if (!Array.isArray(measures)) return refuse("measures", measures, "a list");
  for (const measure of measures as unknown[])
    if (!measureNames.includes(measure as MeasureName))
      refuse("measures", measure, `one of ${measureNames.join(", ")}`);
  const sweep: Sweep = {
    name,
    about,
    base,
    grid: grid as Sweep["grid"],
    cases: cases as SweepCases,
    seeds: readSeeds(json.seeds ?? 1, refuse),
    measures: measures as MeasureName[],
    ...(json.downstream !== undefined && {
      downstream: readDownstream(json.downstream, cases, file)
    }),
    ...(json.resharing !== undefined && {
      resharing: validated(reshareSchema, json.resharing, `${file}: resharing`)
    })
  };
  if (sweep.measures.includes("resharing") && !sweep.resharing)
    refuse("resharing", undefined, "steps, learning_rate and evaluate_every, as measures names it");
  if (sweep.measures.includes("downstream") && !sweep.downstream)
    refuse("downstream", undefined, "task, rows, dev and recipe, as measures names it");
  const size = cellsOf(sweep).length * sweep.seeds.length;
  if (size > mostRuns) refuse("grid", grid, `at most ${mostRuns} runs, this is ${size}`);
  for (const {fields} of cellsOf(sweep)) recipeOf(sweep, fields, sweep.seeds[0]!, file);
  return sweep;
}

const downstreamSchema = v.strictObject({
  task: choice(generatedTasks as readonly [string, ...string[]]),
  rows: positive(1_000_000),
  dev: positive(100_000),
  recipe: v.optional(v.looseObject({}), {}),
  learning_rates: v.optional(v.pipe(v.array(between(0, 1)), v.minLength(2), v.maxLength(20))),
  rate_of: v.optional(v.record(v.string(), between(0, 1)))
});

const reshareSchema = v.strictObject({
  steps: positive(1_000_000),
  learning_rate: between(0, 1),
  evaluate_every: positive(1_000_000)
});

function readDownstream(json: unknown, cases: object, file: string): DownstreamPlan {
  const where = `${file}: downstream`;
  const {learning_rates, rate_of, ...plan} = validated(downstreamSchema, json, where, [
    "learning_rates"
  ]);
  parseFineTuneRecipe(plan.recipe, `${where}.recipe`);
  if (learning_rates && rate_of)
    throw new InputError(`${where}: learning_rates and rate_of (expected one of them)`);
  const names = Object.keys(cases);
  const isWhole = (rates: object) =>
    Object.keys(rates).length === names.length && names.every((name) => name in rates);
  if (rate_of && !isWhole(rate_of))
    throw new InputError(`${where}: invalid rate_of (expected a rate for each case, by its name)`);
  return {...plan, ...(learning_rates && {learning_rates}), ...(rate_of && {rate_of})};
}

/** Reads a sweep from JSON text; a syntax error names the file. */
export function parseSweepText(text: string, file: string): Sweep {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new InputError(`${file}: not valid JSON (${(error as Error).message})`);
  }
  return parseSweep(json, file);
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

/** Measures that train further models. */
const costly: readonly MeasureName[] = ["downstream", "resharing"];

/**
 * A sweep with fewer or more seeds and steps, for a reader's own machine, without training its models
 * on. Cases with steps of their own keep their proportion to the others, and so do teachers. With the
 * steps unchanged, its runs are the very runs of the original, hash for hash.
 *
 * @param json a sweep as `parseSweep` reads it
 */
export function resized(json: unknown, {seeds, steps}: {seeds: number; steps: number}): unknown {
  const sweep = json as {base: Record<string, unknown>} & Partial<Sweep>;
  const {base, cases, measures} = sweep;
  const factor = steps / ((base.steps as number | undefined) ?? steps);
  const scaled = (own: number) => Math.max(1, Math.round(own * factor));
  const inCases = Object.entries(cases ?? {}).map(([name, fields]) => {
    const own = {...fields};
    if (typeof own.steps === "number") own.steps = scaled(own.steps);
    const taught = own.distillation as {teacher: {steps: number}} | undefined;
    if (taught)
      own.distillation = {
        ...taught,
        teacher: {...taught.teacher, steps: scaled(taught.teacher.steps)}
      };
    return [name, own] as const;
  });
  const fewest = Math.min(
    steps,
    ...inCases.flatMap(([, own]) => (typeof own.steps === "number" ? [own.steps] : []))
  );
  const schedule = (base.schedule ?? {}) as {warmup_steps?: number};
  const warmup = Math.min(schedule.warmup_steps ?? 0, Math.floor(fewest / 2));
  return {
    ...sweep,
    ...(cases && {cases: Object.fromEntries(inCases)}),
    ...(measures && {measures: measures.filter((name) => !costly.includes(name))}),
    downstream: undefined,
    resharing: undefined,
    seeds,
    base: {...base, steps, schedule: {...schedule, warmup_steps: warmup}}
  };
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

function recipeOf(
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

function checkField(path: string, where: string, file: string): void {
  const isSafe = path.split(".").every((key) => /^[a-z]\w*$/.test(key) && key !== "constructor");
  if (!isSafe)
    throw new InputError(`${file}: unknown field ${where} (expected a recipe field, dotted)`);
}

function readSeeds(
  value: unknown,
  refuse: (field: string, value: unknown, expected: string) => never
): number[] {
  const isSeed = (seed: unknown): seed is number =>
    Number.isInteger(seed) && (seed as number) >= 0 && (seed as number) < 2 ** 32;
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 1000)
    return Array.from({length: value as number}, (_, i) => i + 1);
  if (!Array.isArray(value) || value.length === 0 || !value.every(isSeed))
    return refuse("seeds", value, "a number of seeds from 1 to 1000, or a list of them");
  if (new Set(value).size < value.length) return refuse("seeds", value, "each seed once");
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
