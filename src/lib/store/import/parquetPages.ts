/**
 * The headers of a Parquet file's pages, walked before any page is read: a page that says it is shorter
 * than nothing would send a reader back over the same bytes for ever.
 *
 * Source: parquet.thrift of apache/parquet-format (PageHeader), Thrift's compact protocol.
 */
import type {FileMetaData} from "hyparquet";
import {InputError} from "../../errors.js";

/** Types of the compact protocol. */
const type = {
  true: 1,
  false: 2,
  byte: 3,
  short: 4,
  int: 5,
  long: 6,
  double: 7,
  bytes: 8,
  list: 9,
  set: 10,
  struct: 12
} as const;

/** Fields of a page's header. */
const field = {unpacked: 2, packed: 3} as const;

/** A page's header, which no writer nests deeper. */
const mostDepth = 16;

/** @throws InputError naming the column where a page does not lie inside its own */
export function checkPages(
  bytes: Uint8Array,
  {row_groups: groups}: FileMetaData,
  file: string
): void {
  for (const {columns, num_rows: rows} of groups)
    for (const {meta_data: column} of columns) {
      if (!column || rows === 0n) continue; // a group without rows is not read
      const {dictionary_page_offset: dictionary, data_page_offset: data} = column;
      const start = Number(dictionary && dictionary <= data ? dictionary : data);
      const end = start + Number(column.total_compressed_size);
      const refuse = (): never => {
        const path = column.path_in_schema.join(".");
        throw new InputError(`${file}: the pages of column '${path}' do not lie inside it`);
      };
      if (!(start >= 0 && start <= end && end <= bytes.length)) refuse();
      const reader = new Headers(bytes.subarray(start, end));
      // as hyparquet does: a single byte at the end is no page
      while (reader.at < reader.length - 1) {
        const {packed, unpacked} = reader.pageSizes() ?? refuse();
        if (packed < 0 || unpacked < 0) refuse();
        reader.at += packed;
        if (reader.at > reader.length) refuse();
      }
    }
}

class Headers {
  at = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  /** Bytes of the page behind this header, as it is and unpacked; null where it is no header. */
  pageSizes(): {packed: number; unpacked: number} | null {
    const found = new Map<number, number>();
    if (!this.#fields(0, found)) return null;
    const [packed, unpacked] = [found.get(field.packed), found.get(field.unpacked)];
    return packed === undefined || unpacked === undefined ? null : {packed, unpacked};
  }

  /** Goes over a structure. @returns whether it is one */
  #fields(depth: number, integers?: Map<number, number>): boolean {
    if (depth > mostDepth) return false;
    for (let id = 0; ;) {
      if (this.at >= this.length) return false;
      const head = this.#bytes[this.at++]!;
      if (head === 0) return true;
      const step = head >> 4;
      id = step === 0 ? zigzag(this.#varint()) : id + step;
      const kind = head & 15;
      integers?.delete(id); // of a field that stands there twice, the last counts
      if (kind === type.int) {
        const value = zigzag(this.#varint());
        integers?.set(id, value);
      } else if (!this.#skip(kind, depth)) return false;
    }
  }

  #skip(kind: number, depth: number): boolean {
    switch (kind) {
      case type.true:
      case type.false:
        return true;
      case type.byte:
        this.at += 1;
        return true;
      case type.short:
      case type.int:
      case type.long:
        this.#varint();
        return true;
      case type.double:
        this.at += 8;
        return true;
      case type.bytes: {
        const size = this.#varint(); // moves `at` itself, so before it is read
        this.at += size;
        return this.at <= this.length;
      }
      case type.list:
      case type.set: {
        const head = this.#bytes[this.at++] ?? 0;
        const size = head >> 4 === 15 ? this.#varint() : head >> 4;
        const of = head & 15;
        const isBoolean = of === type.true || of === type.false;
        for (let i = 0; i < size; ++i) {
          if (this.at >= this.length) return false;
          if (isBoolean) this.at += 1;
          else if (!this.#skip(of, depth + 1)) return false;
        }
        return true;
      }
      case type.struct:
        return this.#fields(depth + 1);
      default:
        return false;
    }
  }

  /** Sizes have no more than 32 bits; what has more loses its lower ones, and fits nowhere. */
  #varint(): number {
    let value = 0;
    for (let scale = 1; this.at < this.length; scale *= 128) {
      const byte = this.#bytes[this.at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  }
}

const zigzag = (value: number) => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
