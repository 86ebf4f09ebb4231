import {InputError} from "../errors.js";

/** One field of a protobuf message: a number for wire types 0 and 5, bytes for wire type 2. */
export interface ProtobufField {
  number: number;
  wire: number;
  /** Value of a varint (two's complement, 32 bits) or the bits of a fixed32. */
  value: number;
  /** A view of the file for length-delimited fields, else empty. */
  bytes: Uint8Array;
}

const none = new Uint8Array(0);

/**
 * The fields of a protobuf message, in order. Nothing is copied, and no length is believed before
 * it has been compared with the bytes that are there.
 *
 * @param bytes the message
 * @param where file and record for the error, for example `spiece.model: piece 12`
 * @throws InputError when the bytes end inside a field, a varint does not end, or a wire type is unknown
 * @see https://protobuf.dev/programming-guides/encoding/
 */
export function* protobufFields(bytes: Uint8Array, where: string): Generator<ProtobufField> {
  let at = 0;

  function varint(): number {
    let low = 0;
    let high = 0;
    for (let i = 0; i < 10; ++i) {
      if (at >= bytes.length)
        throw new InputError(`${where}: truncated inside a number at byte ${at}`);
      const byte = bytes[at++]!;
      if (i < 4) low += (byte & 127) * 2 ** (7 * i);
      else high += (byte & 127) * 2 ** (7 * (i - 4));
      if (byte < 128) return high * 2 ** 28 + low;
    }
    throw new InputError(`${where}: varint at byte ${at} does not end, expected at most 10 bytes`);
  }

  while (at < bytes.length) {
    const start = at;
    const tag = varint();
    const wire = tag % 8;
    const number = Math.floor(tag / 8);
    if (number === 0 || number > 0x1fffffff)
      throw new InputError(
        `${where}: not a SentencePiece model (field number ${number} at byte ${start})`
      );
    if (wire === 0) {
      // Negative int32 are written as 64 bits; the sum above is exact only modulo 2⁵³, so take
      // the low 32 bits, which are exact up to 2⁵³ and −1 needs none of the others.
      const value = varint();
      yield {number, wire, value: value > 2 ** 53 ? -1 : value, bytes: none};
    } else if (wire === 2) {
      const length = varint();
      if (length > bytes.length - at)
        throw new InputError(
          `${where}: truncated: field ${number} wants ${length} bytes, ${bytes.length - at} are left`
        );
      yield {number, wire, value: 0, bytes: bytes.subarray(at, at + length)};
      at += length;
    } else if (wire === 1 || wire === 5) {
      const size = wire === 1 ? 8 : 4;
      if (bytes.length - at < size)
        throw new InputError(
          `${where}: truncated: field ${number} wants ${size} bytes, ${bytes.length - at} are left`
        );
      const view = new DataView(bytes.buffer, bytes.byteOffset + at, size);
      yield {number, wire, value: view.getUint32(0, true), bytes: none};
      at += size;
    } else {
      throw new InputError(
        `${where}: not a SentencePiece model (wire type ${wire} at byte ${start})`
      );
    }
  }
}

const bits = new DataView(new ArrayBuffer(4));

/** The float32 whose bits a fixed32 field holds. */
export function floatOfBits(value: number): number {
  bits.setUint32(0, value, true);
  return bits.getFloat32(0, true);
}

/** Writes a protobuf message field by field. */
export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  #reserve(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + size));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }

  #varint(value: number): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 127n) {
      this.#bytes[this.#length++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  /** An int32, bool or enum field; negative numbers take ten bytes, as protobuf has it. */
  int(number: number, value: number | boolean): this {
    this.#varint(number * 8);
    this.#varint(Number(value));
    return this;
  }

  /** A float32 field. */
  float(number: number, value: number): this {
    this.#varint(number * 8 + 5);
    this.#reserve(4);
    bits.setFloat32(0, value, true);
    for (let i = 0; i < 4; ++i) this.#bytes[this.#length++] = bits.getUint8(i);
    return this;
  }

  /** A string (UTF-8), bytes or message field. */
  bytes(number: number, value: Uint8Array | string): this {
    const data = typeof value === "string" ? new TextEncoder().encode(value) : value;
    this.#varint(number * 8 + 2);
    this.#varint(data.length);
    this.#reserve(data.length);
    this.#bytes.set(data, this.#length);
    this.#length += data.length;
    return this;
  }

  /** The message so far, as a copy. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
