/** Between two of these a grapheme always ends. */
const plain = "[\\x20-\\x7e\\p{Lu}\\p{Ll}\\u3400-\\u4dbf\\u4e00-\\u9fff]";
const stretches = new RegExp(`[^]{1000}[^]*?${plain}(?=${plain})|[^]+`, "gu");

/**
 * The graphemes of a text. A segmenter's time grows with the square of a text's length, so it is given
 * a thousand characters at once, and as many more as there are up to a place where cutting is safe.
 */
export function* graphemesOf(text: string, segmenter: Intl.Segmenter): Generator<string> {
  for (const part of text.match(stretches) ?? [])
    for (const {segment} of segmenter.segment(part)) yield segment;
}
