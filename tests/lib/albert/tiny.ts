import {innerGroupNum, numGroups} from "../../../src/lib/albert/sharing.js";
import {makeConfig, type AlbertConfig} from "../../../src/lib/albert/config.js";
import {initParameters, type ParameterData} from "../../../src/lib/albert/params.js";
import {Random} from "../../../src/lib/random.js";
import {Reference} from "./reference.js";

/** A model whose sizes are odd and distinct, so that a swapped axis cannot go unnoticed. */
export function tinyConfig(partial: Partial<AlbertConfig> = {}): AlbertConfig {
  return makeConfig({
    vocabSize: 29,
    embeddingSize: 4,
    hiddenSize: 6,
    numHiddenLayers: 5,
    numAttentionHeads: 2,
    intermediateSize: 11,
    maxPositionEmbeddings: 9,
    ...partial
  });
}

/** Parameters of which none is zero or one, of a size that makes every part matter. */
export function tinyParameters(config: AlbertConfig, seed = 7): ParameterData {
  const data = initParameters(config, seed);
  let index = 0;
  for (const [name, {data: values}] of data) {
    const random = new Random(seed, "weights", 1, index++);
    const isGain = /(LayerNorm|layer_norm)\.weight$/.test(name);
    for (let i = 0; i < values.length; ++i) values[i] = (isGain ? 1 : 0) + 0.4 * random.normal();
  }
  return data;
}

/** Three rows of seven pieces: one full, one padded, one with a hole. */
export const tinyInputs = {
  inputIds: [
    [2, 17, 5, 28, 9, 11, 3],
    [2, 8, 8, 3, 0, 0, 0],
    [2, 20, 4, 21, 3, 6, 3]
  ],
  attentionMask: [
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 0, 0, 0],
    [1, 1, 0, 1, 1, 1, 1]
  ],
  tokenTypeIds: [
    [0, 0, 0, 0, 1, 1, 1],
    [0, 0, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 0, 1, 1]
  ]
};

/** A pretraining batch over `tinyInputs`, one slot of which is not in use. */
export const tinyBatch = {
  batch: 3,
  sequence: 7,
  inputIds: Int32Array.from(tinyInputs.inputIds.flat()),
  attentionMask: Int32Array.from(tinyInputs.attentionMask.flat()),
  tokenTypeIds: Int32Array.from(tinyInputs.tokenTypeIds.flat()),
  maskedPositions: Int32Array.from([1, 4, 8, 14, 16]),
  maskedLabels: Int32Array.from([12, 7, 25, 0, 19]),
  maskedWeights: Float32Array.from([1, 1, 1, 0, 1]),
  sentenceLabels: Int32Array.from([0, 1, 1])
};

/** The same model as the reference knows it. */
export function referenceOf(config: AlbertConfig, weights: ParameterData): Reference {
  const {sharing} = config;
  const isHalf = sharing === "attention" || sharing === "ffn";
  return new Reference(
    {
      ...config,
      groups: numGroups(config),
      inner: innerGroupNum(config),
      half: isHalf ? sharing : undefined,
      prefix: config.architecture === "AlbertModel" ? "" : "albert."
    },
    weights
  );
}
