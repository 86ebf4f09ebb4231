import type {Random} from "../../random.js";
import type {SentenceObjective} from "./batch.js";
import type {Section, Text} from "./sections.js";

/** Fields of one planned row; sentence numbers index `Text.starts`. */
export const PLAN = {first: 0, middle: 1, end: 2, label: 3, target: 4, section: 5} as const;
/** Numbers per planned row. */
export const PLAN_STRIDE = 6;

/** How sentences are packed into rows. */
export interface PairOptions {
  sentence: SentenceObjective;
  /** Most tokens a row can hold besides special tokens. */
  maxTokens: number;
  /** Share of the rows that is filled to a random shorter length only; 0.1 in the paper. */
  shortProbability: number;
}

/**
 * Plans one epoch: which sentences make each row, where segment A ends, and the label. Consecutive
 * sentences are gathered until they fill the row (for a tenth of the rows: a random shorter length;
 * the original draws it per document, which makes thousands of tiny rows of a long one) and split at
 * a random sentence. SOP swaps half of the rows; NSP gives half of them a B from
 * another section, and puts the sentences that B replaces back. `none` makes one segment of as many
 * whole sentences as fit.
 *
 * A last sentence left alone is paired with the one before it, which is then seen twice (the
 * original pairs it with a sentence of another document and labels the row 1).
 *
 * @returns rows in the order of the text, PLAN_STRIDE numbers each
 * @see google-research/albert create_pretraining_data.py, create_instances_from_document
 */
export function sentencePairs(
  text: Text,
  sections: Section[],
  options: PairOptions,
  random: Random
): Int32Array {
  const plan: number[] = [];
  const {maxTokens, shortProbability} = options;
  const drawTarget = () =>
    maxTokens > 2 && random.uniform() < shortProbability
      ? 2 + random.int(maxTokens - 1)
      : maxTokens;
  for (let s = 0; s < sections.length; ++s) {
    if (options.sentence === "none") planSingles(plan, text, sections, s, maxTokens, drawTarget);
    else planPairs(plan, text, sections, s, options.sentence, random, drawTarget);
  }
  return Int32Array.from(plan);
}

function planSingles(
  plan: number[],
  {starts}: Text,
  sections: Section[],
  s: number,
  maxTokens: number,
  drawTarget: () => number
): void {
  const section = sections[s]!;
  let first = section.first;
  let target = drawTarget();
  for (let i = first; i < section.end; ++i) {
    const length = starts[i + 1]! - starts[first]!;
    const next = i + 1 < section.end ? starts[i + 2]! - starts[first]! : Infinity;
    if (length < target && next <= maxTokens) continue;
    plan.push(first, i + 1, i + 1, 0, target, s);
    first = i + 1;
    target = drawTarget();
  }
}

function planPairs(
  plan: number[],
  {starts}: Text,
  sections: Section[],
  s: number,
  sentence: "nsp" | "sop",
  random: Random,
  drawTarget: () => number
): void {
  const section = sections[s]!;
  let first = section.first;
  let target = drawTarget();
  for (let i = first; i < section.end; ++i) {
    const isLast = i === section.end - 1;
    const isFull = starts[i + 1]! - starts[first]! >= target && i > first;
    if (!isLast && !isFull) continue;
    const isAlone = i === first;
    if (isAlone) --first;
    const middle = first + 1 + random.int(i - first);
    const label = random.uniform() < 0.5 ? 1 : 0;
    plan.push(first, middle, i + 1, label, target, s);
    if (sentence === "nsp" && label === 1 && !isAlone) i = middle - 1;
    first = i + 1;
    target = drawTarget();
  }
}

/** Where the two segments of a row lie in `Text.ids`; B is empty (bFrom = bTo) without pairs. */
export interface Spans {
  aFrom: number;
  aTo: number;
  bFrom: number;
  bTo: number;
}

/**
 * The token spans of a planned row: swaps (SOP) or draws B from another section (NSP), then removes
 * tokens from the longer segment, at its front or its back with equal chance, until the row fits.
 */
export function rowSpans(
  out: Spans,
  text: Text,
  sections: Section[],
  plan: Int32Array,
  row: number,
  {sentence, maxTokens}: PairOptions,
  random: Random
): void {
  const {starts} = text;
  const at = row * PLAN_STRIDE;
  out.aFrom = starts[plan[at + PLAN.first]!]!;
  out.aTo = starts[plan[at + PLAN.middle]!]!;
  out.bFrom = out.aTo;
  out.bTo = starts[plan[at + PLAN.end]!]!;
  if (plan[at + PLAN.label] === 1) {
    if (sentence === "sop") {
      const {aFrom, aTo} = out;
      out.aFrom = out.bFrom;
      out.aTo = out.bTo;
      out.bFrom = aFrom;
      out.bTo = aTo;
    } else {
      const wanted = Math.max(1, plan[at + PLAN.target]! - (out.aTo - out.aFrom));
      let other = 0;
      for (let attempt = 0; attempt < 10; ++attempt) {
        other = random.int(sections.length);
        if (other !== plan[at + PLAN.section]) break;
      }
      const {first, end} = sections[other]!;
      const start = first + random.int(end - first);
      let last = start + 1;
      while (last < end && starts[last]! - starts[start]! < wanted) ++last;
      out.bFrom = starts[start]!;
      out.bTo = starts[last]!;
    }
  }
  let excess = out.aTo - out.aFrom + out.bTo - out.bFrom - maxTokens;
  for (; excess > 0; --excess) {
    const isFront = random.uniform() < 0.5;
    if (out.aTo - out.aFrom > out.bTo - out.bFrom) {
      if (isFront) ++out.aFrom;
      else --out.aTo;
    } else if (isFront) ++out.bFrom;
    else --out.bTo;
  }
}
