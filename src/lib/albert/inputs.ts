import {InputError} from "../errors.js";
import type {AlbertConfig} from "./config.js";

/** Integers of every piece: nested rows, or flat in row-major order. */
export type PieceNumbers = ArrayLike<number> | readonly (readonly number[])[];

/** What goes into the encoder. */
export interface ModelInputs {
  /** Piece ids, `[batch, seq]`. */
  inputIds: PieceNumbers;
  /** 1 to attend to, 0 not: `[batch, seq]`, or `[batch, from, to]` flat; absent: all 1. */
  attentionMask?: PieceNumbers | null;
  /** `[batch, seq]`; absent: all 0. */
  tokenTypeIds?: PieceNumbers | null;
  /** `[batch, seq]`; absent: counted from the left, padding included. */
  positionIds?: PieceNumbers | null;
  /** Rows and their length; needed where `inputIds` is flat. */
  batch?: number;
  sequence?: number;
}

/** Checked inputs, flat. */
export interface FlatInputs {
  batch: number;
  sequence: number;
  inputIds: Int32Array;
  /** null if every piece is attended to; otherwise `batch · seq` or `batch · seq · seq` numbers. */
  attentionMask: Float32Array | null;
  tokenTypeIds: Int32Array;
  positionIds: Int32Array;
}

/**
 * Flat inputs with what is absent filled in.
 *
 * @throws InputError if rows differ in length, a sequence is longer than the position table, or an
 *   id is outside its table
 */
export function flatInputs(inputs: ModelInputs, config: AlbertConfig): FlatInputs {
  const {batch, sequence} = sizes(inputs);
  const count = batch * sequence;
  const inputIds = flat("input_ids", inputs.inputIds, [count], sequence);
  const tokenTypeIds = inputs.tokenTypeIds
    ? flat("token_type_ids", inputs.tokenTypeIds, [count], sequence)
    : new Int32Array(count);
  const limit = config.maxPositionEmbeddings - config.positionOffset;
  if (sequence > limit)
    throw new InputError(
      `input_ids: ${sequence} pieces in a row, expected at most ${limit} (max_position_embeddings)`
    );
  const positionIds = inputs.positionIds
    ? flat("position_ids", inputs.positionIds, [count], sequence)
    : positions(inputIds, batch, sequence, config);
  within("input_ids", inputIds, config.vocabSize, sequence, "vocab_size");
  within(
    "position_ids",
    positionIds,
    config.maxPositionEmbeddings,
    sequence,
    "max_position_embeddings"
  );
  if (config.typeVocabSize > 0)
    within("token_type_ids", tokenTypeIds, config.typeVocabSize, sequence, "type_vocab_size");
  return {
    batch,
    sequence,
    inputIds,
    attentionMask: mask(inputs, count, sequence),
    tokenTypeIds,
    positionIds
  };
}

function sizes({inputIds, batch, sequence}: ModelInputs): {batch: number; sequence: number} {
  if (isNested(inputIds)) {
    const length = inputIds[0]!.length;
    const ragged = inputIds.findIndex((row) => row.length !== length);
    if (ragged > 0)
      throw new InputError(
        `input_ids: row ${ragged} has ${inputIds[ragged]!.length} pieces, expected ${length} as in row 0`
      );
    if (length === 0)
      throw new InputError("input_ids: rows are empty, expected at least one piece");
    return {batch: inputIds.length, sequence: length};
  }
  if (!inputIds.length) throw new InputError("input_ids: no pieces, expected at least one row");
  if (batch === undefined || sequence === undefined || batch * sequence !== inputIds.length)
    throw new InputError(
      `input_ids: ${inputIds.length} pieces do not make ${batch} rows of ${sequence}`
    );
  return {batch, sequence};
}

function isNested(numbers: PieceNumbers): numbers is readonly (readonly number[])[] {
  return Array.isArray(numbers[0]);
}

function flat(
  name: string,
  numbers: PieceNumbers,
  lengths: readonly number[],
  sequence: number
): Int32Array {
  const values = isNested(numbers) ? numbers.flat() : numbers;
  if (!lengths.includes(values.length))
    throw new InputError(
      `${name}: ${values.length} numbers, expected ${lengths[0]} as input_ids has`
    );
  for (let i = 0; i < values.length; ++i)
    if (!Number.isInteger(values[i]))
      throw new InputError(`${name}: ${values[i]} at ${place(i, sequence)} is not an integer`);
  return Int32Array.from(values);
}

function within(
  name: string,
  values: Int32Array,
  size: number,
  sequence: number,
  key: string
): void {
  for (let i = 0; i < values.length; ++i)
    if (!(values[i]! >= 0 && values[i]! < size))
      throw new InputError(
        `${name}: ${values[i]} at ${place(i, sequence)} is outside ${key} ${size}`
      );
}

function place(index: number, sequence: number): string {
  return `row ${Math.floor(index / sequence)}, position ${index % sequence}`;
}

function mask({attentionMask}: ModelInputs, count: number, sequence: number): Float32Array | null {
  if (!attentionMask) return null;
  const values = isNested(attentionMask) ? attentionMask.flat() : attentionMask;
  if (values.length !== count && values.length !== count * sequence)
    throw new InputError(
      `attention_mask: ${values.length} numbers, expected ${count} as input_ids has`
    );
  const numbers = Float32Array.from(values as ArrayLike<number>);
  return numbers.every((x) => x === 1) ? null : numbers;
}

/** Counted from the left; where positions are offset (RoBERTa), padding has the position before. */
function positions(
  inputIds: Int32Array,
  batch: number,
  sequence: number,
  {positionOffset, padTokenId}: AlbertConfig
): Int32Array {
  const ids = new Int32Array(batch * sequence);
  for (let row = 0; row < batch; ++row) {
    let next = positionOffset;
    for (let i = row * sequence; i < (row + 1) * sequence; ++i)
      ids[i] = positionOffset > 0 && inputIds[i] === padTokenId ? positionOffset - 1 : next++;
  }
  return ids;
}
