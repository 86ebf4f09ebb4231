import type {AlbertConfig} from "../albert/config.js";

/** Sizes that decide what a word embedding stores. */
export interface EmbeddingSizes {
  /** V, pieces of the vocabulary. */
  vocabulary: number;
  /** E, width of the embedding. */
  embedding: number;
  /** H, width of the encoder. */
  hidden: number;
}

/** Parameters of a word embedding in both forms. */
export interface EmbeddingCounts {
  /** `V·H`: one table as wide as the encoder. */
  wide: number;
  /** `V·E`, the narrow table. */
  table: number;
  /** `E·H`, the projection (its bias of H not counted, as in the paper's formula). */
  projection: number;
  /** `V·E + E·H`. */
  factorised: number;
  /** E at which both forms store the same: `V·H / (V + H)`; above it factorising costs. */
  breakEven: number;
  /** Multiplications and additions that the projection adds for each piece: `2·E·H`. */
  flops: number;
}

/** @see paper section 3.1, "Factorized embedding parameterization" */
export function embeddingCounts({vocabulary, embedding, hidden}: EmbeddingSizes): EmbeddingCounts {
  const table = vocabulary * embedding;
  const projection = embedding * hidden;
  return {
    wide: vocabulary * hidden,
    table,
    projection,
    factorised: table + projection,
    breakEven: (vocabulary * hidden) / (vocabulary + hidden),
    flops: 2 * embedding * hidden
  };
}

/** The sizes of a model. */
export function embeddingSizes(config: AlbertConfig): EmbeddingSizes {
  return {
    vocabulary: config.vocabSize,
    embedding: config.embeddingSize,
    hidden: config.hiddenSize
  };
}
