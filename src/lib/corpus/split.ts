/** Sentence splitting by rules, in one pass over the text. */

/** Words whose full stop does not end a sentence, lower case, without the stop. */
const abbreviations = new Set(
  `mr mrs ms dr prof st jr sr vs etc e.g i.e cf al fig eq no vol pp ed eds est approx dept univ inc ltd co corp
   gen col capt lt sgt rev hon gov sen rep pres jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed
   thu fri sat sun u.s u.k u.n a.m p.m ph.d b.c a.d m.d d.c mt ft messrs mme mlle ca bzw z.b d.h u.a usw
   nr bd hrsg sra srta ud uds`.split(/\s+/)
);

/** Abbreviations that stand before a name or a number, so that a capital after them proves nothing. */
const titles = new Set(
  "mr mrs ms dr prof st gen col capt lt sgt rev hon gov sen rep pres mt messrs mme mlle no vol fig eq cf e.g i.e vs z.b d.h sra srta nr bd".split(
    " "
  )
);

const stops = ".!?\u2026";
const wideStops = "\u3002\uff01\uff1f";
const closers = "\"'\u2019\u201d\u00bb)]\u300d\u300f\uff09";

const lower = /^\p{Ll}/u;
const opensSentence = /^["'\u2018\u201c\u00ab(\u00bf\u00a1[]*[\p{Lu}\p{Lo}\p{N}]/u;

/** Whether a character code is one of `.!?…。！？`; the common letters are decided first. */
function isStop(code: number): boolean {
  if (code > 0x3f && code < 0x2026) return false;
  return (
    code === 0x2e ||
    code === 0x21 ||
    code === 0x3f ||
    code === 0x2026 ||
    code === 0x3002 ||
    code === 0xff01 ||
    code === 0xff1f
  );
}

/** The word that ends just before index `end`, without opening marks. */
function wordBefore(text: string, end: number): string {
  let start = end;
  while (start > 0 && end - start < 24 && !/\s/.test(text[start - 1]!)) --start;
  return text.slice(start, end).replace(/^["'(\u201c\u2018[]+/, "");
}

/** Whether the stops at `[start, …)`, with closing marks up to `after`, end a sentence. */
function ends(text: string, start: number, after: number): boolean {
  if (wideStops.includes(text[start]!)) return true;
  if (!/\s/.test(text[after] ?? "")) return false;
  let next = after;
  while (next < text.length && next < after + 16 && /\s/.test(text[next]!)) ++next;
  const rest = text.slice(next, next + 4);
  if (rest === "") return false;
  if (lower.test(rest)) return false;
  if (text[start] === "." && !stops.includes(text[start + 1] ?? " ")) {
    const word = wordBefore(text, start).toLowerCase();
    if (titles.has(word)) return false;
    if (abbreviations.has(word) && !opensSentence.test(rest)) return false;
    // an initial, as in "J. Smith"; "I" may end a sentence
    if (/^\p{L}$/u.test(word) && word !== "i") return false;
    // inside an abbreviation such as "U.S." before a capital, nothing can be known: keep together
    if (/^(?:\p{L}\.)+\p{L}$/u.test(word)) return false;
    if (/^\d{1,3}$/.test(word) && start - word.length === 0) return false;
  }
  return opensSentence.test(rest);
}

/**
 * Splits a paragraph into sentences: at `.`, `!`, `?`, `…` (closing quotes and brackets included)
 * before white space and a capital, a digit or an opening quote, unless an abbreviation or an
 * initial stands before the stop; and after `。`, `！`, `？`. Linear in the length of the text.
 *
 * Example: `"Dr. Vo left. \"Why?\" she asked."` → `["Dr. Vo left.", "\"Why?\" she asked."]`
 */
export function splitSentences(paragraph: string): string[] {
  const sentences: string[] = [];
  let from = 0;
  for (let i = 0; i < paragraph.length;) {
    if (!isStop(paragraph.charCodeAt(i))) {
      ++i;
      continue;
    }
    const start = i;
    while (i < paragraph.length && isStop(paragraph.charCodeAt(i))) ++i;
    while (i < paragraph.length && closers.includes(paragraph[i]!)) ++i;
    if (!ends(paragraph, start, i)) continue;
    const sentence = paragraph.slice(from, i).trim();
    if (sentence !== "") sentences.push(sentence);
    from = i;
  }
  const last = paragraph.slice(from).trim();
  if (last !== "") sentences.push(last);
  return sentences;
}
