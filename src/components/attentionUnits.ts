import type {AttentionResult} from "../lib/engine/protocol.js";
import {hideTokens} from "./hideTokens.js";
import {mergeWords} from "./mergeWords.js";
import {isSpecialPiece} from "./text.js";

/** How the pieces that the model adds itself are shown: as they are, grey, or as if never seen. */
export type SpecialMode = "shown" | "hidden" | "renormalised";

/** Attention as the views want it: between pieces or between words. */
export interface AttentionUnits {
  tokens: string[];
  /** First piece of each token. */
  starts: number[];
  /** Weights [tokens, tokens] by depth and head; each is worked out when it is first looked at. */
  probs: (readonly ArrayLike<number>[])[];
}

/**
 * Attention between the units that a reader wants to see. [MASK] stands in the text and is never
 * hidden; [CLS] and [SEP] are what the model adds.
 */
export function attentionUnits(
  {tokens, wordIds, probs}: Pick<AttentionResult, "tokens" | "wordIds" | "probs">,
  {special = "shown", unit = "pieces"}: {special?: SpecialMode; unit?: "pieces" | "words"} = {}
): AttentionUnits {
  const [depths, heads] = probs.shape as [number, number];
  const n = tokens.length;
  const keep = tokens.map((t) => t === "[MASK]" || !isSpecialPiece(t));
  const view = (weights: Float32Array): ArrayLike<number> => {
    const seen =
      special === "shown" ? weights : hideTokens(weights, keep, special === "renormalised");
    return unit === "words" ? mergeWords(seen, tokens, wordIds).probs : seen;
  };
  const merged = mergeWords(new Float32Array(0), tokens, wordIds);
  return {
    tokens: unit === "words" ? merged.words : [...tokens],
    starts: unit === "words" ? merged.starts : tokens.map((_, i) => i),
    probs: Array.from({length: depths}, (_, depth) =>
      lazily(heads, (head) => {
        const start = (depth * heads + head) * n * n;
        return view(probs.data.subarray(start, start + n * n));
      })
    )
  };
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

/**
 * The text that gives these pieces, with some of them masked.
 *
 * @param tokens pieces with [CLS] and [SEP]
 * @param typeIds 0 for the first text, 1 for the second
 * @example textWithMasks(["[CLS]", "▁the", "▁cat", "s", "[SEP]"], [0, 0, 0, 0, 0], [2])
 *   → {text: "the [MASK]s", pair: null}
 */
export function textWithMasks(
  tokens: readonly string[],
  typeIds: readonly number[],
  masked: Iterable<number>
): {text: string; pair: string | null} {
  const hidden = new Set(masked);
  const texts = ["", ""];
  tokens.forEach((token, i) => {
    if (isSpecialPiece(token) && token !== "[MASK]") return;
    const blank = token === "[MASK]" ? " [MASK]" : token.startsWith("▁") ? "▁[MASK]" : "[MASK]";
    texts[typeIds[i] ?? 0] += token === "[MASK]" || hidden.has(i) ? blank : token;
  });
  const [text, pair] = texts.map((t) => t.replaceAll("▁", " ").trim()) as [string, string];
  return {text, pair: pair || null};
}
