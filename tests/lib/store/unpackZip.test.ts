import {execFileSync} from "node:child_process";
import {deflateRawSync} from "node:zlib";
import {zipSync} from "fflate";
import {describe, expect, test} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {crc32, isZip, unpackZip} from "../../../src/lib/store/unpackZip.js";
import {changedBytes} from "../jsonPlaces.js";
import {tame} from "../mutations.js";

const encode = (text: string) => new TextEncoder().encode(text);
const texts = (files: Map<string, Uint8Array>) =>
  [...files].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]);

interface Entry {
  path: string;
  text?: string;
  method?: number;
  flags?: number;
  /** What the directory says in place of the truth. */
  size?: number;
  crc?: number;
  is64?: boolean;
}

/** A zip archive written by hand, with whatever lies in it. */
function zipOf(entries: readonly Entry[], comment = ""): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const {path, text = "", method = 0, flags = 0, size, crc, is64 = false} of entries) {
    const data = method === 8 ? deflateRawSync(text) : Buffer.from(text);
    const name = Buffer.from(path);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc ?? crc32(encode(text)), 16);
    entry.writeUInt32LE(is64 ? 0xffffffff : data.length, 20);
    entry.writeUInt32LE(is64 ? 0xffffffff : (size ?? encode(text).length), 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(is64 ? 0xffffffff : at, 42);
    const extra = Buffer.alloc(is64 ? 28 : 0);
    if (is64) {
      extra.writeUInt16LE(1, 0);
      extra.writeUInt16LE(24, 2);
      extra.writeBigUInt64LE(BigInt(size ?? encode(text).length), 4);
      extra.writeBigUInt64LE(BigInt(data.length), 12);
      extra.writeBigUInt64LE(BigInt(at), 20);
      entry.writeUInt16LE(28, 30);
    }
    parts.push(head, name, data);
    directory.push(entry, name, extra);
    at += 30 + name.length + data.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return new Uint8Array(Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]));
}

describe("unpackZip(name, bytes)", () => {
  test("gives the files, stored or deflated, with the 64-bit sizes of large archives", () => {
    const bytes = zipOf([
      {path: "a/", text: ""},
      {path: "a/é.txt", text: "stored", flags: 0x800},
      {path: "__proto__", text: "deflated ".repeat(9), method: 8},
      {path: "large", text: "64 bits", method: 8, is64: true}
    ]);
    expect(isZip(bytes)).toBe(true);
    expect(texts(unpackZip("a.zip", bytes))).toEqual([
      ["a/é.txt", "stored"],
      ["__proto__", "deflated ".repeat(9)],
      ["large", "64 bits"]
    ]);
  });

  test("finds the end behind a comment that looks like one", () => {
    const comment = `PK\u0005\u0006${"x".repeat(40)}`;
    expect(texts(unpackZip("a.zip", zipOf([{path: "a", text: "b"}], comment)))).toEqual([
      ["a", "b"]
    ]);
  });

  test.each<[string, Entry[], string]>([
    ["one file twice", [{path: "a"}, {path: "a"}], "a.zip: holds two files a"],
    ["a checksum of other bytes", [{path: "r/b", text: "x", crc: 1}], "a.zip: r/b is damaged"],
    ["fewer bytes than it says", [{path: "b", text: "x", size: 2, method: 8}], "b is damaged"],
    ["more bytes than it says", [{path: "b", text: "xyz", size: 1, method: 8}], "b is damaged"],
    [
      "another packing",
      [{path: "b", method: 12}],
      "b: packed by method 12 (expected 0, stored, or 8"
    ],
    ["a password", [{path: "b", flags: 1}], "a.zip: b is locked by a password"],
    ["a folder with content", [{path: "b/", text: "x", crc: 1}], "b/ is damaged"],
    ["4 GB of nothing", [{path: "b", size: 4e9, method: 8}], "4,000,000,000 bytes unpacked"],
    ["9 EB of nothing", [{path: "b", size: 9e15, is64: true}], "bytes unpacked"]
  ])("refuses %s", (_, entries, message) => {
    expect(() => unpackZip("a.zip", zipOf(entries))).toThrow(InputError);
    expect(() => unpackZip("a.zip", zipOf(entries))).toThrow(message);
  });

  test("cut or changed anywhere, it gives what was packed or is refused, never a part", async () => {
    const files = {
      "r/recipe.json": encode('{"steps": 5}'),
      "r/b.txt": encode("and so on ".repeat(20))
    };
    const sound = zipSync(files);
    const whole = texts(unpackZip("a.zip", sound)).map(([, text]) => text);
    let accepted = 0;
    let tried = 0;
    for (const [, bytes] of changedBytes(sound)) {
      ++tried;
      const read = await tame(() => unpackZip("a.zip", bytes));
      if (read === null) continue;
      ++accepted;
      expect(texts(read).map(([, text]) => text)).toEqual(whole); // names and dates have no checksum
    }
    expect(tried).toBeGreaterThan(1000);
    expect(accepted).toBeGreaterThan(20);
  });

  test("reads what Python's zipfile writes", () => {
    const script = `import sys, zipfile
with zipfile.ZipFile(sys.stdout.buffer, 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('r/a.txt', 'hello ' * 100)
    z.writestr('r/b.txt', '')
    z.writestr('r/dir/', '')`;
    let bytes: Uint8Array;
    try {
      // to a pipe: sizes stand behind the files, as a stream has them
      bytes = new Uint8Array(execFileSync("python3", ["-c", script]));
    } catch {
      return; // no Python here
    }
    expect(texts(unpackZip("a.zip", bytes))).toEqual([
      ["r/a.txt", "hello ".repeat(100)],
      ["r/b.txt", ""]
    ]);
  });
});
