import {InputError} from "../../errors.js";
import {isUnicodeSpace} from "../unicodeSets.js";
import {PieceTrie} from "../pieceTrie.js";
import {asArray, asBoolean, asIndex, asObject, asString, refuseLong, show} from "./fields.js";

/** A token that is looked for in the text as it is written. */
export interface AddedToken {
  id: number;
  content: string;
  isSingleWord: boolean;
  /** Swallows the white space on its left, on its right. */
  stripsLeft: boolean;
  stripsRight: boolean;
  /** Looked for after normalisation rather than before. */
  isNormalized: boolean;
  isSpecial: boolean;
}

/**
 * Reads `added_tokens`; those whose id comes right after the vocabulary are added to it.
 *
 * @param pieces the vocabulary, which may grow
 */
export function readAddedTokens(value: unknown, pieces: string[], where: string): AddedToken[] {
  if (value === undefined || value === null) return [];
  return asArray(value, where).map((entry, i) => {
    const fields = asObject(entry, `${where}[${i}]`);
    const flag = (name: string, absent: boolean) =>
      asBoolean(fields[name], absent, `${where}[${i}]: ${name}`);
    const content = asString(fields["content"], `${where}[${i}]: content`);
    const id = asIndex(fields["id"], pieces.length, `${where}[${i}]: id`);
    if (content === "") throw new InputError(`${where}[${i}]: content: empty, expected text`);
    refuseLong(content, `${where}[${i}]: content`);
    if (id === pieces.length) pieces.push(content);
    if (pieces[id] !== content)
      throw new InputError(
        `${where}[${i}]: ${show(content)} has id ${id}, which the vocabulary gives ${show(pieces[id])}`
      );
    return {
      id,
      content,
      isSingleWord: flag("single_word", false),
      stripsLeft: flag("lstrip", false),
      stripsRight: flag("rstrip", false),
      isNormalized: flag("normalized", true),
      isSpecial: flag("special", false)
    };
  });
}

/** A stretch of text: an added token, or what lies between them. UTF-16 units [start, end). */
export interface TokenSpan {
  token: AddedToken | null;
  start: number;
  end: number;
}

const wordBefore = /[\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}]$/u;
const wordAfter = /^[\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}]/u;

/** Finds added tokens in a text: leftmost, of those the longest. */
export class AddedTokenFinder {
  readonly #tokens: AddedToken[];
  readonly #trie: PieceTrie;

  /** @param written text to look for, by token */
  constructor(tokens: readonly AddedToken[], written = (token: AddedToken) => token.content) {
    const byText = new Map<string, AddedToken>();
    for (const token of tokens) if (written(token)) byText.set(written(token), token);
    this.#tokens = [...byText.values()];
    this.#trie = new PieceTrie([...byText.keys()]);
  }

  /** The longest token that stands at or after a place, and where; null for none. */
  #next(text: string, from: number): {token: AddedToken; start: number; end: number} | null {
    if (this.#tokens.length === 0) return null;
    for (let start = from; start < text.length; ++start) {
      let found = -1;
      let end = start;
      for (let node = 0, i = start; i < text.length;) {
        node = this.#trie.step(node, text.charCodeAt(i++));
        if (node < 0) break;
        if (this.#trie.value[node]! < 0) continue;
        found = this.#trie.value[node]!;
        end = i;
      }
      if (found >= 0) return {token: this.#tokens[found]!, start, end};
    }
    return null;
  }

  /** Cuts a text into added tokens and the stretches between them, none empty. */
  split(text: string): TokenSpan[] {
    const spans: TokenSpan[] = [];
    let last = 0;
    for (let match = this.#next(text, 0); match; match = this.#next(text, match.end)) {
      const {token} = match;
      let {start, end} = match;
      if (token.isSingleWord) {
        const before = text.slice(Math.max(0, start - 2), start);
        if (wordBefore.test(before) || wordAfter.test(text.slice(end, end + 2))) continue;
      }
      if (token.stripsLeft)
        while (start > last && isUnicodeSpace(text.charCodeAt(start - 1))) --start;
      if (token.stripsRight)
        while (end < text.length && isUnicodeSpace(text.charCodeAt(end))) ++end;
      if (start < last) continue;
      if (start > last) spans.push({token: null, start: last, end: start});
      spans.push({token, start, end});
      last = end;
    }
    if (last < text.length) spans.push({token: null, start: last, end: text.length});
    return spans;
  }
}
