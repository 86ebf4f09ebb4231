import {errorMessage, escapeControls, InputError} from "./errors.js";

/** A number of a JSON text, with its digits as written: `JSON.parse` rounds beyond 2⁵³. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The nearest double. */
  get value(): number {
    return Number(this.text);
  }
}

/** A parsed JSON value. Objects are maps, so that no key can reach a prototype. */
export type Json = null | boolean | string | JsonNumber | Json[] | Map<string, Json>;

export interface ParseJsonOptions {
  /** Takes `NaN`, `Infinity` and `-Infinity` as Python's json module writes them; default false. */
  nonFinite?: boolean;
  /** Deepest nesting of arrays and objects that is read; default 64. */
  maxDepth?: number;
}

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const nonFinitePattern = /NaN|-?Infinity/y;
const escapes: Record<string, string> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t"
};

/**
 * The value of a JSON text (RFC 8259), read strictly: a key that occurs twice in one object, nesting
 * beyond `maxDepth` and lone surrogates are errors, where `JSON.parse` lets them pass or overflows.
 * Time and memory are linear in the length of the text.
 *
 * @param what named at the start of every error, for example `config.json`
 * @throws InputError with the position (in UTF-16 units from 0) and what was expected there
 */
export function parseJson(text: string, what: string, options: ParseJsonOptions = {}): Json {
  const {nonFinite = false, maxDepth = 64} = options;
  let i = 0;

  const fail = (expected: string): never => {
    const found = i < text.length ? `'${printable(text.slice(i, i + 1))}'` : "the end";
    throw new InputError(
      `${what} is not valid JSON: expected ${expected} at character ${i} (line ${lineAt(text, i)}), found ${found}`
    );
  };
  const skip = (): void => {
    for (; i < text.length; ++i) {
      const c = text.charCodeAt(i);
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return;
    }
  };
  const string = (): string => {
    const start = ++i;
    let out: string | null = null; // null while the string is a plain slice of the text
    let from = start;
    for (; i < text.length; ++i) {
      const c = text.charCodeAt(i);
      if (c === 34) {
        const value = out === null ? text.slice(start, i) : out + text.slice(from, i);
        ++i;
        return wellFormed(value) ? value : fail("paired surrogates before this");
      }
      if (c < 32) fail("no control character in a string");
      if (c !== 92) continue;
      out = (out ?? "") + text.slice(from, i);
      const escape = text.charAt(++i);
      if (escape === "u") {
        const digits = text.slice(i + 1, i + 5);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) fail("four hexadecimal digits");
        out += String.fromCharCode(parseInt(digits, 16));
        i += 4;
      } else {
        out += Object.hasOwn(escapes, escape) ? escapes[escape]! : fail("an escape");
      }
      from = i + 1;
    }
    return fail("a closing quote");
  };
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = i;
    const found = pattern.exec(text);
    if (found === null) return null;
    i += found[0].length;
    return found[0];
  };
  const word = <T>(name: string, value: T): T => {
    if (!text.startsWith(name, i)) fail("a value");
    i += name.length;
    return value;
  };
  const value = (depth: number): Json => {
    if (depth > maxDepth) fail(`at most ${maxDepth} levels of nesting`);
    skip();
    switch (text.charAt(i)) {
      case "{": {
        const object = new Map<string, Json>();
        ++i;
        skip();
        if (text.charAt(i) === "}") return (++i, object);
        for (;;) {
          skip();
          if (text.charAt(i) !== '"') fail("a key in quotes");
          const key = string();
          if (object.has(key))
            throw new InputError(
              `${what}: duplicate key '${printable(key)}' (every key may occur once)`
            );
          skip();
          if (text.charAt(i) !== ":") fail("':'");
          ++i;
          object.set(key, value(depth + 1));
          skip();
          const next = text.charAt(i);
          if (next !== "," && next !== "}") fail("',' or '}'");
          ++i;
          if (next === "}") return object;
        }
      }
      case "[": {
        const array: Json[] = [];
        ++i;
        skip();
        if (text.charAt(i) === "]") return (++i, array);
        for (;;) {
          array.push(value(depth + 1));
          skip();
          const next = text.charAt(i);
          if (next !== "," && next !== "]") fail("',' or ']'");
          ++i;
          if (next === "]") return array;
        }
      }
      case '"':
        return string();
      case "t":
        return word("true", true);
      case "f":
        return word("false", false);
      case "n":
        return word("null", null);
      default: {
        const digits = match(numberPattern) ?? (nonFinite ? match(nonFinitePattern) : null);
        return digits === null ? fail("a value") : new JsonNumber(digits);
      }
    }
  };

  const result = value(1);
  skip();
  if (i < text.length) fail("nothing more");
  return result;
}

/**
 * The value as `JSON.parse` would give it, but with objects that have no prototype, so that a key
 * `__proto__` is only a key. Numbers become doubles.
 */
export function plainJson(value: Json): unknown {
  if (value instanceof JsonNumber) return value.value;
  if (Array.isArray(value)) return value.map(plainJson);
  if (!(value instanceof Map)) return value;
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, item] of value) object[key] = plainJson(item);
  return object;
}

/** Deepest nesting that {@link readJson} takes: what walks a value may go one call deeper for each. */
const mostNesting = 100;

/**
 * The value of a JSON text of the reader's, as `JSON.parse` gives it; a byte order mark is left out.
 *
 * @param file named at the start of every error
 * @throws InputError with the line of a fault, and for lists and objects more than 100 deep
 */
export function readJson(text: string, file: string): unknown {
  const json = text.startsWith("\ufeff") ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    parseJson(json, file, {maxDepth: mostNesting}); // an engine's own words name no line
    throw new InputError(`${file} is not valid JSON (${errorMessage(error)})`);
  }
  if (depthOf(json) > mostNesting)
    throw new InputError(`${file}: lists or objects nested more than ${mostNesting} deep`);
  return value;
}

/** How deep the lists and objects of a JSON text are nested. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let i = 0; i < json.length; ++i) {
    const c = json.charCodeAt(i);
    if (c === 34) {
      for (++i; json.charCodeAt(i) !== 34; ++i) if (json.charCodeAt(i) === 92) ++i;
    } else if (c === 91 || c === 123) deepest = Math.max(deepest, ++depth);
    else if (c === 93 || c === 125) --depth;
  }
  return deepest;
}

/** A value as an error shows it: its JSON, cut after `most` characters; "nothing" where there is none. */
export function shownJson(value: unknown, most = 60): string {
  if (value === undefined) return "nothing";
  const head = typeof value === "string" ? value.slice(0, most + 1) : value;
  let json: string;
  try {
    json = JSON.stringify(head) ?? String(head);
  } catch {
    return "a value nested too deep"; // one that did not come through readJson
  }
  return json.length > most ? `${json.slice(0, most - 1)}…` : json;
}

function lineAt(text: string, at: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) ++line;
  return line;
}

/** The text with control and bidirectional-format characters escaped, cut after 80 characters. */
export function printable(text: string): string {
  const cut = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return escapeControls(cut);
}

function wellFormed(text: string): boolean {
  for (let i = 0; i < text.length; ++i) {
    const c = text.charCodeAt(i);
    if (c < 0xd800 || c > 0xdfff) continue;
    const next = text.charCodeAt(i + 1);
    if (c > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return false;
    ++i;
  }
  return true;
}
