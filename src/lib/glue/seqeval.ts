import {InputError} from "../errors.js";

/**
 * How tags are read. `conll`: as the CoNLL script, which fits BIO (IOB2) and IOB1 alike: an entity
 * starts at B-, or at I- after O or after another type. `strict`: IOB2, only B- starts an entity and a
 * stray I- is none. The two differ on stray I- tags, so a score says which was used.
 */
export type TagScheme = "conll" | "strict";

/** An entity; both ends included, counted in tokens of one sentence. */
export interface Entity {
  type: string;
  start: number;
  end: number;
}

/**
 * The entities of one sentence. Example: `["B-PER", "I-PER", "O", "I-LOC"]` → PER 0–1 and, by
 * `conll`, LOC 3–3.
 *
 * @param tags "O", "B-TYPE" or "I-TYPE"; a tag without a type has type "_"
 */
export function readEntities(tags: readonly string[], scheme: TagScheme = "conll"): Entity[] {
  const entities: Entity[] = [];
  let open: Entity | null = null;
  tags.forEach((tag, i) => {
    const prefix = tag[0];
    const type = /^[BI]-(.+)$/s.exec(tag)?.[1] ?? "_";
    const isInside: boolean = prefix === "I" && open !== null && open.type === type;
    if (open && isInside) {
      open.end = i;
      return;
    }
    open = null;
    if (prefix === "B" || (prefix === "I" && scheme === "conll")) {
      open = {type, start: i, end: i};
      entities.push(open);
    }
  });
  return entities;
}

/** Precision, recall and F1, 0 where undefined. */
export interface EntityScores {
  precision: number;
  recall: number;
  f1: number;
  /** True entities. */
  support: number;
}

/** Entity scores of a set of sentences. */
export interface EntityReport extends EntityScores {
  scheme: TagScheme;
  /** Share of tags that are equal; NaN without tokens. */
  tokenAccuracy: number;
  /** Mean F1 of the types that occur as truth or prediction; NaN without any. */
  macroF1: number;
  /** By type, in alphabetical order. */
  types: Map<string, EntityScores>;
}

/**
 * Entity-level scores: an entity is right if its type and both ends are.
 *
 * @param truth tags of each sentence
 * @param predictions same lengths
 * @throws InputError naming the sentence if lengths differ
 */
export function entityReport(
  truth: readonly (readonly string[])[],
  predictions: readonly (readonly string[])[],
  scheme: TagScheme = "conll"
): EntityReport {
  if (truth.length !== predictions.length)
    throw new InputError(`expected tags of ${truth.length} sentences, got ${predictions.length}`);
  const counts = new Map<string, {right: number; predicted: number; support: number}>();
  const countsOf = (type: string) => {
    if (!counts.has(type)) counts.set(type, {right: 0, predicted: 0, support: 0});
    return counts.get(type)!;
  };
  let tokens = 0;
  let equal = 0;
  truth.forEach((tags, i) => {
    const predicted = predictions[i]!;
    if (predicted.length !== tags.length)
      throw new InputError(
        `sentence ${i + 1}: expected ${tags.length} predicted tags, got ${predicted.length}`
      );
    tokens += tags.length;
    tags.forEach((tag, k) => (equal += tag === predicted[k] ? 1 : 0));
    const key = ({type, start, end}: Entity) => `${start} ${end} ${type}`;
    const gold = readEntities(tags, scheme);
    const keys = new Set(gold.map(key));
    for (const {type} of gold) countsOf(type).support += 1;
    for (const entity of readEntities(predicted, scheme)) {
      countsOf(entity.type).predicted += 1;
      if (keys.has(key(entity))) countsOf(entity.type).right += 1;
    }
  });
  const all = {right: 0, predicted: 0, support: 0};
  for (const {right, predicted, support} of counts.values()) {
    all.right += right;
    all.predicted += predicted;
    all.support += support;
  }
  const types = new Map(
    [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([type, count]) => [type, scores(count)])
  );
  const f1s = Array.from(types.values(), ({f1}) => f1);
  return {
    ...scores(all),
    scheme,
    tokenAccuracy: equal / tokens,
    macroF1: f1s.reduce((a, b) => a + b, 0) / f1s.length,
    types
  };
}

function scores(counts: {right: number; predicted: number; support: number}): EntityScores {
  const {right, predicted, support} = counts;
  return {
    precision: predicted > 0 ? right / predicted : 0,
    recall: support > 0 ? right / support : 0,
    f1: predicted + support > 0 ? (2 * right) / (predicted + support) : 0,
    support
  };
}
