import {InputError} from "../errors.js";
import {refuseLong} from "./json/fields.js";
import {floatOfBits, protobufFields, ProtobufWriter} from "./protobuf.js";

/** What a piece is, in SentencePiece's numbers. */
export const pieceType = {
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6
} as const;

/** One row of the vocabulary: text, log probability (float32) and type. */
export interface SpiecePiece {
  piece: string;
  score: number;
  type: number;
}

/** What this program uses of a SentencePiece model file. */
export interface SpieceModel {
  pieces: SpiecePiece[];
  /** Ids of the built-in pieces, −1 where there is none. */
  unkId: number;
  bosId: number;
  eosId: number;
  padId: number;
  /** Name of the normaliser, for example `nmt_nfkc`; only a label, the map is what counts. */
  normalizerName: string;
  /** The compiled normalisation rules (see charsmap.ts); empty for none. */
  charsmap: Uint8Array;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
}

const modelTypes = ["", "UNIGRAM", "BPE", "WORD", "CHAR"];

function utf8(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder("utf-8", {fatal: true, ignoreBOM: true}).decode(bytes);
  } catch {
    throw new InputError(`${where}: not a SentencePiece model (text is not UTF-8)`);
  }
}

function readPiece(bytes: Uint8Array, where: string): SpiecePiece {
  const piece: SpiecePiece = {piece: "", score: 0, type: pieceType.normal};
  for (const field of protobufFields(bytes, where)) {
    if (field.number === 1 && field.wire === 2) piece.piece = utf8(field.bytes, where);
    else if (field.number === 2 && field.wire === 5) piece.score = floatOfBits(field.value);
    else if (field.number === 3 && field.wire === 0) piece.type = field.value;
    else if (field.number <= 3)
      throw new InputError(`${where}: not a SentencePiece model (field ${field.number})`);
  }
  if (piece.piece === "") throw new InputError(`${where}: empty, expected text`);
  refuseLong(piece.piece, where);
  if (!Number.isFinite(piece.score))
    throw new InputError(`${where}: score ${piece.score}, expected a finite number`);
  if (piece.type < 1 || piece.type > 6)
    throw new InputError(`${where}: type ${piece.type}, expected 1 to 6`);
  return piece;
}

function readTrainerSpec(bytes: Uint8Array, model: SpieceModel, file: string): void {
  const where = `${file}: trainer_spec`;
  let type = 1;
  for (const {number, wire, value} of protobufFields(bytes, where)) {
    if (wire !== 0) continue;
    if (number === 3) type = value;
    else if (number === 24 && value !== 0)
      throw new InputError(`${where}: treat_whitespace_as_suffix is not supported`);
    else if (number === 35 && value !== 0)
      throw new InputError(`${where}: byte_fallback is not supported, ALBERT's models have none`);
    else if (number === 40) model.unkId = value;
    else if (number === 41) model.bosId = value;
    else if (number === 42) model.eosId = value;
    else if (number === 43) model.padId = value;
  }
  if (type !== 1)
    throw new InputError(
      `${file}: model type ${modelTypes[type] ?? type}, expected UNIGRAM as ALBERT's is`
    );
}

function readNormalizerSpec(bytes: Uint8Array, model: SpieceModel, file: string): void {
  const where = `${file}: normalizer_spec`;
  for (const field of protobufFields(bytes, where)) {
    if (field.wire === 2) {
      if (field.number === 1) model.normalizerName = utf8(field.bytes, where);
      else if (field.number === 2) model.charsmap = field.bytes.slice();
    } else if (field.wire === 0) {
      if (field.number === 3) model.addDummyPrefix = field.value !== 0;
      else if (field.number === 4) model.removeExtraWhitespaces = field.value !== 0;
      else if (field.number === 5) model.escapeWhitespaces = field.value !== 0;
    }
  }
}

function checkPieces(model: SpieceModel, file: string): void {
  const {pieces} = model;
  if (pieces.length === 0)
    throw new InputError(`${file}: not a SentencePiece model (no pieces in it)`);
  const seen = new Set<string>();
  let unknowns = 0;
  pieces.forEach(({piece, type}, id) => {
    const where = `${file}: piece ${id} ${JSON.stringify(piece)}`;
    if (seen.has(piece)) throw new InputError(`${where}: listed twice`);
    seen.add(piece);
    if (type === pieceType.byte)
      throw new InputError(`${where}: type BYTE is not supported, ALBERT's models have none`);
    if (type === pieceType.unknown) {
      ++unknowns;
      if (model.unkId !== id)
        throw new InputError(`${where}: type UNKNOWN, but trainer_spec's unk_id is ${model.unkId}`);
    }
  });
  if (unknowns !== 1)
    throw new InputError(`${file}: ${unknowns} pieces of type UNKNOWN, expected one`);
}

/**
 * Reads a SentencePiece unigram model, as ALBERT's `spiece.model` is.
 *
 * @param bytes the file
 * @param file its name, for errors
 * @throws InputError when it is not such a model, is cut short, or needs what is not supported
 * @see https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
 */
export function readSpieceModel(bytes: Uint8Array, file: string): SpieceModel {
  if (bytes.length === 0) throw new InputError(`${file}: empty, expected a SentencePiece model`);
  if (bytes[0] !== 0x0a) throw new InputError(`${file}: not a SentencePiece model${guess(bytes)}`);
  const model: SpieceModel = {
    pieces: [],
    unkId: 0,
    bosId: 1,
    eosId: 2,
    padId: -1,
    normalizerName: "",
    charsmap: new Uint8Array(0),
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true
  };
  let trainer = false;
  let normalizer = false;
  for (const field of protobufFields(bytes, file)) {
    if (field.wire !== 2) {
      if (field.number <= 5)
        throw new InputError(`${file}: not a SentencePiece model (field ${field.number})`);
    } else if (field.number === 1) {
      model.pieces.push(readPiece(field.bytes, `${file}: piece ${model.pieces.length}`));
    } else if (field.number === 2) {
      readTrainerSpec(field.bytes, model, file);
      trainer = true;
    } else if (field.number === 3) {
      readNormalizerSpec(field.bytes, model, file);
      normalizer = true;
    }
  }
  const missing = trainer ? (normalizer ? "" : "normalizer_spec") : "trainer_spec";
  if (missing) throw new InputError(`${file}: ${missing} is missing, the file may be truncated`);
  checkPieces(model, file);
  return model;
}

/** What a file that is not a model may be instead, by its first bytes. */
function guess(bytes: Uint8Array): string {
  const start = new TextDecoder().decode(bytes.subarray(0, 40));
  if (start.startsWith("version https://git-lfs")) return " but a git-lfs pointer to one";
  if (/^\s*</.test(start)) return " but a page of HTML";
  if (/^\s*[{[]/.test(start)) return " but JSON";
  return "";
}

/**
 * Writes a SentencePiece model that SentencePiece itself and Hugging Face's converters read.
 *
 * @returns the bytes of `spiece.model`
 */
export function writeSpieceModel(model: SpieceModel): Uint8Array {
  const out = new ProtobufWriter();
  for (const {piece, score, type} of model.pieces) {
    const row = new ProtobufWriter().bytes(1, piece).float(2, score);
    if (type !== pieceType.normal) row.int(3, type);
    out.bytes(1, row.finish());
  }
  const trainer = new ProtobufWriter().int(3, 1).int(4, model.pieces.length);
  const builtIn = new Set([model.bosId, model.eosId, model.padId]);
  model.pieces.forEach(({piece, type}, id) => {
    if (type === pieceType.control && !builtIn.has(id)) trainer.bytes(30, piece);
  });
  for (const {piece, type} of model.pieces)
    if (type === pieceType.userDefined) trainer.bytes(31, piece);
  trainer.int(40, model.unkId).int(41, model.bosId).int(42, model.eosId).int(43, model.padId);
  const nameOf = (id: number) => model.pieces[id]?.piece;
  trainer.bytes(45, nameOf(model.unkId) ?? "<unk>");
  if (nameOf(model.padId) !== undefined) trainer.bytes(48, nameOf(model.padId)!);
  out.bytes(2, trainer.finish());
  const normalizer = new ProtobufWriter().bytes(1, model.normalizerName);
  normalizer.bytes(2, model.charsmap).int(3, model.addDummyPrefix);
  normalizer.int(4, model.removeExtraWhitespaces).int(5, model.escapeWhitespaces);
  return out.bytes(3, normalizer.finish()).finish();
}
