import {InputError} from "../errors.js";
import {buildCharsmap, nmtRules} from "./buildCharsmap.js";
import {Charsmap} from "./charsmap.js";
import {PieceTrie} from "./pieceTrie.js";
import {spieceTokenizer} from "./spiece.js";
import {pieceType, type SpieceModel} from "./spieceModel.js";
import type {Tokenizer} from "./tokenizer.js";
import {type Edges, findEdges, layStrings, renumberEdges} from "./training/edges.js";
import {expectedCounts, scoresOf} from "./training/expectation.js";
import {piecesToKeep} from "./training/prune.js";
import {seedPieces} from "./training/seeds.js";
import {WordCounter, type WordTable} from "./training/words.js";

/** How to learn a vocabulary. */
export interface TrainOptions {
  /** Pieces in all, the 13 special and user-defined ones included. */
  vocabSize: number;
  /** Kept for recipes: learning a vocabulary draws no random number. */
  seed?: number;
  /** Default true. */
  lowerCase?: boolean;
  /** Default false. */
  keepAccents?: boolean;
  /** Most characters of a piece; default 16. */
  maxPieceLength?: number;
  /** Share of the pieces that stay at each pruning; default 0.75. */
  shrinkingFactor?: number;
  /** Aborts `trainUnigramAsync`. */
  signal?: AbortSignal;
}

/** How far the learning is. */
export interface TrainProgress {
  /** `words`, `candidates`, `estimate` or `prune`. */
  phase: string;
  /** Pieces (or words, while they are counted) so far. */
  pieces: number;
  /** From 0 to 1. */
  fraction: number;
}

const controls = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"];
/** Symbols that are always pieces of their own, at ALBERT's ids 5 to 12. */
const userDefined = ["(", ")", '"', "-", ".", "–", "£", "€"];
const fixed = controls.length + userDefined.length;

/**
 * Learns a unigram vocabulary from texts, as SentencePiece does: candidates are frequent
 * substrings; EM estimates their probabilities; the candidates whose loss costs least go, a
 * quarter at a time, until the size is reached. Every character stays while they take up no more
 * than half of the vocabulary. Deterministic. A text too small for the size gives fewer pieces.
 *
 * @param texts sentences or paragraphs, in any number
 * @throws InputError when there is no text, or `vocabSize` leaves no room for a piece
 * @see Kudo 2018, "Subword regularization", section 3.2
 */
export function trainUnigram(
  texts: Iterable<string>,
  options: TrainOptions,
  onProgress?: (progress: TrainProgress) => void
): Tokenizer {
  const steps = trainSteps(texts, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    onProgress?.(step.value);
  }
}

/**
 * `trainUnigram` that lets other work happen in between.
 *
 * @throws the signal's reason when it is aborted
 */
export async function trainUnigramAsync(
  texts: Iterable<string>,
  options: TrainOptions,
  onProgress?: (progress: TrainProgress) => void
): Promise<Tokenizer> {
  const steps = trainSteps(texts, options);
  let last = performance.now();
  for (;;) {
    options.signal?.throwIfAborted();
    const step = steps.next();
    if (step.done) return step.value;
    onProgress?.(step.value);
    if (performance.now() - last < 12) continue;
    await new Promise((resolve) => setTimeout(resolve, 0));
    last = performance.now();
  }
}

function* trainSteps(
  texts: Iterable<string>,
  options: TrainOptions
): Generator<TrainProgress, Tokenizer> {
  const {vocabSize, lowerCase = true, keepAccents = false} = options;
  if (!Number.isInteger(vocabSize) || vocabSize <= fixed)
    throw new InputError(
      `vocabulary size: ${vocabSize}, expected a whole number above ${fixed}, the special pieces`
    );
  const charsmap = buildCharsmap(nmtRules());
  const counter = new WordCounter(
    {
      charsmap: new Charsmap(charsmap, "rules"),
      userDefined,
      addDummyPrefix: true,
      removeExtraWhitespaces: true,
      escapeWhitespaces: true,
      lowerCase,
      keepAccents
    },
    userDefined
  );
  let added = 0;
  for (const text of texts) {
    for (let i = 0; i < text.length;) {
      const end = cutAtSpace(text, i, 50_000);
      counter.add(text.slice(i, end));
      if ((added += end - i) > 100_000) {
        added = 0;
        yield {phase: "words", pieces: counter.size, fraction: 0.05};
      }
      i = end;
    }
  }
  if (counter.size === 0)
    throw new InputError("vocabulary: the text has no words, expected at least one");
  const room = vocabSize - fixed;
  const words = counter.finish(Math.max(1, Math.ceil(room / 2)));
  const learned = yield* learn(words, room, options);
  return spieceTokenizer(modelOf(learned, charsmap), "vocabulary", {lowerCase, keepAccents});
}

/** The end of a stretch of about `size` units from `from`, at white space if there is some. */
function cutAtSpace(text: string, from: number, size: number): number {
  if (text.length - from <= size) return text.length;
  const space = text.indexOf(" ", from + size - 1000);
  const end = space < 0 || space > from + size ? from + size : space;
  return (text.charCodeAt(end) & 0xfc00) === 0xdc00 ? end + 1 : end;
}

/** The pieces that are left, and where they could be used in the words. */
interface State {
  pieces: string[];
  scores: Float64Array;
  edges: Edges;
}

/** Keeps the given pieces, ascending, and forgets the rest. */
function keep(state: State, kept: readonly number[]): void {
  const newIndex = new Int32Array(state.pieces.length).fill(-1);
  kept.forEach((old, index) => (newIndex[old] = index));
  renumberEdges(state.edges, newIndex);
  state.pieces = kept.map((old) => state.pieces[old]!);
  state.scores = Float64Array.from(kept, (old) => state.scores[old]!);
}

/**
 * One round of EM. Pieces expected less than half a time go, unless they are among the first
 * `required`.
 */
function estimate(state: State, words: WordTable, required: number): void {
  const {expected} = expectedCounts(state.edges, words.counts, state.scores);
  for (let p = 0; p < required; ++p) expected[p] = Math.max(expected[p]!, 0.5);
  const kept = Array.from(expected.keys()).filter((p) => expected[p]! >= 0.5);
  if (kept.length < expected.length) keep(state, kept);
  state.scores = scoresOf(Float64Array.from(kept, (p) => expected[p]!));
}

/** Words to the most useful `room` pieces, the characters first among them; best first. */
function* learn(
  words: WordTable,
  room: number,
  {maxPieceLength = 16, shrinkingFactor = 0.75}: TrainOptions
): Generator<TrainProgress, {piece: string; score: number}[]> {
  yield {phase: "candidates", pieces: words.counts.length, fraction: 0.15};
  const required = words.characters.length;
  const seeds = [
    ...words.characters.map(([piece, count]) => ({piece, count})),
    ...seedPieces(words, Math.max(20_000, 12 * room), maxPieceLength)
  ];
  const total = seeds.reduce((sum, {count}) => sum + count, 0);
  const pieces = seeds.map(({piece}) => piece);
  yield {phase: "candidates", pieces: pieces.length, fraction: 0.2};
  const state: State = {
    pieces,
    scores: Float64Array.from(seeds, ({count}) => Math.log(count / total)),
    edges: findEdges(words.units, words.starts, new PieceTrie(pieces))
  };
  const rounds = Math.log(Math.max(2, pieces.length / room));
  const progress = (phase: string): TrainProgress => {
    const left = Math.log(Math.max(1, state.pieces.length / room)) / rounds;
    return {phase, pieces: state.pieces.length, fraction: 0.95 - 0.7 * Math.min(1, left)};
  };
  for (;;) {
    for (let i = 0; i < 2; ++i) {
      estimate(state, words, required);
      yield progress("estimate");
    }
    const {length} = state.pieces;
    if (length <= room * 1.1) break;
    const target = Math.max(Math.floor(room * 1.1), Math.floor(length * shrinkingFactor));
    const texts = layStrings(state.pieces);
    const spelled = findEdges(texts.units, texts.starts, new PieceTrie(state.pieces));
    const {edges, scores} = state;
    keep(state, piecesToKeep(edges, words.counts, spelled, scores, required, target));
    yield progress("prune");
    if (state.pieces.length === length) break;
  }
  // The last cut is by probability; then the scores are made those of exactly this vocabulary.
  const chosen = Array.from(state.pieces.keys())
    .slice(required)
    .sort((a, b) => state.scores[b]! - state.scores[a]! || a - b)
    .slice(0, Math.max(0, room - required));
  keep(state, [...Array.from({length: required}, (_, p) => p), ...chosen.sort((a, b) => a - b)]);
  for (let i = 0; i < 2; ++i) estimate(state, words, state.pieces.length);
  yield {phase: "estimate", pieces: state.pieces.length, fraction: 1};
  return state.pieces
    .map((piece, p) => ({piece, score: state.scores[p]!}))
    .sort((a, b) => b.score - a.score || (a.piece < b.piece ? -1 : 1));
}

/** The model file of a learned vocabulary: ALBERT's special pieces, then the learned ones. */
function modelOf(learned: {piece: string; score: number}[], charsmap: Uint8Array): SpieceModel {
  return {
    pieces: [
      ...controls.map((piece, id) => ({
        piece,
        score: 0,
        type: id === 1 ? pieceType.unknown : pieceType.control
      })),
      ...userDefined.map((piece) => ({piece, score: 0, type: pieceType.userDefined})),
      ...learned.map(({piece, score}) => ({
        piece,
        score: Math.fround(score),
        type: pieceType.normal
      }))
    ],
    unkId: 1,
    bosId: -1,
    eosId: -1,
    padId: 0,
    normalizerName: "user_defined",
    charsmap,
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true
  };
}
