import {makeConfig} from "../../../src/lib/albert/config.js";
import type {LoadedModel} from "../../../src/lib/engine/loadedModel.js";
import {trainUnigram} from "../../../src/lib/tokenizer/train.js";
import {tinyParameters} from "../albert/tiny.js";
import {smallText} from "./hostPort.js";

/** An untrained model with a vocabulary of its own, as the engine holds a loaded one. */
export function tinyModel(maxPositionEmbeddings: number): LoadedModel {
  const tokenizer = trainUnigram(smallText.split("\n"), {vocabSize: 47});
  const config = makeConfig({
    vocabSize: tokenizer.vocabSize,
    embeddingSize: 4,
    hiddenSize: 6,
    numHiddenLayers: 3,
    numAttentionHeads: 2,
    intermediateSize: 11,
    maxPositionEmbeddings
  });
  return {name: "tiny", config, tokenizer, notes: [], data: tinyParameters(config)};
}
