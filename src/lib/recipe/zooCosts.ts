/** What every published model stores and computes, from its shape alone. */
import {flopsPerToken} from "../albert/flops.js";
import {countParameters, type ParameterCounts} from "../albert/specs.js";
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
