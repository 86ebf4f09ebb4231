import {InputError} from "../../errors.js";
import {fromBase64} from "../base64.js";
import {nmtRules} from "../buildCharsmap.js";
import {Charsmap, putUtf8} from "../charsmap.js";
import {isMark, isUnicodeSpace} from "../unicodeSets.js";
import {type AlignedText, codesOf} from "./alignedText.js";
import {asBoolean, asObject, asSteps, asString, type Fields, show} from "./fields.js";
import {graphemesOf} from "./graphemes.js";
import {unicodeForm} from "./unicodeForm.js";

/** A step of normalisation, done in place. */
export type Normalize = (text: AlignedText) => void;

/** What the writer of model files wants to know of the steps. */
export interface NormalizerFacts {
  types: Set<string>;
  charsmap: Uint8Array;
}

/**
 * Reads a normaliser of `tokenizer.json`.
 *
 * @param facts filled with what was read
 * @throws InputError for types this program does not have: leaving one out would change the ids
 */
export function readNormalizer(
  value: unknown,
  where: string,
  facts: NormalizerFacts,
  depth = 0
): Normalize {
  if (value === null || value === undefined) return () => {};
  if (depth > 16) throw new InputError(`${where}: nested more than 16 deep`);
  const fields = asObject(value, where);
  const type = asString(fields["type"], `${where}: type`);
  facts.types.add(type);
  switch (type) {
    case "Sequence": {
      const steps = asSteps(fields["normalizers"], `${where}: normalizers`).map((step, i) =>
        readNormalizer(step, `${where}[${i}]`, facts, depth + 1)
      );
      return (text) => {
        for (const step of steps) step(text);
      };
    }
    case "Replace":
      return readReplace(fields, where);
    case "NFD":
    case "NFKD":
      return decompose(type);
    case "NFC":
    case "NFKC":
      return compose(type);
    case "StripAccents":
      return (text) => text.filter((code) => !isMark(code));
    case "Lowercase":
      return lowercase;
    case "Precompiled":
      return readPrecompiled(fields, where, facts);
    case "Nmt":
      return nmt();
    case "Prepend": {
      const codes = codesOf(asString(fields["prepend"], `${where}: prepend`));
      return (text) => text.prepend(codes);
    }
    case "Strip": {
      const left = asBoolean(fields["strip_left"], true, `${where}: strip_left`);
      const right = asBoolean(fields["strip_right"], true, `${where}: strip_right`);
      return (text) => strip(text, left, right);
    }
    default:
      throw new InputError(`${where}: normalizer type ${show(type)} is not supported`);
  }
}

/** Patterns whose meaning is the same here and in Hugging Face's library. */
const knownPatterns: Record<string, RegExp> = {
  " {2,}": / {2,}/g,
  " +": / +/g,
  "\\s+": /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/g,
  "\\s{2,}": /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]{2,}/g
};

function readReplace(fields: Fields, where: string): Normalize {
  const pattern = asObject(fields["pattern"], `${where}: pattern`);
  const content = codesOf(asString(fields["content"], `${where}: content`));
  if (typeof pattern["Regex"] === "string") {
    const source = pattern["Regex"];
    const known = Object.hasOwn(knownPatterns, source) ? knownPatterns[source]! : undefined;
    if (!known) throw new InputError(`${where}: regular expression ${show(source)} not supported`);
    const first = (code: number) => code === 32 || isUnicodeSpace(code);
    return (text) => {
      if (text.codes.some(first)) replaceAll(text, placesOf(known), content, where);
    };
  }
  const literal = asString(pattern["String"], `${where}: pattern`);
  if (literal === "") throw new InputError(`${where}: pattern: empty, expected text`);
  const [first] = codesOf(literal);
  const places = function* (text: string): Generator<Place> {
    for (let at = text.indexOf(literal); at >= 0; at = text.indexOf(literal, at + literal.length))
      yield {from: at, to: at + literal.length};
  };
  return (text) => {
    if (text.codes.includes(first!)) replaceAll(text, places, content, where);
  };
}

/** A stretch of a text in UTF-16 units. */
interface Place {
  from: number;
  to: number;
}

const placesOf = (pattern: RegExp) =>
  function* (text: string): Generator<Place> {
    for (const {index, 0: match} of text.matchAll(pattern))
      yield {from: index, to: index + match.length};
  };

/** How many characters replacing may make of one of the text, beside some to begin with. */
const mostGrowth = {times: 64, characters: 4096} as const;

/** Replaces all matches; the new characters take the place of the last of each match. */
function replaceAll(
  text: AlignedText,
  places: (text: string) => Iterable<Place>,
  content: readonly number[],
  where: string
): void {
  const {codes, start, end} = text;
  const written = text.toString();
  const newCodes: number[] = [];
  const newStart: number[] = [];
  const newEnd: number[] = [];
  let unit = 0;
  let at = 0;
  const copyTo = (goal: number, keep: boolean) => {
    for (; unit < goal; ++at) {
      if (keep) {
        newCodes.push(codes[at]!);
        newStart.push(start[at]!);
        newEnd.push(end[at]!);
      }
      unit += codes[at]! > 0xffff ? 2 : 1;
    }
  };
  const original = codes.length ? end.at(-1)! - start[0]! : 0;
  const most = mostGrowth.times * original + mostGrowth.characters;
  for (const {from, to} of places(written)) {
    copyTo(from, true);
    copyTo(to, false);
    if (newCodes.length + content.length > most)
      throw new InputError(
        `${where}: makes over ${most} characters of ${original}, expected at most ${mostGrowth.times} times as many`
      );
    for (const code of content) {
      newCodes.push(code);
      newStart.push(start[at - 1]!);
      newEnd.push(end[at - 1]!);
    }
  }
  copyTo(written.length, true);
  text.codes = newCodes;
  text.start = newStart;
  text.end = newEnd;
}

function decompose(form: "NFD" | "NFKD"): Normalize {
  return (text) => {
    if (text.isAscii) return;
    const codes: number[] = [];
    const changes: number[] = [];
    for (const code of text.codes)
      codesOf(String.fromCodePoint(code).normalize(form)).forEach((part, k) => {
        codes.push(part);
        changes.push(Number(k > 0));
      });
    // Marks of several characters may have to change places; each takes its change along, equal ones
    // in their order.
    const ordered = codesOf(unicodeForm(text.toString(), form));
    if (ordered.every((code, i) => code === codes[i])) return text.transform(codes, changes);
    const waiting = new Map<number, number[]>();
    for (let i = codes.length - 1; i >= 0; --i) {
      if (!waiting.has(codes[i]!)) waiting.set(codes[i]!, []);
      waiting.get(codes[i]!)!.push(changes[i]!);
    }
    text.transform(
      ordered,
      ordered.map((code) => waiting.get(code)!.pop()!)
    );
  };
}

function compose(form: "NFC" | "NFKC"): Normalize {
  const clusters = /[^][\p{M}\u1160-\u11ff]*/gu;
  return (text) => {
    if (text.isAscii) return;
    replaceParts(
      text,
      (text.toString().match(clusters) ?? []).map((old) => [old, unicodeForm(old, form)])
    );
  };
}

/** Replaces consecutive parts: character by character, what is left over at the end of each. */
function replaceParts(text: AlignedText, parts: readonly (readonly [string, string])[]): void {
  const codes: number[] = [];
  const changes: number[] = [];
  for (const [old, part] of parts) {
    const before = codesOf(old).length;
    const after = codesOf(part);
    for (const code of after) {
      codes.push(code);
      changes.push(0);
    }
    const more = after.length - before;
    for (let k = 0; k < more; ++k) changes[changes.length - 1 - k] = 1;
    // What vanishes goes with the character before; at the very start there is none, and Hugging
    // Face's library then puts everything after one place too early. So does this.
    if (more < 0 && changes.length) changes[changes.length - 1]! += more;
  }
  text.transform(codes, changes);
}

function lowercase(text: AlignedText): void {
  const {codes} = text;
  if (text.isAscii) {
    for (let i = 0; i < codes.length; ++i) if (codes[i]! >= 65 && codes[i]! <= 90) codes[i]! += 32;
    return;
  }
  const lower: number[] = [];
  const changes: number[] = [];
  for (const code of codes)
    codesOf(String.fromCodePoint(code).toLowerCase()).forEach((part, k) => {
      lower.push(part);
      changes.push(Number(k > 0));
    });
  text.transform(lower, changes);
}

function readPrecompiled(fields: Fields, where: string, facts: NormalizerFacts): Normalize {
  const field = `${where}: precompiled_charsmap`;
  const bytes = fromBase64(asString(fields["precompiled_charsmap"], field));
  if (!bytes) throw new InputError(`${field}: not base64`);
  const charsmap = new Charsmap(bytes, where);
  facts.charsmap = bytes;
  const graphemes = new Intl.Segmenter("en", {granularity: "grapheme"});
  const buffer = new Uint8Array(8);
  const encoder = new TextEncoder();
  // The library takes the shortest rule that a grapheme of under 6 bytes begins with for all of it.
  const ofCode = (code: number) => charsmap.match(buffer, 0, putUtf8(buffer, 0, code), true);
  const ascii = Array.from({length: 128}, (_, code) => ofCode(code));
  return (text) => {
    if (text.isAscii && !text.codes.includes(13)) {
      if (text.codes.every((code) => ascii[code] === undefined)) return;
      replaceParts(
        text,
        text.codes.map((code) => [
          String.fromCharCode(code),
          ascii[code] ?? String.fromCharCode(code)
        ])
      );
      return;
    }
    const parts: [string, string][] = [];
    let isChanged = false;
    for (const segment of graphemesOf(text.toString(), graphemes)) {
      const bytes = segment.length < 6 ? encoder.encode(segment) : undefined;
      const whole =
        bytes && bytes.length < 6 ? charsmap.match(bytes, 0, bytes.length, true) : undefined;
      if (whole !== undefined) {
        parts.push([segment, whole]);
        isChanged = true;
      } else
        for (const c of segment) {
          const part = ofCode(c.codePointAt(0)!);
          parts.push([c, part ?? c]);
          if (part !== undefined) isChanged = true;
        }
    }
    if (isChanged) replaceParts(text, parts);
  };
}

function nmt(): Normalize {
  const rules = new Map(Array.from(nmtRules(), ([c, text]) => [c.codePointAt(0)!, text]));
  rules.set(0x200d, " ");
  return (text) => {
    text.filter((code) => rules.get(code) !== "");
    text.codes = text.codes.map((code) => (rules.has(code) ? 32 : code));
  };
}

function strip(text: AlignedText, left: boolean, right: boolean): void {
  let from = 0;
  let to = text.length;
  if (left) while (from < to && isUnicodeSpace(text.codes[from]!)) ++from;
  if (right) while (to > from && isUnicodeSpace(text.codes[to - 1]!)) --to;
  Object.assign(text, text.slice(from, to));
}
