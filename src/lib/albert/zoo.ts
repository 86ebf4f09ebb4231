import type {AlbertConfig} from "./config.js";
import {makeConfig} from "./config.js";
import {bertConfig, distilbertConfig, electraConfig, robertaConfig} from "./variants.js";

/** Sizes that differ between published models of one family. */
const shape = (
  numHiddenLayers: number,
  hiddenSize: number,
  numAttentionHeads: number,
  intermediateSize = 4 * hiddenSize
) => ({numHiddenLayers, hiddenSize, numAttentionHeads, intermediateSize});

/** Version 1: erf GELU, and dropout except in the largest. */
const version1 = {
  hiddenAct: "gelu",
  hiddenDropoutProb: 0.1,
  attentionProbsDropoutProb: 0.1
} as const;

const base = shape(12, 768, 12);
const large = shape(24, 1024, 16);
const xlarge = shape(24, 2048, 16);
const xxlarge = shape(12, 4096, 64);

/** Makes the configuration of every published model that the encoder can be switched to, by name. */
export const zoo: Readonly<Record<string, () => AlbertConfig>> = {
  "albert-base-v1": () => makeConfig({...base, ...version1}),
  "albert-large-v1": () => makeConfig({...large, ...version1}),
  "albert-xlarge-v1": () => makeConfig({...xlarge, ...version1}),
  "albert-xxlarge-v1": () => makeConfig({...xxlarge, hiddenAct: "gelu"}),
  "albert-base-v2": () => makeConfig(base),
  "albert-large-v2": () => makeConfig(large),
  "albert-xlarge-v2": () => makeConfig(xlarge),
  "albert-xxlarge-v2": () => makeConfig(xxlarge),
  "bert-base-uncased": () => bertConfig(),
  "bert-base-cased": () => bertConfig({vocabSize: 28996}),
  "bert-large-uncased": () => bertConfig(large),
  "roberta-base": () => robertaConfig(),
  "roberta-large": () => robertaConfig(large),
  "distilroberta-base": () => robertaConfig({numHiddenLayers: 6}),
  "distilbert-base-uncased": () => distilbertConfig(),
  "electra-small-disc": () => electraConfig(),
  "electra-base-disc": () => electraConfig({...base, embeddingSize: 768}),
  "electra-large-disc": () => electraConfig({...large, embeddingSize: 1024}),
  "tinybert-4L-312": () => bertConfig(shape(4, 312, 12, 1200)),
  "tinybert-6L-768": () => bertConfig({numHiddenLayers: 6}),
  "bert-tiny": () => bertConfig(shape(2, 128, 2)),
  "bert-mini": () => bertConfig(shape(4, 256, 4)),
  "bert-small": () => bertConfig(shape(4, 512, 8)),
  "bert-medium": () => bertConfig(shape(8, 512, 8))
};
