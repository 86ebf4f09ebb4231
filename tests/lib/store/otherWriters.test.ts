/** Files that pyarrow and fastparquet wrote; written/make.py says how, and what every row holds. */
import {readFileSync} from "node:fs";
import {tableFromIPC} from "@uwdata/flechette";
import fc from "fast-check";
import {describe, expect, test} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {unpackLz4Frame} from "../../../src/lib/store/import/lz4Frame.js";
import {readTable} from "../../../src/lib/store/import/readTable.js";
import {dateText, timeText} from "../../../src/lib/store/import/parquetValues.js";
import {edit, mutate, tame} from "../mutations.js";

const file = (name: string) =>
  new Uint8Array(readFileSync(new URL(`written/${name}`, import.meta.url)));

const read = async (name: string) => {
  const {stream, rows} = await readTable(file(name), name);
  const table = tableFromIPC(stream, {useBigInt: true});
  return {
    rows,
    table,
    columns: Object.fromEntries(
      table.names.map((column) => [column, [...table.getChild(column)!] as unknown[]])
    )
  };
};

/** The order of columns in the files. */
const order = "count unsigned maybe huge share half word yes day at price tags who".split(" ");
const rows = 6007;
const every = (value: (row: number) => unknown, missing?: number, count = rows) =>
  Array.from({length: count}, (_, row) =>
    missing !== undefined && row % missing === 0 ? null : value(row)
  );

const word = (row: number) => `w${row % 97}é`;
/** Microseconds; 86,399,999,123 × 6,007 − 10¹⁵ is exact as a double. */
const at = (row: number) => row * 86_399_999_123 - 1e15;
const expected = {
  count: every((row) => row * 31),
  unsigned: every((row) => 2n ** 63n + BigInt(row)),
  maybe: every((row) => BigInt(row * 3 - 5), 7),
  huge: every((row) => 2n ** 64n - 1n - BigInt(row), 5),
  share: every((row) => (row % 100) / 8, 9),
  half: every((row) => (row % 50) / 4, 9),
  word: every(word, 17),
  yes: every((row) => row % 5 === 0, 4),
  day: every((row) => (row - 2000) * 86_400_000),
  price: every((row) => (row - 3000) / 100),
  tags: every((row) => JSON.stringify([row % 5, null].slice(0, row % 3)), 6),
  who: every((row) => {
    const since = `2000-01-${String(1 + (row % 28)).padStart(2, "0")}`;
    return JSON.stringify({id: row % 11, since});
  }, 8)
};

describe("Parquet of pyarrow", () => {
  test.each(["pages.parquet", "pages2.parquet"])(
    "many pages with statistics, every type: %s",
    async (name) => {
      const {columns} = await read(name);
      const {at: times, count, ...others} = columns;
      const {count: counts, ...rest} = expected;
      expect(others).toEqual(rest);
      expect(count!.map(Number)).toEqual(counts);
      // read as milliseconds by the library, so to within a rounding of the microseconds in the file
      expect(
        times!.map((time) => (time === null ? null : Math.round(1000 * Number(time))))
      ).toEqual(every(at, 3));
    }
  );

  test("times of 96 bits, before and after 1970", async () => {
    const {columns} = await read("int96.parquet");
    expect(
      columns.at!.map((time) => (time === null ? null : Math.round(1000 * Number(time))))
    ).toEqual(every(at, 3));
  });

  test.each(["zstd.parquet", "lz4.parquet", "brotli.parquet"])("packed as %s", async (name) => {
    const {columns} = await read(name);
    expect(columns).toEqual({word: expected.word, share: expected.share});
  });

  test("a file without rows is a table without rows, with all its columns", async () => {
    const {rows: none, table} = await read("empty.parquet");
    expect([none, table.numRows, table.names]).toEqual([0, 0, order]);
  });
});

test("Parquet of fastparquet, in row groups", async () => {
  const {columns} = await read("fastparquet.parquet");
  expect({...columns, count: columns.count!.map(Number)}).toEqual({
    count: expected.count,
    word: expected.word,
    kind: every((row) => `k${row % 3}`),
    at: every((row) => row * 1000)
  });
});

test.each(["uncompressed", "lz4", "zstd"])("Feather of pyarrow, %s", async (codec) => {
  const {columns} = await read(`${codec}.feather`);
  expect(columns).toEqual({
    word: every(word, 17, 3001),
    yes: every((row) => row % 5 === 0, 4, 3001)
  });
});

test.each([
  "pages2.parquet",
  "zstd.parquet",
  "lz4.parquet",
  "brotli.parquet",
  "lz4.feather",
  "zstd.feather"
])("%s with bytes changed is read or refused, and nothing else", async (name) => {
  const bytes = file(name);
  await fc.assert(
    fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 3}), async (edits) => {
      const table = await tame(() => readTable(mutate(bytes, edits), name));
      if (table) expect(table.rows).toBeLessThan(1e6);
    }),
    {numRuns: 15, seed: 3}
  );
});

describe("unpackLz4Frame", () => {
  const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));

  test("copies what overlaps itself, and blocks refer to blocks before them", () => {
    // magic, flags (linked blocks), block size, sum; "ab" then 6 more of it; then 5 bytes from 8 back
    const frame = hex(
      "04224d18 40 40 c0  06000000 22 6162 0200 00  05000000 01 0800 10 63  00000000"
    );
    expect(Buffer.from(unpackLz4Frame(frame, 14)).toString()).toBe("ababababababac");
  });

  test.each([
    ["no LZ4 frame", "28b52ffd 00 00 00"],
    ["needs a dictionary", "04224d18 41 40 c0"],
    ["ends too early", "04224d18 40 40 c0 ff000000 22"],
    ["unpacks to over 40 bytes", "04224d18 40 40 c0 08000000 1f 61 0100 ff ff 10 00 00000000"],
    ["refers to what is not there", "04224d18 40 40 c0 05000000 10 61 0500 00 00000000"]
  ])("says '%s'", (message, bytes) => {
    expect(() => unpackLz4Frame(hex(bytes), 40)).toThrow(message);
  });
});

test.each([
  ["zstd.feather", [0x28, 0xb5, 0x2f, 0xfd]],
  ["lz4.feather", [0x04, 0x22, 0x4d, 0x18]]
])(
  "%s whose buffers say other lengths is refused before they are unpacked",
  async (name, magic) => {
    const bytes = file(name);
    const at = bytes.findIndex((_, i) => magic.every((byte, k) => bytes[i + k] === byte));
    for (const [length, message] of [
      [2n ** 40n, /1,099,511,627,776 bytes unpacked from .*1 GB/],
      [17_000_000n, /17,000,000 bytes unpacked from .*200 times/],
      [-2n, /says to unpack to -2 bytes/],
      [1n, /could not be read as Arrow/]
    ] as const) {
      const changed = bytes.slice();
      new DataView(changed.buffer).setBigInt64(at - 8, length, true);
      await expect(readTable(changed, name)).rejects.toBeInstanceOf(InputError);
      await expect(readTable(changed, name)).rejects.toThrow(message);
    }
  }
);

test("dates and times in words, also before 1970", () => {
  expect([dateText(-86_400_000), dateText(0)]).toEqual(["1969-12-31", "1970-01-01"]);
  expect(timeText(-1n)).toBe("1969-12-31T23:59:59.999999Z");
  expect(timeText(1_700_000_000_123_000n)).toBe("2023-11-14T22:13:20.123Z");
  expect(dateText(1e300)).toContain("days");
});

test("what is no table is refused by name", async () => {
  await expect(readTable(file("make.py"), "make.feather")).rejects.toBeInstanceOf(InputError);
});
