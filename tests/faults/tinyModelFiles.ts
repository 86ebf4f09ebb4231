/** A model of a few hundred weights as a folder, in a form that a page can be handed. */
import {writeModelFolder} from "../../src/lib/albert/checkpoint/write.js";
import {makeConfig} from "../../src/lib/albert/config.js";
import {initParameters} from "../../src/lib/albert/specs.js";
import {tokenizer} from "../lib/finetune/tokenizer.js";

const config = makeConfig({
  vocabSize: tokenizer.vocabSize,
  embeddingSize: 6,
  hiddenSize: 8,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 12,
  maxPositionEmbeddings: 48,
  initializerRange: 0.1
});
const model = {config, parameters: initParameters(config, 4), tokenizer};
export const tinyModelFiles = [...writeModelFolder(model)].map(
  ([name, bytes]): [string, number[]] => [name, [...bytes]]
);
