import {isSpecialPiece} from "./text.js";

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
