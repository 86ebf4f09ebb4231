/** Broken files for tests, and what may come of reading one. */
import fc from "fast-check";
import {expect} from "vitest";
import {InputError} from "../../src/lib/errors.js";

const slowest = 5000; // ms that any one input may take, on a machine that does other things too
const mostBuffers = 256e6; // bytes of array buffers alive at any time; the inputs have under 10 kB

let calls = 0;

/** One line that can be read: nothing invisible, no object in place of words, no file's whole content. */
const isSentence = (message: string) =>
  /^\S.{10,999}$/.test(message) && !/[\p{Cc}\p{Cf}\p{Cs}]|\[object |\bundefined\b/u.test(message);

/** The value, or null if the input was refused; anything else thrown, slow or large fails. */
export async function tame<T>(work: () => T | Promise<T>): Promise<T | null> {
  const begun = performance.now();
  let value: T | null = null;
  try {
    value = await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    if (!isSentence(error.message)) throw new Error("no sentence", {cause: error});
  }
  if (performance.now() - begun > slowest) throw new Error(`took over ${slowest} ms`);
  if (++calls % 50 === 0) expect(process.memoryUsage().arrayBuffers).toBeLessThan(mostBuffers);
  return value;
}

/** A change of bytes: `at` and `size` are fractions of the length. */
export const edit = fc.record({
  kind: fc.constantFrom("flip", "set", "cut", "insert", "remove", "copy", "swap"),
  at: fc.double({min: 0, max: 1, noNaN: true}),
  size: fc.integer({min: 1, max: 16}),
  byte: fc.integer({min: 0, max: 255})
});
export type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** The bytes after the changes, which fall before `end`. */
export function mutate(bytes: Uint8Array, edits: Edit[], end = bytes.length): Uint8Array {
  let out = [...bytes];
  for (const {kind, at, size, byte} of edits) {
    const i = Math.floor(at * Math.min(end, out.length));
    if (kind === "flip") out[i] = (out[i] ?? 0) ^ (1 << (byte & 7));
    else if (kind === "set") out[i] = byte;
    else if (kind === "cut") out = out.slice(0, i);
    else if (kind === "insert") out.splice(i, 0, ...new Array<number>(size).fill(byte));
    else if (kind === "remove") out.splice(i, size);
    else if (kind === "copy") out.splice(i, 0, ...out.slice(i, i + size));
    else out.splice(i, size, ...out.slice(i, i + size).reverse());
  }
  return Uint8Array.from(out);
}
