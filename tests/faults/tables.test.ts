/** R22–R26: tables, vocabularies and checkpoints that were changed, are bombs, or have odd names. */
import fc from "fast-check";
import {gzipSync} from "fflate";
import {parquetWriteBuffer} from "hyparquet-writer";
import {tableFromIPC} from "@uwdata/flechette";
import {expect, test} from "vitest";
import {readText} from "../../src/lib/corpus/readText.js";
import {InputError} from "../../src/lib/errors.js";
import {readTask} from "../../src/lib/finetune/readTask.js";
import {fineTuneTask} from "../../src/lib/finetune/tasks.js";
import {parseReport} from "../../src/lib/report/report.js";
import {readTable} from "../../src/lib/store/import/readTable.js";
import {writeTable} from "../../src/lib/store/import/writeTable.js";
import {readSpiece} from "../../src/lib/tokenizer/spiece.js";
import {writeSpieceModel} from "../../src/lib/tokenizer/spieceModel.js";
import {edit, mutate, tame} from "../lib/mutations.js";
import {tinyModel} from "../lib/tokenizer/tiny.js";
import {Tally} from "./tally.js";

const edits = fc.array(edit, {minLength: 1, maxLength: 4});
const encode = (text: string) => new TextEncoder().encode(text);
const result = {
  rows: 3,
  columns: [
    {name: "a", kind: "text" as const, type: "Utf8", values: ["x", null, "é 日本"]},
    {name: "n", kind: "number" as const, type: "Float64", values: [1.5, null, -0.25]},
    {name: "t", kind: "boolean" as const, type: "Bool", values: [true, false, null]}
  ]
};
const rows = [
  {task: "CoLA", mine: 1.5, nested: {a: [1, null]}},
  {task: "RTE", mine: null, nested: []}
];

/** Sound files of each kind of table. */
const tables: Record<string, Uint8Array> = {
  "a.arrow": writeTable(result, "arrow"),
  "a.parquet": new Uint8Array(
    parquetWriteBuffer({
      columnData: result.columns.map(({name, kind, values}) => ({
        name,
        data: values,
        type: ({text: "STRING", number: "DOUBLE", boolean: "BOOLEAN"} as const)[kind]
      }))
    })
  ),
  "a.json": encode(JSON.stringify(rows)),
  "a.jsonl": encode(rows.map((row) => JSON.stringify(row)).join("\n"))
};

test.each(Object.entries(tables))("2,000 files like %s with changed bytes", async (name, sound) => {
  const tally = new Tally("R25", "tables with changed bytes: Arrow, Parquet, JSON, JSON lines");
  expect((await readTable(sound, name)).rows).toBe(name.includes("json") ? 2 : 3);
  const checked = await fc.check(
    fc.asyncProperty(edits, async (changes) => {
      const read = await tame(() => readTable(mutate(sound, changes), name));
      if (!read) return;
      expect(read.rows).toBeLessThan(1e6);
      expect(tableFromIPC(read.stream).numRows).toBe(read.rows);
    }),
    {seed: 3, numRuns: 2000}
  );
  tally.count(checked.numRuns, checked.failed ? [fc.defaultReportMessage(checked)!] : []);
  tally.finish("nothing; each was read or refused in one sentence");
});

test("10,000 vocabularies with changed bytes", async () => {
  const tally = new Tally("R26", "spiece.model with changed bytes");
  const sound = writeSpieceModel({...tinyModel, charsmap: new Uint8Array(0)});
  const checked = await fc.check(
    fc.asyncProperty(edits, async (changes) => {
      const tokenizer = await tame(() => readSpiece(mutate(sound, changes), "m"));
      if (!tokenizer) return;
      const {ids} = tokenizer.encode("The cats sat \u0000 \ud800 日本");
      expect(ids.every((id) => id >= 0 && id < tokenizer.vocabSize)).toBe(true);
    }),
    {seed: 5, numRuns: 10_000}
  );
  tally.count(checked.numRuns, checked.failed ? [fc.defaultReportMessage(checked)!] : []);
  tally.finish("nothing; each was read or refused in one sentence");
});

test("tables that unpack to far more than they are, whatever they say of themselves", async () => {
  const tally = new Tally("R23", "Parquet that lies of its size, JSON nested a million deep");
  const zeros = new Uint8Array(300e6);
  const column = (data: unknown[]) => [
    {name: "x", data: data as string[], type: "STRING" as const}
  ];
  const packed = (compress: (bytes: Uint8Array) => Uint8Array, data = ["a", "b"]) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: column(data),
        codec: "GZIP",
        compressors: {GZIP: compress}
      })
    );
  const lying = packed(() => gzipSync(zeros));
  const honest = packed((bytes) => gzipSync(bytes), ["a".repeat(30e6)]);
  /** Most bytes that were taken while a file was read, with what came of it. */
  const read = async (bytes: Uint8Array, name: string) => {
    const before = process.memoryUsage().arrayBuffers;
    const table = await tame(() => readTable(bytes, name));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
    return table;
  };
  await tally.attempt("a page of 2 values that is 300 MB", async () => {
    // as much is unpacked as the page says of itself
    expect((await read(lying, "a.parquet"))?.stream.length ?? 0).toBeLessThan(10_000);
  });
  await tally.attempt("30 MB of one letter", async () => {
    expect(await read(honest, "a.parquet")).toBeNull();
  });
  const deep = "[".repeat(1e6) + "]".repeat(1e6);
  const readers: Record<string, (text: string) => unknown> = {
    "a table": (text) => readTable(encode(`[{"x":${text}}]`), "a.json"),
    "a table of lines": (text) => readTable(encode(`{"x":${text}}`), "a.jsonl"),
    "a text": (text) => readText(encode(`[{"text":${text}}]`), "a.json"),
    "a task": (text) =>
      readTask(encode(`{"sentence":${text},"label":1}`), "a.jsonl", fineTuneTask("sst2")),
    questions: (text) => readTask(encode(`{"data":${text}}`), "a.json", fineTuneTask("squad")),
    "a report": (text) => parseReport(`{"version":1,"title":"","parts":${text}}`)
  };
  for (const [name, parse] of Object.entries(readers))
    await tally.attempt(`${name}, nested deep`, async () => {
      await tame(() => parse(deep) as object);
    });
  tally.finish("nothing; each was read or refused in one sentence");
});

test("columns of any name, and ten thousand of them, come through", async () => {
  const tally = new Tally("R24", "columns named like members of objects, and 10,000 columns");
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "é", " ", 'a"b', "x'y"];
  const list = (columns: string[]) =>
    encode(`[{${columns.map((name, i) => `${JSON.stringify(name)}:${i}`).join(",")}}]`);
  const many = Array.from({length: 10_000}, (_, i) => `c${i}`);
  for (const [what, columns] of [
    ["odd names", names],
    ["10,000 columns", many]
  ] as const)
    for (const format of ["parquet", "arrow"] as const)
      await tally.attempt(`${what} through ${format}`, async () => {
        const json = await readTable(list([...columns]), "a.json");
        expect(json.columns).toEqual(columns);
        const table = {
          rows: 1,
          columns: columns.map((name, i) => ({
            ...{name, kind: "number" as const, type: "Float64", values: [i]}
          }))
        };
        const read = await readTable(writeTable(table, format), `a.${format}`);
        expect(read.columns).toEqual(columns);
        expect(
          tableFromIPC(read.stream)
            .getChildAt(columns.length - 1)!
            .at(0)
        ).toBe(columns.length - 1);
      });
  await tally.attempt("10,001 columns are refused", async () => {
    await expect(readTable(list([...many, "one"]), "a.json")).rejects.toBeInstanceOf(InputError);
  });
  expect(Object.keys(Object.prototype)).toEqual([]);
  tally.finish("nothing");
});
