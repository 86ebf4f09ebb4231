import {type CaseOptions, specialTokensMap, tokenizerConfig, tokenizerJson} from "./folderFiles.js";
import {type SpieceModel, writeSpieceModel} from "./spieceModel.js";

/** Writes a tokenizer as the files of a Hugging Face folder. */
export interface TokenizerWriter {
  spiece(): Uint8Array;
  tokenizerJson(): string;
  tokenizerConfig(): string;
  specialTokensMap(): string;
}

/**
 * Writes a tokenizer that stands on a SentencePiece model.
 *
 * @param files the files it was read from, to be written as they were
 */
export function tokenizerWriter(
  model: SpieceModel,
  options: CaseOptions,
  files: {spiece?: Uint8Array; json?: string} = {}
): TokenizerWriter {
  const print = (value: unknown) => JSON.stringify(value, null, 2) + "\n";
  return {
    spiece: () => files.spiece?.slice() ?? writeSpieceModel(model),
    tokenizerJson: () => files.json ?? print(tokenizerJson(model, options)),
    tokenizerConfig: () => print(tokenizerConfig(model, options)),
    specialTokensMap: () => print(specialTokensMap())
  };
}
