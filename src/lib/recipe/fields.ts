/** What the fields of recipes have in common: their checks, and how an error names them. */
import * as v from "valibot";
import {InputError} from "../errors.js";
import {shownJson as show} from "../json.js";

/** Told when it is asked for: the first number that a browser writes out takes it a tenth of a second. */
const tooMuch = (most: number) => () => `expected at most ${most.toLocaleString("en")}`;

export const positive = (most: number) =>
  v.pipe(
    v.number("expected a number"),
    v.integer("expected a whole number"),
    v.minValue(1, "expected at least 1"),
    v.maxValue(most, tooMuch(most))
  );
export const count = (most: number) =>
  v.pipe(
    v.number("expected a number"),
    v.integer("expected a whole number"),
    v.minValue(0, "expected at least 0"),
    v.maxValue(most, tooMuch(most))
  );
export const between = (least: number, most: number) =>
  v.pipe(
    v.number("expected a number"),
    v.finite("expected a finite number"),
    v.minValue(least, `expected at least ${least}`),
    v.maxValue(most, `expected at most ${most}`)
  );
export const choice = <const T extends readonly string[]>(options: T) =>
  v.picklist(options, `expected one of ${options.join(", ")}`);

export const optimizerNames = ["adamw", "adam", "adamw_google", "lamb", "lamb_paper"] as const;
export const decays = ["linear", "polynomial", "cosine", "constant"] as const;

/** The optimizer of a recipe; the two numbers are the defaults that recipes do not share. */
export const optimizerFields = ({learningRate, beta2}: {learningRate: number; beta2: number}) =>
  v.strictObject({
    name: v.optional(choice(optimizerNames), "adamw"),
    learning_rate: v.optional(between(0, 1), learningRate),
    weight_decay: v.optional(between(0, 1), 0.01),
    adam_beta1: v.optional(between(0, 0.9999), 0.9),
    adam_beta2: v.optional(between(0, 0.99999), beta2),
    adam_epsilon: v.optional(between(1e-12, 1), 1e-6),
    max_grad_norm: v.optional(between(0, 1e6), 1)
  });

/** The learning rate's way; how long it warms up by default depends on the steps. */
export const scheduleFields = v.strictObject({
  warmup_steps: v.optional(count(1_000_000)),
  decay: v.optional(choice(decays), "linear")
});

/** The shape of a batch: rows, and positions of a row. */
export const batchFields = (size: number, sequenceLength: number) =>
  v.pipe(
    v.strictObject({
      size: v.optional(positive(1024), size),
      sequence_length: v.optional(
        v.pipe(positive(4096), v.minValue(8, "expected at least 8 positions")),
        sequenceLength
      ),
      /** Batches whose mean loss makes one step: a larger batch in the memory of one. */
      gradient_accumulation_steps: v.optional(positive(1024))
    }),
    // One is what nothing is: recipes that say it and recipes that do not have one hash.
    v.transform(({gradient_accumulation_steps: several = 1, ...batch}) => ({
      ...batch,
      ...(several > 1 && {gradient_accumulation_steps: several})
    }))
  );

/**
 * A value that fits a schema, with its defaults.
 *
 * @param file the name to put into error messages
 * @param lists members of the outermost object that may be lists; others may not
 * @throws InputError that names the file, the field, the value and what was expected
 */
export function validated<const Schema extends v.GenericSchema>(
  schema: Schema,
  json: unknown,
  file: string,
  lists: readonly string[] = []
): v.InferOutput<Schema> {
  const others =
    typeof json === "object" && json !== null && !Array.isArray(json)
      ? Object.fromEntries(Object.entries(json).filter(([key]) => !lists.includes(key)))
      : json;
  const list = findArray(others, []);
  if (list)
    throw new InputError(
      `${file}: invalid ${list.path.join(".") || "recipe"}: ${show(list.value)} (expected no list)`
    );
  const result = v.safeParse(schema, json);
  if (!result.success) throw new InputError(describeIssue(result.issues[0], file));
  return result.output;
}

/** The first array in a value: no field of a recipe takes one, but valibot's objects accept it. */
function findArray(value: unknown, path: string[]): {path: string[]; value: unknown} | null {
  if (Array.isArray(value)) return {path, value};
  if (typeof value !== "object" || value === null) return null;
  for (const [key, member] of Object.entries(value)) {
    const found = findArray(member, [...path, key]);
    if (found) return found;
  }
  return null;
}

function describeIssue(issue: v.BaseIssue<unknown>, file: string): string {
  const field = v.getDotPath(issue) ?? "";
  if (issue.input === undefined) return `${file}: ${field || "recipe"} is missing`;
  if (issue.type === "strict_object") {
    if (issue.expected === "never") return `${file}: unknown field ${field}`;
    return `${file}: invalid ${field || "recipe"}: ${show(issue.input)} (expected an object)`;
  }
  return `${file}: invalid ${field || "recipe"}: ${show(issue.input)} (${issue.message})`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON over defaults: what it names wins, field by field; unchecked. */
export function withDefaults(json: unknown, defaults: object): unknown {
  if (!isObject(json)) return json;
  const filled = Object.entries(defaults).map(([key, value]: [string, unknown]) => [
    key,
    !(key in json) ? value : isObject(value) ? withDefaults(json[key], value) : json[key]
  ]);
  return {...json, ...(Object.fromEntries(filled) as object)};
}
