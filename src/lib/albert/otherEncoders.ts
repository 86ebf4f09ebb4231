/**
 * Published models whose encoder is not ALBERT's with other switches, so that they are counted here and
 * not run: XLNet (relative positions, two streams) and MobileBERT (bottlenecks, four feed-forward parts).
 */

/** Stored parameters by part. */
export interface OtherCounts {
  embeddings: number;
  /** From the embedding's width to the encoder's. */
  factorisation: number;
  encoder: number;
  pooler: number;
  total: number;
}

/** Sizes that XLNet's parameters follow from. */
export interface XlnetShape {
  vocabSize: number;
  hiddenSize: number;
  numHiddenLayers: number;
  intermediateSize: number;
}

/** Sizes that MobileBERT's parameters follow from. */
export interface MobileBertShape extends XlnetShape {
  embeddingSize: number;
  maxPositionEmbeddings: number;
  typeVocabSize: number;
  /** Width between a layer's bottlenecks. */
  bottleneckSize: number;
  /** Feed-forward parts of a layer. */
  numFeedForwards: number;
}

/** xlnet-large-cased. */
export const xlnetLarge: XlnetShape = {
  vocabSize: 32000,
  hiddenSize: 1024,
  numHiddenLayers: 24,
  intermediateSize: 4096
};

/** mobilebert-uncased, as Hugging Face's default configuration has it. */
export const mobileBert: MobileBertShape = {
  vocabSize: 30522,
  hiddenSize: 512,
  numHiddenLayers: 24,
  intermediateSize: 512,
  embeddingSize: 128,
  maxPositionEmbeddings: 512,
  typeVocabSize: 2,
  bottleneckSize: 128,
  numFeedForwards: 4
};

/** Weights and bias of a dense layer. */
const dense = (from: number, to: number): number => from * to + to;

/**
 * XLNet without a head. A layer projects queries, keys, values, outputs and relative positions without a
 * bias, and adds three position and segment biases and two segment vectors a head; there is no pooler and
 * no position table.
 *
 * @see Yang et al. 2019, section 2; transformers `XLNetRelativeAttention`
 */
export function countXlnet({
  vocabSize: V,
  hiddenSize: H,
  numHiddenLayers: L,
  intermediateSize: F
}: XlnetShape): OtherCounts {
  const attention = 5 * H * H + 3 * H + 2 * H + 2 * H; // projections, biases, segments, layer norm
  const feedForward = dense(H, F) + dense(F, H) + 2 * H;
  return summed({
    embeddings: V * H + H, // and the vector of a hidden piece
    factorisation: 0,
    encoder: L * (attention + feedForward),
    pooler: 0
  });
}

/**
 * MobileBERT with its pooler. Three neighbouring word embeddings are projected to H; each layer narrows to
 * the bottleneck, once for its input and once for queries and keys together, and widens again. Values are
 * read at full width.
 *
 * @see Sun et al. 2020, Table 1; transformers `MobileBertLayer`
 */
export function countMobileBert(shape: MobileBertShape): OtherCounts {
  const {vocabSize: V, hiddenSize: H, intermediateSize: F, embeddingSize: E} = shape;
  const {bottleneckSize: B, maxPositionEmbeddings: P, typeVocabSize: T} = shape;
  const norm = 2 * B;
  const attention = 2 * dense(B, B) + dense(H, B) + dense(B, B) + norm;
  const feedForward = dense(B, F) + dense(F, B) + norm;
  const bottlenecks = 2 * (dense(H, B) + norm) + dense(B, H) + 2 * H;
  return summed({
    embeddings: V * E + P * H + T * H + 2 * H,
    factorisation: dense(3 * E, H),
    encoder:
      shape.numHiddenLayers * (attention + shape.numFeedForwards * feedForward + bottlenecks),
    pooler: dense(H, H)
  });
}

function summed(parts: Omit<OtherCounts, "total">): OtherCounts {
  const {embeddings, factorisation, encoder, pooler} = parts;
  return {...parts, total: embeddings + factorisation + encoder + pooler};
}
