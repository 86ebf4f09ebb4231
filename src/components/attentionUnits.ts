import type {AttentionResult} from "../lib/engine/attentionCalls.js";
import {hideTokens} from "./hideTokens.js";
import {mergeWords} from "./mergeWords.js";
import {isSpecialPiece} from "./text.js";

/** Which part of a pair is shown: who looks, and at whom. */
export type PairPart = "all" | "a-b" | "b-a" | "a-a" | "b-b";

/** How a reader wants to see attention. */
export interface UnitOptions {
  /** Whether [CLS] and [SEP], which the model adds, are left out. */
  hideSpecial?: boolean;
  /** Whether each row is divided by the sum of what is left of it. */
  renormalise?: boolean;
  unit?: "pieces" | "words";
  part?: PairPart;
}

/** Attention as the views want it: between pieces or between words. */
export interface AttentionUnits {
  /** All tokens of the text. */
  tokens: string[];
  /** First piece of each token. */
  starts: number[];
  /** Tokens that look, and tokens that are looked at, ascending. */
  rows: number[];
  columns: number[];
  /** Weights [rows, columns] by depth and head; each is worked out when it is first looked at. */
  probs: (readonly ArrayLike<number>[])[];
}

/**
 * Attention between the units that a reader wants to see. [MASK] stands in the text and is never
 * hidden; [CLS] and [SEP] are what the model adds. Of a pair, the [CLS] and the first [SEP] belong
 * to A.
 */
export function attentionUnits(
  {
    tokens,
    wordIds,
    typeIds,
    probs
  }: Pick<AttentionResult, "tokens" | "wordIds" | "typeIds" | "probs">,
  {hideSpecial = false, renormalise = false, unit = "pieces", part = "all"}: UnitOptions = {}
): AttentionUnits {
  const [depths, heads] = probs.shape as [number, number];
  const n = tokens.length;
  const [looks, seen] = (part === "all" ? [null, null] : part.split("-")) as (string | null)[];
  const isIn = (side: string | null) => (i: number) =>
    side === null || (typeIds[i] === 1) === (side === "b");
  const isShown = tokens.map((t) => !hideSpecial || t === "[MASK]" || !isSpecialPiece(t));
  const keepRows = isShown.map((shown, i) => shown && isIn(looks!)(i));
  const keepColumns = isShown.map((shown, i) => shown && isIn(seen!)(i));
  const merged = mergeWords(new Float32Array(0), tokens, wordIds);
  const starts = unit === "words" ? merged.starts : tokens.map((_, i) => i);
  const labels = unit === "words" ? merged.words : [...tokens];
  // A part is cut out; what is hidden inside it stays as grey, so that places do not move.
  const rows = labels.flatMap((_, i) => (isIn(looks!)(starts[i]!) ? [i] : []));
  const columns = labels.flatMap((_, i) => (isIn(seen!)(starts[i]!) ? [i] : []));
  const view = (weights: Float32Array): ArrayLike<number> => {
    const asIs = !hideSpecial && part === "all";
    const kept = asIs ? weights : hideTokens(weights, keepRows, renormalise, keepColumns);
    const whole = unit === "words" ? mergeWords(kept, tokens, wordIds).probs : kept;
    return part === "all" ? whole : crop(whole, labels.length, rows, columns);
  };
  return {
    tokens: labels,
    starts,
    rows,
    columns,
    probs: Array.from({length: depths}, (_, depth) =>
      lazily(heads, (head) => {
        const start = (depth * heads + head) * n * n;
        return view(probs.data.subarray(start, start + n * n));
      })
    )
  };
}

function crop(
  weights: ArrayLike<number>,
  n: number,
  rows: readonly number[],
  columns: readonly number[]
): Float32Array {
  const part = new Float32Array(rows.length * columns.length);
  rows.forEach((from, i) =>
    columns.forEach((to, j) => (part[i * columns.length + j] = weights[from * n + to]!))
  );
  return part;
}

/** A list whose members are made when first read and then kept. */
function lazily<T>(length: number, make: (index: number) => T): readonly T[] {
  const list: T[] = new Array<T>(length);
  for (let i = 0; i < length; ++i)
    Object.defineProperty(list, i, {
      configurable: true,
      enumerable: true,
      get() {
        const value = make(i);
        Object.defineProperty(list, i, {value, enumerable: true});
        return value;
      }
    });
  return list;
}
