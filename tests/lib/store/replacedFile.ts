/** Runs in a browser: files that are replaced while they are read, by a disk that fails, or removed. */
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

/**
 * Replaces a file while the disk does something else than it is told.
 *
 * @returns of each fault: what was thrown, and the bytes that are there afterwards
 */
export async function replaceOnBadDisk() {
  const root = (await opfsRoot("bad-disk"))!;
  const folder = root.folder("one");
  const before = Uint8Array.from({length: 1000}, (_, i) => i % 251);
  const after = before.map((byte) => byte ^ 255);
  const {prototype} = FileSystemWritableFileStream;
  const {write, close} = prototype;
  const damage: Record<string, (bytes: Uint8Array) => Uint8Array> = {
    "a bit flips": (bytes) => bytes.map((byte, i) => (i === 500 ? byte ^ 1 : byte)),
    "the last byte differs": (bytes) => bytes.map((byte, i) => (i === 999 ? byte ^ 1 : byte)),
    "half is written": (bytes) => bytes.subarray(0, 500)
  };
  const found: {fault: string; thrown: string; isOld: boolean; files: string[]}[] = [];
  const attempt = async (fault: string) => {
    const thrown = await folder.write("state", after).then(
      () => "nothing",
      (error: Error) => `${error.name}: ${error.message}`
    );
    prototype.write = write;
    prototype.close = close;
    const bytes = (await folder.read("state"))!;
    const isOld = bytes.length === before.length && bytes.every((byte, i) => byte === before[i]);
    found.push({fault, thrown, isOld, files: await folder.list()});
  };
  await folder.write("state", before);
  for (const [fault, change] of Object.entries(damage)) {
    prototype.write = function (data) {
      return write.call(this, change(data as Uint8Array) as Uint8Array<ArrayBuffer>);
    };
    await attempt(fault);
  }
  prototype.close = () => Promise.reject(new Error("the disk is gone"));
  await attempt("it cannot be closed");
  await root.removeFolder("one");
  return found;
}

/** Removes a root under the hands of who uses it. @returns what is there before, then, and after a write */
export async function writeAfterRemoval() {
  const root = (await opfsRoot("removed"))!;
  await root.folder("one").write("state", Uint8Array.of(1));
  const before = await root.folders();
  await (await navigator.storage.getDirectory()).removeEntry("removed", {recursive: true});
  const removed = await root.folders();
  await root.folder("two").write("state", Uint8Array.of(2));
  return {before, removed, after: await root.folders()};
}
