import {gzipSync} from "fflate";
import fc from "fast-check";
import type {FileMetaData} from "hyparquet";
import {parquetWriteBuffer} from "hyparquet-writer";
import {tableFromIPC} from "@uwdata/flechette";
import {describe, expect, test, vi} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {answerTable} from "../../../src/lib/store/import/answer.js";
import {TableFiles, type TablePort} from "../../../src/lib/store/import/client.js";
import {checkSize, readParquet} from "../../../src/lib/store/import/parquet.js";
import type {TableCommand, TableEvent} from "../../../src/lib/store/import/protocol.js";
import {readTable} from "../../../src/lib/store/import/readTable.js";
import {uniqueNames, writeTable} from "../../../src/lib/store/import/writeTable.js";
import type {ResultTable} from "../../../src/lib/store/duckdb/result.js";
import {edit, mutate, tame} from "../mutations.js";

type Columns = Parameters<typeof parquetWriteBuffer>[0]["columnData"];
const parquet = (columnData: Columns, codec: "SNAPPY" | "UNCOMPRESSED" = "SNAPPY") =>
  new Uint8Array(parquetWriteBuffer({columnData, codec, rowGroupSize: 2}));
const text = (value: string) => new TextEncoder().encode(value);
const columnsOf = (stream: Uint8Array) => {
  const table = tableFromIPC(stream, {useBigInt: false, useDate: false});
  return table.names.map((name, i) => [name, [...table.getChildAt(i)!]]);
};

const small = parquet([
  {name: "n", data: [1, -2, 3], type: "INT32"},
  {name: "__proto__", data: ["a", null, "ü"], type: "STRING", nullable: true},
  {name: "constructor", data: [0.5, 1.5, null], type: "DOUBLE", nullable: true},
  {name: "big", data: [1n, 2n, 3n], type: "INT64"},
  {name: "yes", data: [true, false, true], type: "BOOLEAN"},
  {name: "at", data: [new Date(0), new Date(1000), new Date(2000)], type: "TIMESTAMP"},
  {name: "object", data: [{a: 1}, {a: [2]}, null], type: "JSON", nullable: true}
]);

describe("readTable", () => {
  test("gives every column of a Parquet file, whatever its name", async () => {
    const {stream, rows, columns} = await readTable(small, "a.parquet");
    expect([rows, columns[1]]).toEqual([3, "__proto__"]);
    expect(columnsOf(stream)).toEqual([
      ["n", [1, -2, 3]],
      ["__proto__", ["a", null, "ü"]],
      ["constructor", [0.5, 1.5, null]],
      ["big", [1, 2, 3]],
      ["yes", [true, false, true]],
      ["at", [0, 1000, 2000]],
      ["object", ['{"a":1}', '{"a":[2]}', null]]
    ]);
    expect(Object.prototype).not.toHaveProperty("a");
  });

  test("reads lists of objects and JSON lines, missing fields as null", async () => {
    const list = '[{"a": 1, "b": "x"}, {"a": 2, "c": {"d": [1]}, "__proto__": "p"}]';
    const {stream} = await readTable(text(list), "a.json");
    expect(columnsOf(stream)).toEqual([
      ["a", [1, 2]],
      ["b", ["x", null]],
      ["c", [null, '{"d":[1]}']],
      ["__proto__", [null, "p"]]
    ]);
    const lines = await readTable(text('{"a": true}\n\n{"a": false}\n'), "a.jsonl");
    expect(columnsOf(lines.stream)).toEqual([["a", [true, false]]]);
    const called = await readTable(text('{"a": true}\n{"a": false}\n'), "a.json");
    expect(columnsOf(called.stream)).toEqual([["a", [true, false]]]);
  });

  test.each([
    ["a.parquet", "PAR1 no", /^a.parquet: not a Parquet file/],
    ["a.arrow", "no arrow", /^a.arrow: could not be read as Arrow/],
    ["a.feather", "FEA1....", "a.feather: a Feather file of version 1 (expected version 2"],
    ["a.json", '{"a": 1}', "a.json: expected a list of objects, one a row"],
    ["a.json", "[1]", "a.json: item 1: expected an object"],
    ["a.jsonl", '{"a": 1}\n{', "a.jsonl: line 2 is not valid JSON (expected one object a line)"],
    ["a.jsonl", "\n", /a.jsonl: holds only white space/],
    ["a.xlsx", "x", /^a.xlsx: unknown kind of table/]
  ])("names what is wrong with %s holding %s", async (name, content, message) => {
    const reading = readTable(text(content), name);
    await expect(reading).rejects.toBeInstanceOf(InputError);
    await expect(readTable(text(content), name)).rejects.toThrow(message);
  });

  test("never throws anything but an InputError, whatever bytes are changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(edit, {minLength: 1, maxLength: 4}), async (edits) => {
        const read = await tame(() => readTable(mutate(small, edits), "a.parquet"));
        if (read) expect(read.rows).toBeLessThan(1e6);
      }),
      {numRuns: 150, seed: 1}
    );
  });
});

describe("readParquet", () => {
  test.each([
    [
      {rows: 6_000_000, columns: 1, bytes: 100},
      /^b: 6,000,000 rows \(expected at most 5,000,000\)/
    ],
    [{rows: 4_000_000, columns: 30, bytes: 100}, /4,000,000 rows × 30 columns/],
    [{rows: 10, columns: 2, bytes: 700_000_000}, /1,400,000,000 bytes unpacked .*1 GB/],
    [{rows: 10, columns: 1, bytes: 20_000_000}, /20,000,000 bytes unpacked from 80,000 .*200 times/]
  ])("refuses by what the file says, before unpacking it: %j", (says, message) => {
    const group = {
      num_rows: BigInt(says.rows),
      columns: Array.from({length: says.columns}, () => ({
        meta_data: {total_uncompressed_size: BigInt(says.bytes)}
      }))
    };
    const metadata = {num_rows: group.num_rows, row_groups: [group]} as unknown as FileMetaData;
    expect(() => checkSize(metadata, 80_000, "b")).toThrow(message);
    const wrong = {...metadata, num_rows: 1n} as FileMetaData;
    expect(() => checkSize(wrong, 80_000, "b")).toThrow(/says 1 rows, its row groups/);
  });

  test("reads only the columns that are wanted", async () => {
    const {columns} = await readParquet(small, "a.parquet", ["n"]);
    expect(columns.map(({name}) => name)).toEqual(["n"]);
  });

  test("says which packing it cannot read", async () => {
    const lzo = new Uint8Array(
      parquetWriteBuffer({
        columnData: [{name: "x", data: ["a", "b"], type: "STRING"}],
        codec: "LZO",
        compressors: {LZO: (bytes) => bytes}
      })
    );
    await expect(readParquet(lzo, "z.parquet")).rejects.toThrow(
      "z.parquet: packed by LZO (expected Snappy, GZIP, ZSTD, LZ4, Brotli or nothing)"
    );
    const gzip = new Uint8Array(
      parquetWriteBuffer({
        columnData: [{name: "x", data: ["a", "b"], type: "STRING"}],
        codec: "GZIP",
        compressors: {GZIP: (bytes) => gzipSync(bytes)}
      })
    );
    expect((await readTable(gzip, "g.parquet")).rows).toBe(2);
  });
});

describe("writeTable", () => {
  const table: ResultTable = {
    rows: 3,
    columns: [
      {name: "a", kind: "text", type: "Utf8", values: ["x", null, "<b>"]},
      {name: "a", kind: "number", type: "Float64", values: [1.5, null, -0.25]},
      {name: "t", kind: "boolean", type: "Bool", values: [true, false, null]}
    ]
  };

  test.each(["parquet", "arrow"] as const)("writes %s that reads back", async (format) => {
    const {stream} = await readTable(writeTable(table, format), `r.${format}`);
    expect(columnsOf(stream)).toEqual([
      ["a", ["x", null, "<b>"]],
      ["a_2", [1.5, null, -0.25]],
      ["t", [true, false, null]]
    ]);
  });

  test("gives every column a name of its own", () => {
    expect(uniqueNames(["a", "b", "a", "a_2", "a"])).toEqual(["a", "b", "a_2", "a_2_2", "a_3"]);
  });
});

test.each(["SNAPPY", "UNCOMPRESSED"] as const)(
  "a file of any number of rows is read as it was written, its pages of any size: %s",
  async (codec) => {
    const sizes = fc.record({
      rows: fc.oneof(fc.integer({min: 1, max: 20}), fc.integer({min: 1, max: 20_000})),
      rowGroupSize: fc.integer({min: 500, max: 30_000}),
      pageSize: fc.integer({min: 200, max: 100_000}),
      words: fc.integer({min: 1, max: 300})
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({rows, words, ...size}) => {
        const every = <T>(value: (i: number) => T) =>
          Array.from({length: rows}, (_, i) => value(i));
        const data = {
          n: every((i) => i * 31),
          x: every((i) => (i % 3 === 0 ? null : i / 8)),
          w: every((i) => `w${i % words}`),
          yes: every((i) => i % 5 === 0)
        };
        const file = parquetWriteBuffer({
          columnData: [
            {name: "n", data: data.n, type: "INT32"},
            {name: "x", data: data.x, type: "DOUBLE", nullable: true},
            {name: "w", data: data.w, type: "STRING"},
            {name: "yes", data: data.yes, type: "BOOLEAN"}
          ],
          codec,
          ...size
        });
        const {stream} = await readTable(new Uint8Array(file), "a.parquet");
        expect(columnsOf(stream)).toEqual(Object.entries(data));
      }),
      {numRuns: 25, seed: 2}
    );
  }
);

test("a page that says it is shorter than nothing is refused, where a reader would go back for ever", async () => {
  const file = small.slice();
  // PageHeader: a type, the size unpacked, the size as it is; each an i32 one field after the last
  expect([file[4], file[6], file[8]]).toEqual([0x15, 0x15, 0x15]);
  file[9] = 2 * 12 - 1; // −12
  await expect(readParquet(file, "a.parquet")).rejects.toThrow(
    new InputError("a.parquet: the pages of column 'n' do not lie inside it")
  );
});

describe("TableFiles", () => {
  const port = (answers: boolean): TablePort & {isDead: boolean; fail(): void} => {
    const events = new EventTarget();
    return Object.assign(events as unknown as TablePort, {
      isDead: false,
      postMessage: async (command: TableCommand) => {
        if (!answers) return;
        const data: TableEvent = await answerTable(command);
        events.dispatchEvent(new MessageEvent("message", {data}));
      },
      terminate(this: {isDead: boolean}) {
        this.isDead = true;
      },
      fail: () => void events.dispatchEvent(new Event("error"))
    });
  };

  test("reads and writes through the worker; its errors are the reader's", async () => {
    const files = new TableFiles(() => port(true));
    expect((await files.read("a.parquet", small)).rows).toBe(3);
    await expect(files.read("a.parquet", text("x"))).rejects.toBeInstanceOf(InputError);
  });

  test("a worker that dies fails its questions; the next one starts anew", async () => {
    const [broken, whole] = [port(false), port(true)];
    const ports = [broken, whole];
    const files = new TableFiles(() => ports.shift()!);
    const reading = files.read("a.parquet", small);
    broken.fail();
    await expect(reading).rejects.toThrow("the worker that reads tables ended");
    expect(broken.isDead).toBe(true);
    expect((await files.read("a.parquet", small)).rows).toBe(3);
  });

  test("a file that the reader stops is read no further; the next one gets a new worker", async () => {
    const [silent, whole] = [port(false), port(true)];
    const ports = [silent, whole];
    const files = new TableFiles(() => ports.shift()!);
    const stop = new AbortController();
    const reading = files.read("slow.parquet", small, stop.signal);
    stop.abort();
    await expect(reading).rejects.toThrow("slow.parquet: cancelled");
    expect(silent.isDead).toBe(true);
    expect((await files.read("a.parquet", small)).rows).toBe(3);
  });

  test("a file that takes too long is given up, and its worker with it", async () => {
    vi.useFakeTimers();
    try {
      const [silent, whole] = [port(false), port(true)];
      const ports = [silent, whole];
      const files = new TableFiles(() => ports.shift()!);
      const reading = expect(files.read("slow.parquet", small)).rejects.toThrow(
        "slow.parquet: given up after 120 s"
      );
      await vi.advanceTimersByTimeAsync(120_000);
      await reading;
      expect(silent.isDead).toBe(true);
      expect((await files.read("a.parquet", small)).rows).toBe(3);
    } finally {
      vi.useRealTimers();
    }
  });
});
