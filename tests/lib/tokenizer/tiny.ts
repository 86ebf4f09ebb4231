/** A vocabulary small enough to find best paths by hand, in ALBERT's layout. */
import {buildCharsmap, nmtRules} from "../../../src/lib/tokenizer/buildCharsmap.js";
import {readSpiece} from "../../../src/lib/tokenizer/spiece.js";
import {
  pieceType,
  writeSpieceModel,
  type SpieceModel
} from "../../../src/lib/tokenizer/spieceModel.js";

/** Ids 13 and up, with log probabilities that are exact in float32. */
export const tinyPieces: readonly [string, number][] = [
  ["▁", -3],
  ["▁the", -2],
  ["▁cat", -4],
  ["▁c", -5],
  ["at", -4.5],
  ["s", -3.5],
  ["t", -5],
  ["c", -6],
  ["a", -5.5],
  ["e", -5.25],
  ["h", -6.25],
  [",", -4],
  ["9", -5],
  ["▁9", -4.75],
  ["9,", -4.25],
  ["▁9,", -4.125],
  ["▁sat", -6.5]
];

export const tinyModel: SpieceModel = {
  pieces: [
    ...["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"].map((piece, id) => ({
      piece,
      score: 0,
      type: id === 1 ? pieceType.unknown : pieceType.control
    })),
    ...["(", ")", '"', "-", ".", "–", "£", "€"].map((piece) => ({
      piece,
      score: 0,
      type: pieceType.userDefined
    })),
    ...tinyPieces.map(([piece, score]) => ({piece, score, type: pieceType.normal}))
  ],
  unkId: 1,
  bosId: -1,
  eosId: -1,
  padId: 0,
  normalizerName: "user_defined",
  charsmap: buildCharsmap(nmtRules()),
  addDummyPrefix: true,
  removeExtraWhitespaces: true,
  escapeWhitespaces: true
};

/** The bytes of its `spiece.model`. */
export const tinySpiece = writeSpieceModel(tinyModel);

export const tinyTokenizer = () => readSpiece(tinySpiece, "tiny/spiece.model");
