import {InputError} from "../errors.js";

/** What a packed file may unpack to; the ratio counts from some bytes on, since little packs well. */
export const unpackLimit = {bytes: 1_000_000_000, ratio: 200, free: 16_000_000} as const;

/**
 * Refuses a file that says it would unpack to too much, before it is unpacked.
 *
 * @param name the file's name, for the message
 * @param unpacked bytes, as the file says
 * @param packed bytes of the file
 * @throws InputError for over 1 GB, or over 200 times the file where that is over 16 MB
 */
export function refuseUnpacked(name: string, unpacked: number, packed: number): void {
  const {bytes, ratio, free} = unpackLimit;
  const refuse = (most: string): never => {
    const [to, from] = [unpacked, packed].map((n) => n.toLocaleString("en-US"));
    throw new InputError(`${name}: ${to} bytes unpacked from ${from} (expected at most ${most})`);
  };
  if (unpacked > bytes) refuse("1 GB");
  if (unpacked > free && unpacked > ratio * packed) refuse(`${ratio} times as many`);
}
