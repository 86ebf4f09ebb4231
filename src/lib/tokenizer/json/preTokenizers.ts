import {InputError} from "../../errors.js";
import {isUnicodeSpace} from "../unicodeSets.js";
import type {AlignedText} from "./alignedText.js";
import {asBoolean, asObject, asSteps, asString, type Fields, show} from "./fields.js";

/** Splits stretches of text into shorter ones. */
export type PreTokenize = (texts: AlignedText[]) => AlignedText[];

/** What the fast path wants to know of the steps. */
export interface PreTokenizerFacts {
  /** Whether every word is encoded as it would be alone. */
  splitsWords: boolean;
}

/**
 * Reads a pre-tokenizer of `tokenizer.json`.
 *
 * @throws InputError for types this program does not have
 */
export function readPreTokenizer(
  value: unknown,
  where: string,
  facts: PreTokenizerFacts,
  depth = 0
): PreTokenize {
  if (value === null || value === undefined) return (texts) => texts;
  if (depth > 16) throw new InputError(`${where}: nested more than 16 deep`);
  const fields = asObject(value, where);
  const type = asString(fields["type"], `${where}: type`);
  switch (type) {
    case "Sequence": {
      const steps = asSteps(fields["pretokenizers"], `${where}: pretokenizers`).map((step, i) =>
        readPreTokenizer(step, `${where}[${i}]`, facts, depth + 1)
      );
      return (texts) => steps.reduce((split, step) => step(split), texts);
    }
    case "WhitespaceSplit":
      return (texts) => texts.flatMap(splitAtSpaces);
    case "Metaspace":
      return readMetaspace(fields, where, facts);
    default:
      throw new InputError(`${where}: pre_tokenizer type ${show(type)} is not supported`);
  }
}

function splitAtSpaces(text: AlignedText): AlignedText[] {
  const words: AlignedText[] = [];
  let from = 0;
  for (let i = 0; i <= text.length; ++i)
    if (i === text.length || isUnicodeSpace(text.codes[i]!)) {
      if (i > from) words.push(text.slice(from, i));
      from = i + 1;
    }
  return words;
}

function readMetaspace(fields: Fields, where: string, facts: PreTokenizerFacts): PreTokenize {
  const replacement = asString(fields["replacement"], `${where}: replacement`);
  const code = replacement.codePointAt(0);
  if (code === undefined || replacement.length !== (code > 0xffff ? 2 : 1))
    throw new InputError(`${where}: replacement: ${show(replacement)}, expected one character`);
  const scheme =
    fields["prepend_scheme"] === undefined
      ? asBoolean(fields["add_prefix_space"], true, `${where}: add_prefix_space`)
        ? "always"
        : "never"
      : asString(fields["prepend_scheme"], `${where}: prepend_scheme`);
  if (!["always", "first", "never"].includes(scheme))
    throw new InputError(
      `${where}: prepend_scheme: ${show(scheme)}, expected "always", "first" or "never"`
    );
  const splits = asBoolean(fields["split"], true, `${where}: split`);
  facts.splitsWords = splits && scheme === "always" && replacement === "▁";
  return (texts) =>
    texts.flatMap((text) => {
      text.codes = text.codes.map((c) => (c === 32 ? code : c));
      const wantsPrefix = scheme === "always" || (scheme === "first" && text.start[0] === 0);
      if (wantsPrefix && text.codes[0] !== code) text.prepend([code]);
      return splits ? splitBefore(text, code) : [text];
    });
}

function splitBefore(text: AlignedText, code: number): AlignedText[] {
  const parts: AlignedText[] = [];
  let from = 0;
  for (let i = 1; i <= text.length; ++i)
    if (i === text.length || text.codes[i] === code) {
      parts.push(text.slice(from, i));
      from = i;
    }
  return parts.filter((part) => part.length > 0);
}
