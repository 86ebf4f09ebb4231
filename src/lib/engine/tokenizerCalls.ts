/** What crosses of the tokenizer: a vocabulary, and how it cuts a text. */
import type {Recipe} from "../recipe/recipe.js";
import type {PhaseProgress, TextSource} from "./trainingCalls.js";

/** A candidate piece between two positions of a text, an edge of its segmentation lattice. */
export interface LatticeEdge {
  /** Code-point positions in the normalised text. */
  start: number;
  end: number;
  id: number;
  piece: string;
  /** Log probability. */
  score: number;
  /** Whether it lies on the best path. */
  best: boolean;
}

/** A text as the tokenizer sees it. */
export interface TokenizationResult {
  normalized: string;
  pieces: {id: number; piece: string; score: number; offsets: [number, number]}[];
  lattice: {nodes: number; text: string; edges: LatticeEdge[]};
}

/** A vocabulary, for a table. */
export interface VocabularyResult {
  vocabSize: number;
  requestedSize: number;
  pieces: {id: number; piece: string; score: number}[];
  /** Mean characters per piece over the training text. */
  charactersPerPiece: number;
  /** The bytes of spiece.model, from which a page makes the same tokenizer. */
  spiece: Uint8Array;
  notes: string[];
}

/** Calls that learn a vocabulary and cut a text by it. */
export interface TokenizerCalls {
  trainTokenizer: {
    input: {recipe: Recipe; source: TextSource};
    progress: PhaseProgress;
    output: VocabularyResult;
  };
  tokenize: {input: {text: string}; progress: never; output: TokenizationResult};
}
