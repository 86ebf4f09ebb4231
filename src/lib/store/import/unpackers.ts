/** What unpacks the pages of Parquet files and the buffers of Arrow files. */
import {CompressionType, setCompressionCodec} from "@uwdata/flechette";
import {gunzipSync} from "fflate";
import type {Compressors} from "hyparquet";
import {
  decompressBrotli,
  decompressLz4,
  decompressLz4Raw,
  decompressZstd
} from "hyparquet-compressors";
import {refuseUnpacked} from "../unpackLimit.js";
import {unpackLz4Frame} from "./lz4Frame.js";

/** Parquet's packings beside Snappy, which its reader knows; `length` is that of the unpacked page. */
export const parquetUnpackers: Compressors = {
  GZIP: (packed, length) => gunzipSync(packed, {out: new Uint8Array(length)}),
  ZSTD: (packed, length) => decompressZstd(packed, new Uint8Array(length)),
  BROTLI: decompressBrotli,
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw
};

/**
 * Lets Arrow's reader unpack what the next Feather file is packed by: each of its buffers to the length that
 * stands before it, and all to no more than a file may.
 *
 * @param name the file's name, for the error that unpacking throws
 * @param packed bytes of the file
 */
export function enableArrowPacking(name: string, packed: number): void {
  let total = 0;
  const within = (unpack: (packed: Uint8Array, length: number) => Uint8Array) => ({
    encode: () => {
      throw new Error("results are written unpacked");
    },
    decode: (buffer: Uint8Array) => {
      const length = statedLength(buffer);
      refuseUnpacked(name, (total += length), packed);
      const unpacked = unpack(buffer, length);
      if (unpacked.length === length) return unpacked;
      throw new Error(`a buffer unpacks to ${unpacked.length} bytes, expected ${length}`);
    }
  });
  setCompressionCodec(CompressionType.LZ4_FRAME, within(unpackLz4Frame));
  setCompressionCodec(
    CompressionType.ZSTD,
    within((buffer, length) => decompressZstd(buffer, new Uint8Array(length)))
  );
}

/** The unpacked length of a buffer of an Arrow message: the eight bytes before it. */
function statedLength({buffer, byteOffset}: Uint8Array): number {
  const length = Number(new DataView(buffer, byteOffset - 8, 8).getBigInt64(0, true));
  if (Number.isSafeInteger(length) && length >= 0) return length;
  throw new Error(`a buffer says to unpack to ${length} bytes`);
}
