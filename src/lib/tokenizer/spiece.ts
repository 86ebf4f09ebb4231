import {InputError} from "../errors.js";
import {AlbertSegmenter} from "./albertSegmenter.js";
import {Charsmap} from "./charsmap.js";
import type {SpecialIds} from "./encoding.js";
import {PieceTrie} from "./pieceTrie.js";
import {pieceType, readSpieceModel, type SpieceModel} from "./spieceModel.js";
import {Tokenizer} from "./tokenizer.js";
import type {UnigramTable} from "./viterbi.js";
import {tokenizerWriter} from "./write.js";

/** What `tokenizer_config.json` says beside a model file. */
export interface SpieceOptions {
  /** Default true. */
  lowerCase?: boolean;
  /** Default false. */
  keepAccents?: boolean;
}

/** The five special pieces, by their part. */
export const specialPieces: Record<keyof SpecialIds, string> = {
  pad: "<pad>",
  unk: "<unk>",
  cls: "[CLS]",
  sep: "[SEP]",
  mask: "[MASK]"
};

/**
 * Ids of ALBERT's special pieces in a vocabulary.
 *
 * @throws InputError naming those that are missing
 */
export function findSpecial(idOf: ReadonlyMap<string, number>, file: string): SpecialIds {
  const missing = Object.values(specialPieces).filter((piece) => !idOf.has(piece));
  if (missing.length)
    throw new InputError(
      `${file}: ${missing.join(", ")} missing, expected ALBERT's special pieces in the vocabulary`
    );
  const id = (name: keyof SpecialIds) => idOf.get(specialPieces[name])!;
  return {pad: id("pad"), unk: id("unk"), cls: id("cls"), sep: id("sep"), mask: id("mask")};
}

/** SentencePiece's scores: float32, and user-defined symbols at 0 whatever the model file says. */
function unigramTable({pieces, unkId}: SpieceModel): UnigramTable {
  let least = Infinity;
  for (const {type, score} of pieces) if (type === pieceType.normal) least = Math.min(least, score);
  const keys: string[] = [];
  const ids: number[] = [];
  const scores: number[] = [];
  pieces.forEach(({piece, type, score}, id) => {
    if (type !== pieceType.normal && type !== pieceType.userDefined) return;
    keys.push(piece);
    ids.push(id);
    scores.push(type === pieceType.normal ? score : 0);
  });
  return {
    trie: new PieceTrie(keys),
    ids: Int32Array.from(ids),
    scores: Float64Array.from(scores),
    unkId,
    unkScore: Math.fround((Number.isFinite(least) ? least : 0) - 10),
    single: true
  };
}

/**
 * A tokenizer of a model that was read or trained.
 *
 * @param file its name, for errors
 */
export function spieceTokenizer(
  model: SpieceModel,
  file: string,
  {lowerCase = true, keepAccents = false}: SpieceOptions = {},
  bytes?: Uint8Array
): Tokenizer {
  const pieces = model.pieces.map(({piece}) => piece);
  const idOf = new Map(pieces.map((piece, id) => [piece, id]));
  const special = findSpecial(idOf, file);
  const table = unigramTable(model);
  const charsmap = model.charsmap.length
    ? new Charsmap(model.charsmap, `${file}: normalizer_spec`)
    : null;
  const segmenter = new AlbertSegmenter(
    pieces,
    idOf,
    table,
    new Map(Object.values(specialPieces).map((piece) => [piece, idOf.get(piece)!])),
    {
      lowerCase,
      keepAccents,
      charsmap,
      userDefined: model.pieces
        .filter(({type}) => type === pieceType.userDefined)
        .map(({piece}) => piece),
      addDummyPrefix: model.addDummyPrefix,
      removeExtraWhitespaces: model.removeExtraWhitespaces,
      escapeWhitespaces: model.escapeWhitespaces
    }
  );
  return new Tokenizer({
    pieces,
    scores: Float32Array.from(model.pieces, ({score}) => score),
    types: Uint8Array.from(model.pieces, ({type}) => type),
    special,
    segmenter,
    writer: tokenizerWriter(model, {lowerCase, keepAccents}, {spiece: bytes})
  });
}

/**
 * Reads ALBERT's `spiece.model`, a SentencePiece unigram model.
 *
 * @param bytes the file
 * @param file its name, for errors
 * @throws InputError when it is not such a model, is cut short, or lacks ALBERT's special pieces
 */
export function readSpiece(bytes: Uint8Array, file: string, options?: SpieceOptions): Tokenizer {
  return spieceTokenizer(readSpieceModel(bytes, file), file, options, bytes.slice());
}
