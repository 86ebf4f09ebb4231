import {InputError} from "../../errors.js";
import {Random, type RandomStream} from "../../random.js";
import type {Batch, PieceTable, SentenceObjective} from "./batch.js";
import {makeMasker, predictionCount, type MaskingOptions} from "./masking.js";
import {PLAN, PLAN_STRIDE, rowSpans, sentencePairs, type PairOptions} from "./pairs.js";
import {layOut, type Section} from "./sections.js";

/** What batches are made of a tokenised corpus. */
export interface BatchOptions {
  pieces: PieceTable;
  /** Rows per batch, at least 1. */
  batch: number;
  /** Positions per row, special tokens included, at least 5 (3 with `none`). */
  sequence: number;
  sentence: SentenceObjective;
  masking?: MaskingOptions;
  /** Share of the text held out, in [0, 1); default 0.1. */
  heldOut?: number;
  /** Share of the rows that is filled to a random shorter length only, in [0, 1]; default 0.1. */
  shortProbability?: number;
  /** Whether documents of one sentence are joined with their neighbours; default true. */
  joinSingles?: boolean;
  /** After so many epochs the rows and masks of the first come again; default never. */
  duplicates?: number;
}

/** An endless, random-access sequence of training batches and a fixed set of held-out ones. */
export interface Batches {
  /** The batch of a step (from 0): a pure function of the text, the options, the seed and `step`. */
  at(step: number): Batch;
  /** The first n held-out batches, whose rows and masks never change; rows repeat if they must. */
  heldOut(n: number): Batch[];
  /** Rows of the first epoch; later epochs are packed anew and may have a few more or fewer. */
  readonly rowsPerEpoch: number;
  /** Held-out rows before one comes again. */
  readonly heldOutRows: number;
  /** Pieces of the text that is trained on. */
  readonly tokens: number;
  /** Masked slots of a batch. */
  readonly maskedSlots: number;
  /** What was done to the text that its owner should know. */
  readonly notes: readonly string[];
}

/**
 * Batches of masked rows from documents of sentences of ids (without special tokens). Every epoch
 * packs the sentences into rows anew and visits the rows in a new order (stream "shuffle"); pairs are
 * completed by the stream "sentences", masks by "masks", both keyed by (step, row). A batch may end
 * one epoch and begin the next. A jump far ahead plans the epochs in between once. With `duplicates`
 * the rows, their pairs and their masks are those of the first epochs, over and over.
 *
 * @param documents ids of each sentence of each document
 * @param seed integer in [0, 2³²)
 * @throws InputError if a size is out of range or the text has nothing to train on
 */
export function batches(documents: Int32Array[][], options: BatchOptions, seed: number): Batches {
  const {pieces, batch, sequence, sentence, masking = {}} = options;
  const isPair = sentence !== "none";
  const fewest = isPair ? 5 : 3;
  if (!Number.isInteger(batch) || batch < 1)
    throw new InputError(`invalid batch.size: ${batch} (must be an integer of at least 1)`);
  if (!Number.isInteger(sequence) || sequence < fewest)
    throw new InputError(
      `invalid batch.sequence_length: ${sequence} (must be an integer of at least ${fewest})`
    );
  const maxTokens = sequence - (isPair ? 3 : 2);
  const slots = predictionCount(sequence, masking.probability ?? 0.15, masking.maxPredictions);
  const masker = makeMasker(pieces, {...masking, maxPredictions: slots}, sequence);
  const pairs = {sentence, maxTokens, shortProbability: options.shortProbability ?? 0.1};
  const text = layOut(
    documents,
    {
      sentence,
      maxTokens,
      heldOut: options.heldOut ?? 0.1,
      joinSingles: options.joinSingles ?? true,
      startsWord: (id) => pieces.startsWord(id)
    },
    seed
  );
  const {duplicates} = options;
  const training = makeEpochs(text, text.training, pairs, seed, "shuffle", 0, duplicates);
  const heldOut = makeEpochs(text, text.heldOut, pairs, seed, "splits", 1);
  const spans = {aFrom: 0, aTo: 0, bFrom: 0, bTo: 0};

  /** @param shift keeps the masks of held-out batches apart from those of training */
  function make(
    epochs: Epochs,
    sections: Section[],
    step: number,
    streams: [RandomStream, RandomStream],
    shift: number
  ): Batch {
    const size = batch * sequence;
    const inputIds = new Int32Array(size).fill(pieces.special.pad);
    const attentionMask = new Int32Array(size);
    const tokenTypeIds = new Int32Array(size);
    const maskedPositions = new Int32Array(batch * slots);
    const maskedLabels = new Int32Array(batch * slots);
    const maskedWeights = new Float32Array(batch * slots);
    const sentenceLabels = isPair ? new Int32Array(batch) : null;
    const {cls, sep} = pieces.special;
    for (let row = 0; row < batch; ++row) {
      const {plan, index, again} = epochs.row(step * batch + row);
      const [major, minor] = again ?? [step + shift, row];
      const random = new Random(seed, streams[0], major, minor);
      rowSpans(spans, text, sections, plan, index, pairs, random);
      const from = row * sequence;
      let to = from;
      inputIds[to++] = cls;
      for (let i = spans.aFrom; i < spans.aTo; ++i) inputIds[to++] = text.ids[i]!;
      inputIds[to++] = sep;
      if (sentenceLabels) {
        const second = to;
        for (let i = spans.bFrom; i < spans.bTo; ++i) inputIds[to++] = text.ids[i]!;
        inputIds[to++] = sep;
        tokenTypeIds.fill(1, second, to);
        sentenceLabels[row] = plan[index * PLAN_STRIDE + PLAN.label]!;
      }
      attentionMask.fill(1, from, to);
      const slot = row * slots;
      const masks = new Random(seed, streams[1], major, minor + (isSame(streams) ? batch : 0));
      const used = masker(inputIds, from, to, masks, maskedPositions, maskedLabels, slot);
      maskedWeights.fill(1, slot, slot + used);
      maskedPositions.fill(from, slot + used, slot + slots);
    }
    return {
      batch,
      sequence,
      inputIds,
      attentionMask,
      tokenTypeIds,
      maskedPositions,
      maskedLabels,
      maskedWeights,
      sentenceLabels
    };
  }

  return {
    at: (step) => make(training, text.training, step, ["sentences", "masks"], 0),
    heldOut: (n) =>
      Array.from({length: n}, (_, i) =>
        make(heldOut, text.heldOut, i, ["splits", "splits"], HELD_OUT_SHIFT)
      ),
    rowsPerEpoch: training.size,
    heldOutRows: heldOut.size,
    tokens: text.training.reduce(
      (sum, {first, end}) => sum + text.starts[end]! - text.starts[first]!,
      0
    ),
    maskedSlots: batch * slots,
    notes: text.notes
  };
}

/** Steps of the stream "splits" from here on belong to held-out batches, below to their epochs. */
const HELD_OUT_SHIFT = 2 ** 31;

function isSame(streams: [RandomStream, RandomStream]): boolean {
  return streams[0] === streams[1];
}

interface Epochs {
  /** The planned row that comes at place n of the endless sequence of shuffled epochs. */
  row(n: number): {
    plan: Int32Array;
    index: number;
    /** Where rows come again: what their sentences and masks are drawn by, in place of the step. */
    again?: [number, number];
  };
  /** Rows of the first epoch. */
  size: number;
}

function makeEpochs(
  text: Parameters<typeof sentencePairs>[0],
  sections: Section[],
  options: PairOptions,
  seed: number,
  stream: RandomStream,
  shift: number,
  duplicates?: number
): Epochs {
  interface Epoch {
    plan: Int32Array;
    order: Int32Array;
  }
  const ends: number[] = []; // rows up to and including each epoch planned so far
  const kept = new Map<number, Epoch>();

  function open(n: number): Epoch {
    const epoch = duplicates ? n % duplicates : n;
    const known = kept.get(epoch);
    if (known) return known;
    const random = new Random(seed, stream, epoch + shift);
    const plan = sentencePairs(text, sections, options, random);
    const order = new Int32Array(plan.length / PLAN_STRIDE);
    for (let i = 0; i < order.length; ++i) order[i] = i;
    random.shuffle(order);
    if (kept.size === 2) kept.delete(kept.keys().next().value!);
    kept.set(epoch, {plan, order});
    return {plan, order};
  }

  function epochOf(n: number): number {
    while (ends.length === 0 || ends.at(-1)! <= n)
      ends.push((ends.at(-1) ?? 0) + open(ends.length).order.length);
    let low = 0;
    let high = ends.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! <= n) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  epochOf(0);
  return {
    row(n) {
      const epoch = epochOf(n);
      const {plan, order} = open(epoch);
      const index = order[n - (epoch > 0 ? ends[epoch - 1]! : 0)]!;
      return {plan, index, ...(duplicates && {again: [epoch % duplicates, index]})};
    },
    size: ends[0]!
  };
}
