import {article} from "./morphology.js";
import {layoutWords} from "./text.js";
import type {
  EntityTag,
  EntitySpan,
  EntityType,
  GrammaticalNumber,
  SentenceTruth,
  Upos
} from "./types.js";

/** A word while its sentence is being built; heads are references until the sentence is finished. */
export interface Token {
  form: string;
  lemma: string;
  pos: Upos;
  rel: string;
  head: Token | null;
  number: GrammaticalNumber | null;
  /** Entity that the word belongs to, and whether it is its first word. */
  entity: {type: EntityType; id: number; first: boolean} | null;
  index: number;
}

/** A stretch of words with one head; every other word depends on it directly or indirectly. */
export interface Phrase {
  tokens: Token[];
  head: Token;
}

/** A new word. */
export function token(
  form: string,
  pos: Upos,
  rel = "dep",
  lemma = form,
  number: GrammaticalNumber | null = null
): Token {
  return {form, lemma, pos, rel, head: null, number, entity: null, index: 0};
}

/** A phrase of one word. */
export function single(
  form: string,
  pos: Upos,
  rel = "dep",
  lemma = form,
  number: GrammaticalNumber | null = null
): Phrase {
  const head = token(form, pos, rel, lemma, number);
  return {tokens: [head], head};
}

/** The phrase, with its head's relation set. */
export function as(rel: string, phrase: Phrase): Phrase {
  phrase.head.rel = rel;
  return phrase;
}

/** Puts phrases before and after a head phrase and makes them depend on its head; nulls are skipped. */
export function join(
  core: Phrase,
  before: readonly (Phrase | null | undefined)[],
  after: readonly (Phrase | null | undefined)[] = []
): Phrase {
  const tokens: Token[] = [];
  for (const part of before) {
    if (!part) continue;
    part.head.head = core.head;
    for (const word of part.tokens) tokens.push(word);
  }
  for (const word of core.tokens) tokens.push(word);
  for (const part of after) {
    if (!part) continue;
    part.head.head = core.head;
    for (const word of part.tokens) tokens.push(word);
  }
  return {tokens, head: core.head};
}

/** A punctuation mark. */
export function mark(form: string): Phrase {
  return single(form, "PUNCT", "punct");
}

/** The phrase with a comma after it. */
export function comma(phrase: Phrase): Phrase {
  return join(phrase, [], [mark(",")]);
}

/** The phrase between commas. */
export function commas(phrase: Phrase): Phrase {
  return join(phrase, [mark(",")], [mark(",")]);
}

const clauses = new Set(["acl:relcl", "acl", "advcl", "ccomp", "xcomp", "csubj", "parataxis"]);

/** What is said of a sentence besides its words. */
export type SentenceLabels = Pick<SentenceTruth, "sentiment" | "topic" | "template" | "event">;

/** Turns a finished clause into a sentence: end mark, capital, a or an, indices, spans. */
export function finish(clause: Phrase, labels: SentenceLabels, end = "."): SentenceTruth {
  const tokens = tidyCommas(join(clause, [], [mark(end)]).tokens);
  const n = tokens.length;
  clause.head.rel = "root";
  clause.head.head = null;
  const words: string[] = new Array<string>(n);
  for (let i = 0; i < n; ++i) {
    const word = tokens[i]!;
    word.index = i + 1;
    words[i] = word.lemma === "a" && word.pos === "DET" ? article(tokens[i + 1]!.form) : word.form;
  }
  const first = words[0] === '"' ? 1 : 0;
  words[first] = words[first]!.charAt(0).toUpperCase() + words[first]!.slice(1);
  const heads = tokens.map((word) => word.head?.index ?? 0);
  const entities: EntityTag[] = [];
  const spans: EntitySpan[] = [];
  for (const {entity, index} of tokens) {
    if (!entity) entities.push("O");
    else if (entity.first) {
      entities.push(`B-${entity.type}`);
      spans.push({type: entity.type, start: index - 1, end: index, id: entity.id});
    } else {
      entities.push(`I-${entity.type}`);
      spans.at(-1)!.end = index;
    }
  }
  let depth = 0;
  let clauseDepth = 0;
  for (const word of tokens) {
    let steps = 0;
    let nested = 0;
    for (let at: Token | null = word; at; at = at.head) {
      ++steps;
      if (clauses.has(at.rel)) ++nested;
    }
    depth = Math.max(depth, steps - 1);
    clauseDepth = Math.max(clauseDepth, nested);
  }
  const {text, offsets} = layoutWords(words);
  return {
    text,
    words,
    offsets,
    lemmas: tokens.map((word) => word.lemma),
    pos: tokens.map((word) => word.pos),
    heads,
    deprels: tokens.map((word) => word.rel),
    number: tokens.map((word) => word.number),
    entities,
    spans,
    depth,
    clauseDepth,
    ...labels
  };
}

/** Drops a comma before another punctuation mark, and a comma at the start. */
function tidyCommas(tokens: Token[]): Token[] {
  return tokens.filter((word, i) => {
    if (word.form !== "," || word.pos !== "PUNCT") return true;
    const next = tokens[i + 1];
    return i > 0 && !(next && next.pos === "PUNCT" && next.form !== '"');
  });
}
