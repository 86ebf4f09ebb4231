/** Rows of pieces into batches: shuffled for training, sorted by length for scoring. */
import type {LabelledRows} from "../albert/objectives/labelledRows.js";
import {Random} from "../random.js";
import type {TaskKind} from "./tasks.js";
import type {FeatureRow} from "./features.js";

export interface BatchOptions {
  kind: TaskKind;
  /** Rows of a batch; of texts that are read apart, pairs. */
  size: number;
  /** Most pieces of a row. */
  maxLength: number;
  padId: number;
  /** Token types of the model: 1 or 0 means that every piece has type 0. */
  typeVocabSize: number;
  /** Weight of each class in the loss; default all 1. */
  classWeights?: readonly number[] | null;
}

/** Lengths of batches are multiples of this, so that few different shapes occur. */
const lengthStep = 16;
/** Batches that are sorted by length together before they are shuffled. */
const pool = 16;

/** Training batches by step: a pure function of rows, options and seed. */
export class TrainingBatches {
  readonly #rows: readonly FeatureRow[];
  readonly #options: BatchOptions;
  readonly #seed: number;
  #epoch = -1;
  #order: number[][] = [];

  /** @param rows at least one */
  constructor(rows: readonly FeatureRow[], options: BatchOptions, seed: number) {
    this.#rows = rows;
    this.#options = options;
    this.#seed = seed;
  }

  /** Batches of an epoch; rows that do not fill one wait for another shuffle. */
  get perEpoch(): number {
    return Math.max(1, Math.floor(this.#rows.length / this.#options.size));
  }

  /** Pieces to a row of the longest batch there can be. */
  get longest(): number {
    return paddedLength(this.#rows, this.#options);
  }

  /** The batch of a step, from 0. */
  at(step: number): LabelledRows {
    const epoch = Math.floor(step / this.perEpoch);
    if (epoch !== this.#epoch) {
      this.#order = this.#shuffled(epoch);
      this.#epoch = epoch;
    }
    const rows = this.#order[step % this.perEpoch]!.map((i) => this.#rows[i]!);
    return packRows(rows, this.#options);
  }

  /** Batches of rows of like length, in random order. */
  #shuffled(epoch: number): number[][] {
    const {size} = this.#options;
    const random = new Random(this.#seed, "shuffle", epoch);
    const order = random.shuffle(this.#rows.map((_, i) => i));
    // Fewer rows than a batch are repeated.
    for (let i = 0; order.length < size; ++i) order.push(order[i]!);
    const batches: number[][] = [];
    const whole = this.perEpoch * size;
    for (let from = 0; from < whole; from += pool * size) {
      const part = order.slice(from, Math.min(from + pool * size, whole));
      part.sort((a, b) => lengthOf(this.#rows[a]!) - lengthOf(this.#rows[b]!) || a - b);
      for (let i = 0; i < part.length; i += size) batches.push(part.slice(i, i + size));
    }
    return random.shuffle(batches);
  }
}

/** Pieces of a row, or of the longer text of two that are read apart. */
const lengthOf = ({ids, pair}: FeatureRow) => Math.max(ids.length, pair?.ids.length ?? 0);

/** The longest of some rows, rounded up. */
function paddedLength(rows: readonly FeatureRow[], {maxLength}: BatchOptions): number {
  const longest = rows.reduce((most, row) => Math.max(most, lengthOf(row)), 1);
  return Math.min(Math.ceil(longest / lengthStep) * lengthStep, Math.max(maxLength, longest));
}

/** A batch to score, and which row each of its rows is; rows beyond `indices` only fill it up. */
export interface ScoringBatch {
  indices: number[];
  rows: LabelledRows;
}

/** Every row once, the shortest first. */
export function* scoringBatches(
  rows: readonly FeatureRow[],
  options: BatchOptions
): Generator<ScoringBatch> {
  const order = rows
    .map((_, i) => i)
    .sort((a, b) => lengthOf(rows[a]!) - lengthOf(rows[b]!) || a - b);
  for (let from = 0; from < order.length; from += options.size) {
    const indices = order.slice(from, from + options.size);
    const chosen = indices.map((i) => rows[i]!);
    const filled = Array.from({length: options.size}, (_, i) => chosen[i] ?? chosen[0]!);
    yield {indices, rows: packRows(filled, options)};
  }
}

/**
 * Rows side by side, padded to the longest, rounded up. Of texts that are read apart, all first ones
 * come before all second ones; labels are those of the pairs.
 */
export function packRows(rows: readonly FeatureRow[], options: BatchOptions): LabelledRows {
  const {kind, padId, typeVocabSize, classWeights} = options;
  const texts = [...rows, ...rows.flatMap(({pair}) => pair ?? [])];
  const batch = texts.length;
  const sequence = paddedLength(rows, options);
  const inputIds = new Int32Array(batch * sequence).fill(padId);
  const attentionMask = new Int32Array(batch * sequence);
  const tokenTypeIds = new Int32Array(batch * sequence);
  texts.forEach(({ids, typeIds}, row) => {
    inputIds.set(ids, row * sequence);
    attentionMask.fill(1, row * sequence, row * sequence + ids.length);
    if (typeVocabSize > 1) tokenTypeIds.set(typeIds, row * sequence);
  });
  const count = kind === "tags" ? batch * sequence : kind === "answers" ? 2 * batch : rows.length;
  const labels = new Float32Array(count);
  const weights = new Float32Array(count);
  const put = (place: number, label: number) => {
    labels[place] = Math.max(0, label);
    weights[place] = label === -1 ? 0 : (classWeights?.[label] ?? 1);
  };
  rows.forEach((row, r) => {
    if (kind === "tags") row.labels.forEach((label, i) => put(r * sequence + i, label));
    else if (kind === "answers") {
      put(r, row.labels[0]!);
      put(batch + r, row.labels[1]!);
    } else put(r, row.labels[0]!);
  });
  if (kind === "regression") weights.fill(1);
  return {batch, sequence, inputIds, attentionMask, tokenTypeIds, labels, weights};
}

/**
 * Weights that make every class count alike: `n / (classes · count)`, as scikit-learn's "balanced"; a
 * class that does not occur has weight 0.
 *
 * @param power 1, or less to go only part of the way: 1/2 for the square roots of the weights
 */
export function balancedWeights(rows: readonly FeatureRow[], classes: number, power = 1): number[] {
  const counts = new Array<number>(classes).fill(0);
  let total = 0;
  for (const {labels} of rows)
    for (const label of labels) {
      if (label < 0) continue;
      counts[label]! += 1;
      total += 1;
    }
  return counts.map((count) => (count === 0 ? 0 : (total / (classes * count)) ** power));
}
