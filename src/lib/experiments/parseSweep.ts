/** Reads and checks the JSON of a sweep. */
import * as v from "valibot";
import {InputError} from "../errors.js";
import {readJson, shownJson as show} from "../json.js";
import {parseFineTuneRecipe} from "../finetune/recipe.js";
import {generatedTasks} from "../finetune/tasks.js";
import {between, choice, positive, validated} from "../recipe/fields.js";
import {measureNames, type MeasureName} from "./measures.js";
import {
  cellsOf,
  isObject,
  recipeOf,
  type DownstreamPlan,
  type Sweep,
  type SweepCases
} from "./sweep.js";

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
  return parseSweep(readJson(text, file), file);
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
