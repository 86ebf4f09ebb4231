/** Zip archives that a reader gives: unpacked within limits. */
import {unzipSync} from "fflate";
import {errorMessage, InputError} from "../errors.js";

/** Bytes that an archive may unpack to, and how many times its own size that may be. */
const mostBytes = 2 ** 30;
const mostRatio = 200;

/** Whether bytes begin as a zip archive does. */
export const isZip = (bytes: Uint8Array) =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;

/**
 * The files of a zip archive by their paths, without its folders.
 *
 * @throws InputError where it is none, or would unpack to more than the two limits above
 */
export function unpackZip(name: string, bytes: Uint8Array): Map<string, Uint8Array> {
  let total = 0;
  try {
    const entries = unzipSync(bytes, {
      filter: ({originalSize, name: entry}) => {
        total += originalSize;
        if (total > mostBytes || total > Math.max(1e6, mostRatio * bytes.length))
          throw new InputError(
            `${name}: unpacks to over ${mostBytes / 2 ** 20} MiB or ${mostRatio} times its size (at ${entry})`
          );
        return !entry.endsWith("/");
      }
    });
    return new Map(Object.entries(entries));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${name}: is no zip archive that can be read (${errorMessage(error)})`);
  }
}
