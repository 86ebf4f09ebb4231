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
import {unpackLz4Frame} from "./lz4Frame.js";

/** Parquet's packings beside Snappy, which its reader knows; `length` is that of the unpacked page. */
export const parquetUnpackers: Compressors = {
  GZIP: (packed, length) => gunzipSync(packed, {out: new Uint8Array(length)}),
  ZSTD: (packed, length) => decompressZstd(packed, new Uint8Array(length)),
  BROTLI: decompressBrotli,
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw
};

/** Lets Arrow's reader unpack what Feather files are packed by. */
export function enableArrowPacking(): void {
  const encode = () => {
    throw new Error("results are written unpacked");
  };
  setCompressionCodec(CompressionType.LZ4_FRAME, {encode, decode: unpackLz4Frame});
  // a copy, since views of numbers need bytes that begin at a multiple of their size
  setCompressionCodec(CompressionType.ZSTD, {
    encode,
    decode: (packed) => decompressZstd(packed).slice()
  });
}
