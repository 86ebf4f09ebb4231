/** More marks in a row than any writing has; an engine puts a row in order in quadratic time. */
const mostMarks = 1000;

/**
 * A text in a Unicode normalisation form, in linear time: of more than 1,000 marks in a row, each thousand
 * is put in order by itself.
 *
 * @see Unicode Standard Annex 15, section 13 (stream-safe text, which allows 30)
 */
export function unicodeForm(text: string, form: "NFC" | "NFD" | "NFKC" | "NFKD"): string {
  if (text.length < mostMarks) return text.normalize(form);
  let written = "";
  let from = 0;
  for (const {index, 0: marks} of text.matchAll(/\p{M}+/gu))
    for (let at = index + mostMarks; at < index + marks.length; at += mostMarks) {
      // between surrogates nothing is cut
      if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) ++at;
      written += text.slice(from, at).normalize(form);
      from = at;
    }
  return written + text.slice(from).normalize(form);
}
