/** What every published model stores and computes, from its shape alone. */
import {flopsPerToken} from "../albert/flops.js";
import {countParameters, type ParameterCounts} from "../albert/specs.js";
import {makeConfig, type AlbertConfig} from "../albert/config.js";
import {bertConfig, distilbertConfig, robertaConfig} from "../albert/variants.js";
import {zoo} from "../albert/zoo.js";

/** A published model with its exact costs; heads for a task are not counted. */
export interface PublishedCost {
  name: string;
  family: string;
  /** Layers, width of the encoder, width of the embedding. */
  shape: {L: number; H: number; E: number};
  /** Stored parameters by part, shared tensors once, pooler included where the family has one. */
  counts: ParameterCounts;
  /** Forward operations of the encoder for one piece; a multiply and an add are two. */
  flops: number;
}

/** The family that a model's name tells, as the figures call it. */
export function familyOf(name: string): string {
  const families: readonly (readonly [RegExp, string])[] = [
    [/^albert/, "ALBERT"],
    [/^distilroberta/, "DistilRoBERTa"],
    [/^roberta/, "RoBERTa"],
    [/^distilbert/, "DistilBERT"],
    [/^electra/, "ELECTRA"],
    [/^tinybert/, "TinyBERT"]
  ];
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? "BERT";
}

/**
 * Every published configuration.
 *
 * @param sequenceLength pieces that attend to each other, which only attention's work depends on
 */
export function publishedCosts(sequenceLength: number): PublishedCost[] {
  return Object.entries(zoo).map(([name, make]) => {
    const config = {...make(), architecture: "AlbertModel" as const};
    const {numHiddenLayers: L, hiddenSize: H, embeddingSize: E} = config;
    return {
      name,
      family: familyOf(name),
      shape: {L, H, E},
      counts: countParameters(config),
      flops: flopsPerToken(config, sequenceLength)
    };
  });
}

/**
 * The four families in one small shape (12 layers, DistilBERT 6, H = 128, four heads), light enough to
 * be timed in a browser; vocabularies and embeddings keep the published proportions.
 */
export function smallFamilies(): {name: string; config: AlbertConfig}[] {
  const shape = {
    hiddenSize: 128,
    numAttentionHeads: 4,
    intermediateSize: 512,
    architecture: "AlbertModel" as const
  };
  return [
    {name: "BERT", config: bertConfig({...shape, numHiddenLayers: 12, vocabSize: 5000})},
    {
      name: "ALBERT",
      config: makeConfig({...shape, numHiddenLayers: 12, vocabSize: 5000, embeddingSize: 24})
    },
    {name: "RoBERTa", config: robertaConfig({...shape, numHiddenLayers: 12, vocabSize: 8250})},
    {
      name: "DistilBERT",
      config: distilbertConfig({...shape, numHiddenLayers: 6, vocabSize: 5000})
    }
  ];
}
