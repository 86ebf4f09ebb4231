import {describe, expect, test} from "vitest";
import {InputError} from "../../../../src/lib/errors.js";
import {Random} from "../../../../src/lib/random.js";
import {decodeElements} from "../../../../src/lib/albert/checkpoint/dtype.js";
import type {StoredTensor} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import {
  blobSource,
  bytesSource,
  openSafetensors,
  readSafetensors,
  readSafetensorsHeader,
  toFloat32,
  writeSafetensors
} from "../../../../src/lib/albert/checkpoint/safetensors.js";

/** A file from its header (text or object) and its data. */
function file(header: string | object, data: ArrayLike<number> | number = 0, pad = 8): Uint8Array {
  let json = typeof header === "string" ? header : JSON.stringify(header);
  json += " ".repeat((pad - (new TextEncoder().encode(json).length % pad)) % pad);
  const text = new TextEncoder().encode(json);
  const body = typeof data === "number" ? new Uint8Array(data) : Uint8Array.from(data);
  const out = new Uint8Array(8 + text.length + body.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  out.set(body, 8 + text.length);
  return out;
}

const f32 = (shape: number[], begin: number, end: number, dtype = "F32") => ({
  dtype,
  shape,
  data_offsets: [begin, end]
});

function tensor(dtype: StoredTensor["dtype"], shape: number[], data: StoredTensor["data"]) {
  return {dtype, shape, data};
}

const text = (s: string) => new TextEncoder().encode(s);
const lengthOnly = (n: bigint, size = 64) => {
  const out = new Uint8Array(size);
  new DataView(out.buffer).setBigUint64(0, n, true);
  return out;
};

const refused: [string, Uint8Array, RegExp][] = [
  ["no bytes", new Uint8Array(0), /is empty/],
  ["five bytes", new Uint8Array(5), /too short/],
  ["a header length and nothing else", lengthOnly(40n, 8), /truncated header.* 40.* 0 bytes/],
  ["a header length of 0", lengthOnly(0n), /header length 0/],
  ["a header length beyond the file", lengthOnly(57n), /header length 57/],
  ["a header length beyond 100 MB", lengthOnly(100_000_001n), /limit of 100000000/],
  ["a header length of 2^32 + 16", lengthOnly(4294967312n), /header length 4294967312/],
  ["a header length of 2^53 + 1", lengthOnly(9007199254740993n), /length 9007199254740993/],
  ["a header length of 2^64 - 1", lengthOnly(0xffffffffffffffffn), /18446744073709551615/],
  [
    "a git-lfs pointer",
    text("version https://git-lfs.github.com/spec/v1\noid sha256:0"),
    /git-lfs/
  ],
  ["a web page", text("<!DOCTYPE html><html><body>404</body></html>"), /web page/],
  ["a zip file", Uint8Array.from([0x50, 0x4b, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0]), /zip.*convert/],
  ["a pickle", Uint8Array.from([0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]), /pickle/],
  ["a JSON text", text('{"error":"not found"}'), /JSON/],
  ["no JSON", file("{a:1}"), /header is not valid JSON.*character 1/],
  ["a leading space", file(" {}"), /begins with '\{'/],
  ["a byte order mark", file("\ufeff{}"), /begins with '\{'/],
  ["an array", file("[]"), /begins with/],
  ["null", file("null"), /begins with/],
  ["a control character in a string", file('{"a\u001f":1}'), /control character/],
  ["text after the object", file("{}{}"), /nothing more/],
  ["deep nesting", file(`{"a":${"[".repeat(20000)}`), /8 levels of nesting/],
  ["a tensor that is a number", file('{"a":1}'), /'a': expected an object/],
  ["a duplicate name", file('{"a":null,"a":null}'), /duplicate key 'a'/],
  ["an escaped duplicate name", file('{"a":null,"\\u0061":null}'), /duplicate key 'a'/],
  ["a lone surrogate", file('{"\\ud800":null}'), /surrogates/],
  ["no dtype", file({a: {shape: [1], data_offsets: [0, 4]}}, 4), /'a': dtype/],
  ["an unknown dtype", file({a: f32([1], 0, 4, "F33")}, 4), /unknown dtype 'F33'/],
  ["dtype __proto__", file({a: f32([1], 0, 4, "__proto__")}, 4), /unknown dtype/],
  ["8-bit floats", file({a: f32([4], 0, 4, "F8_E4M3")}, 4), /F8_E4M3 is not supported/],
  ["no shape", file({a: {dtype: "F32", data_offsets: [0, 4]}}, 4), /'a': shape/],
  ["a shape of texts", file({a: {...f32([], 0, 4), shape: ["1"]}}, 4), /shape.*text "1"/],
  ["a negative shape", file({a: f32([-1, -1], 0, 4)}, 4), /shape.*-1/],
  ["a shape with a product of 2^96", file({a: f32([2 ** 48, 2 ** 48], 0, 4)}, 4), /too large/],
  [
    "2^53 + 1",
    file('{"a":{"dtype":"U8","shape":[9007199254740993],"data_offsets":[0,0]}}'),
    /2\^53/
  ],
  ["a shape of 1e0", file('{"a":{"dtype":"U8","shape":[1e0],"data_offsets":[0,1]}}', 1), /1e0/],
  ["no offsets", file({a: {dtype: "F32", shape: [1]}}, 4), /data_offsets/],
  [
    "three offsets",
    file({a: {...f32([1], 0, 4), data_offsets: [0, 4, 4]}}, 4),
    /two numbers, got 3/
  ],
  ["backward offsets", file({a: f32([1], 4, 0)}, 4), /backwards/],
  ["negative offsets", file({a: f32([1], -4, 0)}, 4), /data_offsets.*-4/],
  ["fractional offsets", file({a: f32([1], 0.5, 4.5)}, 8), /data_offsets.*0\.5/],
  [
    "bytes that are not the shape's",
    file({a: f32([2], 0, 4)}, 4),
    /'a': shape \[2\].* 8 bytes.* 4/
  ],
  [
    "overlap",
    file({a: f32([2], 0, 8), c: f32([2], 4, 12)}, 12),
    /overlapping offsets of tensor 'c'/
  ],
  ["one range twice", file({a: f32([1], 0, 4), b: f32([1], 0, 4)}, 4), /overlapping/],
  ["a hole", file({a: f32([1], 0, 4), b: f32([1], 8, 12)}, 12), /gap.*'b'/],
  ["a first tensor that is not at 0", file({a: f32([1], 4, 8)}, 8), /gap.*'a'/],
  ["data cut off", file({a: f32([4], 0, 16)}, 9), /truncated: expected \d+ bytes, the file has/],
  ["data after the end", file({a: f32([1], 0, 4)}, 5), /1 extra bytes/],
  ["metadata with a number", file({__metadata__: {step: 5}}), /__metadata__ key 'step'/],
  ["metadata that is a list", file({__metadata__: []}), /__metadata__/]
];

describe("readSafetensors(bytes, file)", () => {
  test.each(refused)("refuses %s", async (_, bytes, message) => {
    const read = () => readSafetensors(bytes, "m.safetensors");
    expect(read).toThrow(InputError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^m\.safetensors/);
    await expect(openSafetensors(bytesSource(bytes), "m.safetensors")).rejects.toThrow(message);
  });

  test("refuses a header that is not UTF-8", () => {
    const bytes = file('{"a":"?"}');
    bytes[13] = 0xff;
    expect(() => readSafetensors(bytes, "m")).toThrow(/m: header is not UTF-8/);
  });

  test("accepts a file without tensors, a scalar and an empty tensor", () => {
    expect(readSafetensors(file("{}"), "m").size).toBe(0);
    const bytes = file({s: f32([], 0, 4), z: f32([0, 5], 4, 4)}, [0, 0, 32, 64]);
    const tensors = readSafetensors(bytes, "m");
    expect(tensors.get("s")).toEqual(tensor("F32", [], Float32Array.of(2.5)));
    expect(tensors.get("z")).toEqual(tensor("F32", [0, 5], new Float32Array(0)));
  });

  test.each([1, 3, 8])("reads data at any alignment (header a multiple of %d)", (pad) => {
    const header = {h: f32([1], 0, 2, "F16"), xx: f32([2], 2, 10), d: f32([1], 10, 18, "F64")};
    const body = new DataView(new ArrayBuffer(18));
    body.setUint16(0, 0x3e00, true);
    body.setFloat32(2, 0.1, true);
    body.setFloat32(6, -7, true);
    body.setFloat64(10, 1e300, true);
    const bytes = file(header, new Uint8Array(body.buffer), pad);
    const shifted = new Uint8Array(bytes.length + 1).subarray(1); // a view that is not aligned
    shifted.set(bytes);
    for (const b of [bytes, shifted, Buffer.from(bytes)]) {
      const tensors = readSafetensors(b, "m");
      expect(tensors.get("h")!.data).toEqual(Float32Array.of(1.5));
      expect(tensors.get("xx")!.data).toEqual(Float32Array.of(0.1, -7));
      expect(tensors.get("d")!.data).toEqual(Float64Array.of(1e300));
      expect(toFloat32(tensors.get("d")!.data)).toEqual(Float32Array.of(Infinity));
    }
  });

  test("widens F16 exactly, for all 65,536 bit patterns", () => {
    const bits = Uint16Array.from({length: 65536}, (_, i) => i);
    const bytes = file({h: f32([65536], 0, 131072, "F16")}, new Uint8Array(bits.buffer));
    const {data} = readSafetensors(bytes, "m").get("h")!;
    for (let i = 0; i < 65536; ++i) {
      const sign = i & 0x8000 ? -1 : 1;
      const e = (i >> 10) & 31;
      const m = i & 1023;
      const expected =
        e === 31
          ? m
            ? NaN
            : sign * Infinity
          : e === 0
            ? sign * m * 2 ** -24
            : sign * (1 + m / 1024) * 2 ** (e - 15);
      if (!Object.is(data[i], expected)) expect([i, data[i]]).toEqual([i, expected]);
    }
  });

  test("keeps integers of 64 bits whole", () => {
    const ids = BigInt64Array.of(1n, -1n, 9007199254740993n);
    const bytes = file({ids: f32([3], 0, 24, "I64")}, new Uint8Array(ids.buffer));
    expect(readSafetensors(bytes, "m").get("ids")).toEqual(tensor("I64", [3], ids));
    expect(toFloat32(ids)).toEqual(Float32Array.of(1, -1, 2 ** 53));
  });

  test("takes names of prototypes as names", () => {
    const header =
      '{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[],"data_offsets":[1,2],"__proto__":{"dtype":"F32"}}}';
    const tensors = readSafetensors(file(header, [3, 4]), "m");
    expect([...tensors.keys()]).toEqual(["__proto__", "constructor"]);
    expect(tensors.get("constructor")).toEqual(tensor("U8", [], Uint8Array.of(4)));
    expect(({} as Record<string, unknown>).dtype).toBeUndefined();
  });

  test.each([Uint8Array, Buffer])("copies: a later change of the %o changes nothing", (Type) => {
    const bytes = Type.from(file({a: f32([1], 0, 4)}, 4));
    const {data} = readSafetensors(bytes, "m").get("a")!;
    bytes.fill(255);
    expect(data).toEqual(Float32Array.of(0));
  });

  test("does not show control or direction characters of a name", () => {
    const bytes = file({"a\u202e\n\u0007": f32([1], 4, 8)}, 8);
    expect(() => readSafetensors(bytes, "m")).toThrow(/'a\\u202e\\u000a\\u0007'/);
  });
});

describe("decodeElements(dtype, bytes)", () => {
  test("reads bytes at any offset of a buffer", () => {
    const bytes = new Uint8Array(13).subarray(1);
    new DataView(bytes.buffer).setFloat64(1, -2.5, true);
    expect(decodeElements("F64", bytes.subarray(0, 8))).toEqual(Float64Array.of(-2.5));
    new DataView(bytes.buffer).setInt16(1, -7, true);
    expect(decodeElements("I16", bytes.subarray(0, 2))).toEqual(Int16Array.of(-7));
  });
});

describe("openSafetensors(source, file)", () => {
  test("reads single tensors of a Blob, and only their bytes", async () => {
    const tensors = new Map([
      [
        "big",
        tensor(
          "F32",
          [1000],
          Float32Array.from({length: 1000}, (_, i) => i)
        )
      ],
      ["small", tensor("BF16", [2], Float32Array.of(1, -0.5))]
    ]);
    const blob = new Blob([writeSafetensors(tensors) as BlobPart]);
    const source = blobSource(blob);
    let bytesRead = 0;
    const counted = {
      size: source.size,
      read(begin: number, end: number) {
        bytesRead += end - begin;
        return source.read(begin, end);
      }
    };
    const opened = await openSafetensors(counted, "m");
    expect(opened.metadata.get("format")).toBe("pt");
    expect(await opened.read("small")).toEqual(tensors.get("small"));
    expect(bytesRead).toBeLessThan(400);
    expect(await opened.read("big")).toEqual(tensors.get("big"));
    await expect(opened.read("other")).rejects.toThrow("m: no tensor 'other'");
  });

  test("says so when the file shrinks after opening", async () => {
    const bytes = file({a: f32([2], 0, 8)}, 8);
    let size = bytes.length;
    const opened = await openSafetensors(
      {size, read: async (begin, end) => bytes.slice(begin, Math.min(end, size))},
      "m"
    );
    size -= 3;
    await expect(opened.read("a")).rejects.toThrow(/'a' has 8 bytes, only 5/);
  });
});

describe("writeSafetensors(tensors, metadata)", () => {
  test("writes the bytes of the format: sorted, no spaces, header a multiple of 8", () => {
    const tensors = new Map([
      ["b", tensor("F32", [1], Float32Array.of(1))],
      ["i", tensor("I64", [1], BigInt64Array.of(7n))],
      ["u", tensor("U8", [3], Uint8Array.of(1, 2, 3))],
      ["a", tensor("F32", [], Float32Array.of(2))],
      ["h", tensor("F16", [2], Float32Array.of(0.1, 65519.996))]
    ]);
    const bytes = writeSafetensors(tensors);
    const header =
      '{"__metadata__":{"format":"pt"},"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},' +
      '"a":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"b":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},' +
      '"h":{"dtype":"F16","shape":[2],"data_offsets":[16,20]},"u":{"dtype":"U8","shape":[3],"data_offsets":[20,23]}}';
    const padded = Math.ceil(header.length / 8) * 8;
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(BigInt(padded));
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + padded))).toBe(header.padEnd(padded));
    expect([...bytes.subarray(8 + padded)]).toEqual([
      ...[7, 0, 0, 0, 0, 0, 0, 0],
      ...[0, 0, 0, 64],
      ...[0, 0, 128, 63],
      ...[0x66, 0x2e, 0xff, 0x7b],
      ...[1, 2, 3]
    ]);
  });

  test("sorts names by code point, as UTF-8 does", () => {
    const names = ["\u{1f600}", "\uffee", "é", "a", "Z", "ab", "\u{1f600}a", "\ud7ff"];
    const tensors = new Map(names.map((n) => [n, tensor("F32", [1], Float32Array.of(0))]));
    const order = [...readSafetensorsHeader(writeSafetensors(tensors), "m").entries.keys()];
    const utf8 = (s: string) =>
      [...new TextEncoder().encode(s)].map((b) => b.toString(16).padStart(2, "0")).join("");
    expect(order).toEqual([...names].sort((a, b) => (utf8(a) < utf8(b) ? -1 : 1)));
  });

  test("rounds F16 and BF16 to the nearest, ties to even", () => {
    const exactHalf = (x: number) => {
      // by search over all finite halves and the overflow threshold, in doubles
      if (Math.abs(x) >= 65520) return Math.sign(x) * Infinity;
      const step = 2 ** Math.max(Math.floor(Math.log2(Math.abs(x))) - 10, -24);
      const q = Math.abs(x) / step;
      const down = Math.floor(q);
      const up = q - down > 0.5 || (q - down === 0.5 && down % 2 === 1);
      return Math.sign(x) * (down + Number(up)) * step;
    };
    const random = new Random(3, "splits");
    const values = [
      65504,
      65519.9,
      65520,
      2 ** -24,
      2 ** -25,
      2 ** -25 * 1.0001,
      2 ** -14,
      6.1e-5,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11
    ];
    for (let i = 0; i < 20000; ++i)
      values.push((random.uniform() - 0.5) * 2 ** (random.int(48) - 28));
    const data = Float32Array.from(values);
    const round = (dtype: "F16" | "BF16", x: Float32Array) =>
      readSafetensors(writeSafetensors(new Map([["x", tensor(dtype, [x.length], x)]])), "m").get(
        "x"
      )!.data;
    const half = round("F16", data);
    for (let i = 0; i < data.length; ++i)
      if (half[i] !== exactHalf(data[i]!))
        expect([data[i], half[i]]).toEqual([data[i], exactHalf(data[i]!)]);
    const brain = round(
      "BF16",
      Float32Array.of(1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38, NaN, -Infinity, -1e-40)
    );
    expect([...brain.subarray(0, 6)]).toEqual([1, 1, 1 + 2 ** -6, Infinity, NaN, -Infinity]);
  });

  test("gives back what it was given, bit for bit, in every type", () => {
    const random = new Random(11, "splits");
    const bytes = Uint8Array.from({length: 48}, () => random.int(256));
    const types = {
      ...{F64: Float64Array, F32: Float32Array, I64: BigInt64Array, U64: BigUint64Array},
      ...{I32: Int32Array, U32: Uint32Array, I16: Int16Array, U16: Uint16Array},
      ...{I8: Int8Array, U8: Uint8Array, BOOL: Uint8Array}
    };
    const tensors = new Map(
      Object.entries(types).map(([dtype, Type]) => {
        const data = new Type(bytes.slice().buffer);
        return [dtype, tensor(dtype as StoredTensor["dtype"], [2, data.length / 2], data)];
      })
    );
    const written = writeSafetensors(tensors, null);
    const read = readSafetensors(written, "m");
    expect(new Map([...read].sort())).toEqual(new Map([...tensors].sort()));
    expect(writeSafetensors(read, null)).toEqual(written);
  });

  test("refuses arrays that do not fit their shape or type", () => {
    const write = (t: StoredTensor) => () => writeSafetensors(new Map([["a", t]]));
    expect(write(tensor("F32", [2], Float32Array.of(1)))).toThrow("a: shape [2], got 1 elements");
    expect(write(tensor("F32", [1], Float64Array.of(1)))).toThrow(/F32 tensors are Float32Array/);
  });
});
