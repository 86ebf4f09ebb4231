/** What the benchmark runs: models and batches of fixed sizes. */
import {makeConfig, type AlbertConfig} from "../config.js";
import type {Batch} from "../objectives/batch.js";
import {Random} from "../../random.js";

export interface BenchShape {
  about: string;
  vocabSize: number;
  embeddingSize: number;
  hiddenSize: number;
  intermediateSize: number;
  numAttentionHeads: number;
  numHiddenLayers: number;
  batch: number;
  sequence: number;
  /** Whether every position is predicted, or 15 % of them. */
  allPositions: boolean;
  /** Too large to train where it is only read: a forward is timed and no step. */
  forwardOnly: boolean;
}

/** By the name that `--shape` takes. */
export const benchShapes = {
  standard: {
    about:
      "V 1024, E 32, H 128, F 512, 4 heads, 4 shared layers, 16 × 64, every position predicted",
    vocabSize: 1024,
    embeddingSize: 32,
    hiddenSize: 128,
    intermediateSize: 512,
    numAttentionHeads: 4,
    numHiddenLayers: 4,
    batch: 16,
    sequence: 64,
    allPositions: true,
    forwardOnly: false
  },
  phone: {
    about: "V 1000, E 16, H 64, F 256, 4 heads, 2 shared layers, 16 × 32, 15 % predicted",
    vocabSize: 1000,
    embeddingSize: 16,
    hiddenSize: 64,
    intermediateSize: 256,
    numAttentionHeads: 4,
    numHiddenLayers: 2,
    batch: 16,
    sequence: 32,
    allPositions: false,
    forwardOnly: false
  },
  lab: {
    about: "V 4096, E 64, H 256, F 1024, 4 heads, 6 shared layers, 16 × 128, 15 % predicted",
    vocabSize: 4096,
    embeddingSize: 64,
    hiddenSize: 256,
    intermediateSize: 1024,
    numAttentionHeads: 4,
    numHiddenLayers: 6,
    batch: 16,
    sequence: 128,
    allPositions: false,
    forwardOnly: false
  },
  "albert-base": {
    about: "V 30000, E 128, H 768, F 3072, 12 heads, 12 shared layers, 1 × 128, 15 % predicted",
    vocabSize: 30000,
    embeddingSize: 128,
    hiddenSize: 768,
    intermediateSize: 3072,
    numAttentionHeads: 12,
    numHiddenLayers: 12,
    batch: 1,
    sequence: 128,
    allPositions: false,
    forwardOnly: true
  }
} as const satisfies Record<string, BenchShape>;

export type BenchShapeName = keyof typeof benchShapes;
export const benchShapeNames = Object.keys(benchShapes) as BenchShapeName[];

/** The model of a shape: ALBERT with a masked-LM head and no dropout. */
export function benchConfig({
  about,
  batch,
  sequence,
  allPositions,
  forwardOnly,
  ...sizes
}: BenchShape): AlbertConfig {
  void [about, batch, allPositions, forwardOnly];
  return makeConfig({
    ...sizes,
    maxPositionEmbeddings: sequence,
    hiddenAct: "gelu_new",
    hiddenDropoutProb: 0,
    attentionProbsDropoutProb: 0,
    architecture: "AlbertForMaskedLM"
  });
}

/** One batch of random pieces without padding. */
export function benchBatch({vocabSize, batch, sequence, allPositions}: BenchShape): Batch {
  const random = new Random(1, "masks");
  const tokens = batch * sequence;
  const step = allPositions ? 1 : 1 / 0.15;
  const slots = Math.floor(tokens / step);
  const ids = () => random.int(vocabSize);
  return {
    batch,
    sequence,
    inputIds: Int32Array.from({length: tokens}, ids),
    attentionMask: new Int32Array(tokens).fill(1),
    tokenTypeIds: new Int32Array(tokens),
    maskedPositions: Int32Array.from({length: slots}, (_, i) => Math.floor(i * step)),
    maskedLabels: Int32Array.from({length: slots}, ids),
    maskedWeights: new Float32Array(slots).fill(1),
    sentenceLabels: null
  };
}
