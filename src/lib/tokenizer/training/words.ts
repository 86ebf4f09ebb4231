import {AlbertNormalizer} from "../normalizer.js";
import {metaspace, type SpieceRulesOptions} from "../spieceRules.js";

/** The distinct words of a text, laid end to end. */
export interface WordTable {
  /** UTF-16 units of all words, a 0 after each. */
  units: Uint16Array;
  /** Where each word starts in `units`; one more entry than words. */
  starts: Int32Array;
  /** How often each word occurs. */
  counts: Float64Array;
  /** How often each character occurs, the most frequent first. */
  characters: [string, number][];
}

/** Longest stretch that is taken as one word in training; longer ones are cut. */
const longest = 32;
/** Words beyond this many distinct ones are left out, the rarest first. */
const mostWords = 400_000;

/** Counts the words of texts as they are added. */
export class WordCounter {
  readonly #normalizer: AlbertNormalizer;
  readonly #separators = new Uint8Array(65536);
  #counts = new Map<string, number>();

  /** @param separators characters that are pieces of their own and end words */
  constructor(
    options: SpieceRulesOptions & {lowerCase: boolean; keepAccents: boolean},
    separators: readonly string[]
  ) {
    this.#normalizer = new AlbertNormalizer(options);
    for (const c of separators) this.#separators[c.charCodeAt(0)] = 1;
  }

  /** Normalises a text and counts its words, each with its ▁. */
  add(text: string): void {
    this.#normalizer.run(text, 0, text.length, 0);
    const {out} = this.#normalizer;
    const {units, length} = out;
    for (let start = 0; start < length;) {
      let end = start;
      while (
        end < length &&
        this.#separators[units[end]!] === 0 &&
        units[end] !== 0 &&
        (end === start || units[end] !== metaspace) &&
        (end - start < longest || (units[end]! & 0xfc00) === 0xdc00)
      )
        ++end;
      if (end > start) {
        const word = out.text(start, end);
        this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
        start = end;
      } else ++start;
    }
    if (this.#counts.size > 4 * mostWords) this.#counts = new Map(this.#ranked(2 * mostWords));
  }

  /** Number of distinct words. */
  get size(): number {
    return this.#counts.size;
  }

  #ranked(most: number): [string, number][] {
    return Array.from(this.#counts)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, most);
  }

  /**
   * The words, without the characters beyond the most frequent: a word is cut where one was.
   *
   * @param mostCharacters how many different characters to keep
   */
  finish(mostCharacters: number): WordTable {
    const ranked = this.#ranked(mostWords);
    const counted = new Map<string, number>();
    for (const [word, count] of ranked)
      for (const c of word) counted.set(c, (counted.get(c) ?? 0) + count);
    const characters = Array.from(counted)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, mostCharacters);
    const words = new Map<string, number>();
    const isAll = characters.length === counted.size;
    const kept = new Set(characters.map(([c]) => c));
    for (const [word, count] of ranked)
      for (const part of isAll ? [word] : cut(word, kept))
        words.set(part, (words.get(part) ?? 0) + count);
    const total = Array.from(words.keys()).reduce((sum, word) => sum + word.length + 1, 0);
    const table = {
      units: new Uint16Array(total),
      starts: new Int32Array(words.size + 1),
      counts: Float64Array.from(words.values()),
      characters
    };
    let at = 0;
    let index = 0;
    for (const word of words.keys()) {
      table.starts[index++] = at;
      for (let i = 0; i < word.length; ++i) table.units[at++] = word.charCodeAt(i);
      ++at;
    }
    table.starts[index] = at;
    return table;
  }
}

function cut(word: string, kept: ReadonlySet<string>): string[] {
  const parts: string[] = [];
  let part = "";
  for (const c of word) {
    if (kept.has(c)) part += c;
    else {
      if (part) parts.push(part);
      part = "";
    }
  }
  if (part) parts.push(part);
  return parts;
}
