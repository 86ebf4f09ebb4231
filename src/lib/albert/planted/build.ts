/** Models whose weights are written by hand, so that what they do is known and not guessed. */
import {makeConfig, type AlbertConfig} from "../config.js";
import type {ParameterData} from "../params.js";
import {bodyPrefix, storageOf, type LayerTensor} from "../sharing.js";
import {parameterSpecs} from "../specs.js";

/** Where in the residual stream a head reads or writes one number for each piece of the vocabulary. */
export type Block = "token" | "carried" | "guess";

/** One head by what it does. */
export interface PlantedHead {
  /**
   * Score of looking from one position at another, before the softmax; scores 40 below the greatest
   * of a row get no weight that float32 can tell from 0.
   */
  looks: (from: number, to: number) => number;
  /** Added to the score by the piece that is looked at; default 0. */
  looksFor?: (id: number) => number;
  /** What is read of a piece looked at, and where it is written. */
  reads: Block;
  writes: Block;
  /** How much is written of a piece, by its id. */
  gain: (id: number) => number;
}

/** A model by what its heads do at each depth. */
export interface PlantedSpec {
  vocabSize: number;
  positions: number;
  /** `[depth][head]`, as many heads at each depth. */
  heads: PlantedHead[][];
  /** Logit of a piece of which 1 was written as the guess. */
  confidence: number;
}

/**
 * A constant in every vector of the stream, far larger than the rest: layer normalisation then
 * divides all vectors by almost the same number, which its weight undoes. What is left of the
 * difference is `content² / (2·anchor²)`, at most about 1 %.
 */
const anchor = 20;

/**
 * A real ALBERT encoder (post-normalised, with the embedding mapping and a masked LM head) that does
 * what a specification says. Every number of the stream is there twice, once with the opposite sign,
 * so that its mean is 0 and layer normalisation subtracts nothing. The feed-forward layers add 0.
 *
 * @throws RangeError if a head is too narrow for the vocabulary or the positions
 */
export function plantedModel({vocabSize: V, positions, heads, confidence}: PlantedSpec): {
  config: AlbertConfig;
  parameters: ParameterData;
} {
  const count = heads[0]!.length;
  const places = {token: 0, carried: V, guess: 2 * V, position: 3 * V, anchor: 3 * V + positions};
  const features = Math.ceil((places.anchor + 1) / count) * count;
  const hidden = 2 * features;
  const size = hidden / count;
  if (size < Math.max(V, positions + 1))
    throw new RangeError(`heads of ${size} are too narrow for ${V} pieces, ${positions} positions`);
  const config = makeConfig({
    vocabSize: V,
    embeddingSize: hidden,
    hiddenSize: hidden,
    numHiddenLayers: heads.length,
    numAttentionHeads: count,
    intermediateSize: 4,
    maxPositionEmbeddings: positions,
    hiddenAct: "relu",
    sharing: "none",
    architecture: "AlbertForMaskedLM",
    tieWordEmbeddings: false
  });
  const parameters: ParameterData = new Map(
    parameterSpecs(config).map(({name, shape}) => [
      name,
      {shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1))}
    ])
  );
  const body = bodyPrefix(config);
  const of = (name: string) => parameters.get(name)!;
  const set = (name: string, row: number, column: number, value: number) => {
    const {shape, data} = of(name);
    data[row * shape[1]! + column] = value;
  };
  /** Writes a number of the stream, and its opposite. */
  const both = (name: string, row: number, feature: number, value: number) => {
    set(name, row, feature, value);
    set(name, row, features + feature, -value);
  };
  const undo = (name: string) => of(`${name}.weight`).data.fill(anchor / Math.sqrt(features));

  for (let id = 0; id < V; ++id)
    both(`${body}embeddings.word_embeddings.weight`, id, places.token + id, 1);
  for (let i = 0; i < positions; ++i) {
    both(`${body}embeddings.position_embeddings.weight`, i, places.position + i, 1);
    both(`${body}embeddings.position_embeddings.weight`, i, places.anchor, anchor);
  }
  undo(`${body}embeddings.LayerNorm`);
  for (let i = 0; i < hidden; ++i)
    set(`${body}encoder.embedding_hidden_mapping_in.weight`, i, i, 1);

  heads.forEach((layer, depth) => {
    const name = (tensor: LayerTensor) => storageOf(config, depth, tensor);
    undo(name("attention.LayerNorm.weight").replace(/\.weight$/, ""));
    undo(name("full_layer_layer_norm.weight").replace(/\.weight$/, ""));
    layer.forEach(({looks, looksFor, reads, writes, gain}, head) => {
      const row = head * size;
      const scale = Math.sqrt(size);
      for (let from = 0; from < positions; ++from) {
        // The query says who asks; the key of each position holds its score for every asker.
        set(name("attention.query.weight"), row + from, places.position + from, scale);
        for (let to = 0; to < positions; ++to)
          set(name("attention.key.weight"), row + from, places.position + to, looks(from, to));
      }
      if (looksFor) {
        of(name("attention.query.bias")).data[row + positions] = scale;
        for (let id = 0; id < V; ++id)
          set(name("attention.key.weight"), row + positions, places.token + id, looksFor(id));
      }
      for (let id = 0; id < V; ++id) {
        set(name("attention.value.weight"), row + id, places[reads] + id, gain(id));
        set(name("attention.dense.weight"), places[writes] + id, row + id, 1);
        set(name("attention.dense.weight"), features + places[writes] + id, row + id, -1);
      }
    });
  });

  // The head's own normalisation gets an anchor too: one unit that is always on.
  for (let id = 0; id < V; ++id) {
    set("predictions.dense.weight", id, places.guess + id, 1);
    set("predictions.decoder.weight", id, id, confidence);
  }
  of("predictions.dense.bias").data[hidden - 1] = anchor;
  of("predictions.LayerNorm.weight").data.fill((anchor * Math.sqrt(hidden - 1)) / hidden);
  return {config, parameters};
}
