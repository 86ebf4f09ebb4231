/**
 * The JSON files of a run as they may come back: from this browser, or in an archive of anybody's
 * making. What a field cannot hold is left out where that loses nothing, and refused where it does.
 */
import * as v from "valibot";
import type {Evaluation} from "../engine/trainingCalls.js";
import type {RunLabel, RunRecord} from "./runs.js";

/** The longest text that a reader's words on a run may have. */
const mostCharacters = 20_000;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.pipe(v.string(), v.maxLength(mostCharacters));
const date = v.pipe(
  v.string(),
  v.check((value) => !Number.isNaN(Date.parse(value)), "is no date")
);
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const label = v.fallback(
  v.object({
    name: v.fallback(text, ""),
    tags: v.fallback(v.pipe(v.array(text), v.maxLength(100)), []),
    notes: v.fallback(text, ""),
    deletedAt: v.fallback(v.nullable(date), null)
  }),
  {name: "", tags: [], notes: "", deletedAt: null}
);

const evaluation = v.object({
  step: count,
  mlmLoss: v.number(),
  mlmAccuracy: share,
  mlmAccuracyInterval: v.tuple([share, share]),
  maskedCount: count,
  sentenceLoss: v.nullable(v.number()),
  sentenceAccuracy: v.nullable(share),
  sentenceCount: count
});

const parent = v.nullable(v.object({id: text, step: count}));

const record = v.object({
  version: v.literal(2),
  id: text,
  hash: text,
  recipe: v.unknown(),
  source: v.union([
    v.object({kind: v.literal("recipe")}),
    v.object({kind: v.literal("file"), name: text})
  ]),
  corpus: text,
  parameters: count,
  step: count,
  steps: count,
  checkpoints: v.array(
    v.object({
      step: count,
      bytes: count,
      parameters: v.exactOptional(v.pipe(v.string(), v.regex(/^[\da-f]{64}$/)))
    })
  ),
  evaluation: v.fallback(v.nullable(evaluation), null),
  loss: v.nullable(v.number()),
  versions: v.record(v.string(), v.string()),
  parent,
  color: v.optional(count, 0), // records of the first days have none
  bytes: count,
  createdAt: date,
  savedAt: date
});

/** What the reader says of a run; what is not of the right kind counts as not said. */
export function parseLabel(value: unknown): RunLabel {
  return v.parse(label, value);
}

/** The evaluations of a run, ascending; entries that are none are left out. */
export function parseEvaluations(value: unknown): Evaluation[] {
  if (!Array.isArray(value)) return [];
  const good = value.filter((each): each is Evaluation => v.is(evaluation, each));
  return good.sort((a, b) => a.step - b.step);
}

/** Where a run was branched from, or null where the value does not tell. */
export function parseParent(value: unknown): RunRecord["parent"] {
  return v.is(parent, value) ? value : null;
}

/**
 * The record of a run.
 *
 * @throws Error that names the field that cannot be read
 */
export function parseRecord(value: unknown): RunRecord {
  const version = (value as {version?: unknown} | null)?.version;
  if (version !== 2) throw new Error(`version ${String(version)} of a run (expected 2)`);
  const {success, output, issues} = v.safeParse(record, value);
  if (success) return output;
  const [{path, message}] = issues;
  throw new Error(`run.json: ${path?.map(({key}) => String(key)).join(".") ?? ""}: ${message}`);
}
