/** ALBERT's tokenizer: files read and written, text to ids and back, vocabularies learnt. */
export {readTokenizer, tokenizerFiles} from "./load.js";
export {readSpiece, type SpieceOptions} from "./spiece.js";
export * from "./tokenizer.js";
export {readTokenizerJson} from "./tokenizerJson.js";
export {trainUnigram, trainUnigramAsync, type TrainOptions, type TrainProgress} from "./train.js";
