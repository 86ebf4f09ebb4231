import {isCombining, isPythonSpace} from "./unicodeSets.js";

/** A text after one step of normalisation. */
export interface NormalizationStep {
  name: string;
  /** What the step does, in a sentence. */
  does: string;
  text: string;
}

const special = /( *\[(?:CLS|SEP|MASK)\]|<pad>|<unk>)/;

/** Python's `" ".join(text.split())`. */
const collapse = (text: string) =>
  Array.from(text, (c) => (isPythonSpace(c.charCodeAt(0)) ? " " : c))
    .join("")
    .replace(/ +/g, " ")
    .trim();

const drops = (text: string) =>
  Array.from(text)
    .filter((c) => !isCombining(c.codePointAt(0)!))
    .join("");

const steps: [name: string, does: string, apply: (text: string) => string][] = [
  ["White space", "Any run of spaces, tabs and line ends becomes one space.", (t) => t],
  ["Quotes", "`` and '' become \".", (t) => t.replace(/``|''/g, '"')],
  [
    "NFKD",
    "Every character is taken apart: é into e and its accent, ﬁ into f and i, ² into 2.",
    (t) => t.normalize("NFKD")
  ],
  ["Accents", "The accents that stand alone now are dropped.", drops],
  ["Lower case", "Capitals become small letters.", (t) => t.toLowerCase()]
];

/**
 * ALBERT's normalisation one step at a time, for reading. The tokenizer itself does all steps in
 * one pass; its own result is the last step here, so that what is shown is what is used. Special
 * pieces written out in the text are left alone.
 *
 * @param normalized what the tokenizer makes of the text
 * @example normalizationSteps("Café", "▁cafe") → … "Café", "Cafe", "cafe", "▁cafe"
 * @see transformers 4.57 models/albert/tokenization_albert.py (preprocess_text)
 */
export function normalizationSteps(text: string, normalized: string): NormalizationStep[] {
  let parts = collapse(text).split(special);
  const list = steps.map(([name, does, apply]) => {
    // split() with a group puts the special pieces at the odd places
    parts = parts.map((part, i) => (i % 2 ? part : apply(part)));
    return {name, does, text: parts.join("")};
  });
  return [
    {name: "As typed", does: "", text},
    ...list,
    {
      name: "Spaces to ▁",
      does: "SentencePiece writes a space as ▁ and puts one in front, so that it can be undone.",
      text: normalized
    }
  ];
}
