/** Runs in a browser: reads a file while it is replaced again and again. */
import {opfsRoot} from "../../../src/lib/store/files.js";

/**
 * Writes whole files of one repeated byte while the same file is read.
 *
 * @returns how many reads gave a whole file, how many did not, and what went wrong
 */
export async function readWhileReplaced(reads: number, size: number) {
  const root = (await opfsRoot("replaced"))!;
  const folder = root.folder("one");
  const contents = (turn: number) => new Uint8Array(size + (turn % 7)).fill(turn % 251);
  await folder.write("state", contents(0));
  let isReading = true;
  let writes = 0;
  const writing = (async () => {
    while (isReading) await folder.write("state", contents(++writes));
  })();
  const found = {whole: 0, torn: 0, errors: [] as string[], writes: 0};
  for (let i = 0; i < reads; ++i)
    try {
      const bytes = (await folder.read("state"))!;
      const isWhole = bytes.length >= size && bytes.every((byte) => byte === bytes[0]);
      found[isWhole ? "whole" : "torn"] += 1;
    } catch (error) {
      found.errors.push(String(error));
    }
  isReading = false;
  await writing;
  await root.removeFolder("one");
  return {...found, writes};
}
