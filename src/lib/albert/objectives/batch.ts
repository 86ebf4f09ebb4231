/**
 * One batch of pretraining rows, of a shape that never changes during a run.
 *
 * Rows are `[CLS] A [SEP] B [SEP]` (or `[CLS] A [SEP]` without a sentence objective), padded on the
 * right with the pad id, attention 0 and token type 0. The number of masked slots is the same for
 * every batch: a slot that is not needed points at its row's [CLS], with label 0 and weight 0.
 */
export interface Batch {
  /** Number of rows. */
  batch: number;
  /** Positions in a row, special tokens and padding included. */
  sequence: number;
  /** Token ids after masking, [batch × sequence], row after row. */
  inputIds: Int32Array;
  /** 1 for a token, 0 for padding, [batch × sequence]. */
  attentionMask: Int32Array;
  /** 0 for [CLS] A [SEP] and for padding, 1 for B [SEP], [batch × sequence]. */
  tokenTypeIds: Int32Array;
  /** Index into batch × sequence of each masked slot, [slots], slots = batch × slots per row. */
  maskedPositions: Int32Array;
  /** The id that was there before masking, [slots]. */
  maskedLabels: Int32Array;
  /** 1 for a slot in use, 0 for one that is not, [slots]. */
  maskedWeights: Float32Array;
  /** SOP: 1 = swapped; NSP: 1 = B is from another document; null without a sentence objective. */
  sentenceLabels: Int32Array | null;
}

/** Which question about the two segments of a row is asked, if any. */
export type SentenceObjective = "none" | "nsp" | "sop";

/** What the objectives need to know of a tokenizer; `Tokenizer` fits. */
export interface PieceTable {
  /** Number of ids. */
  readonly vocabSize: number;
  /** Ids of the special pieces. */
  readonly special: {pad: number; cls: number; sep: number; mask: number};
  /** Whether a piece begins a word, so that masks cover whole words. */
  startsWord(id: number): boolean;
}
