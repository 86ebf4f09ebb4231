import {parquetWriteBuffer} from "hyparquet-writer";
import {expect, test} from "vitest";
import {columnNames} from "../../../src/lib/finetune/columnNames.js";
import {readTaskFile} from "../../../src/lib/finetune/readTask.js";
import {fineTuneTask} from "../../../src/lib/finetune/tasks.js";

const bytes = new Uint8Array(
  parquetWriteBuffer({
    columnData: [
      {name: "sentence", data: ["fine", "dull", "so so"], type: "STRING"},
      {name: "label", data: [1, 0, 1], type: "INT32"},
      {name: "topic", data: ["x", "y", null], type: "STRING", nullable: true}
    ]
  })
);

test("a Parquet file is read as a table of GLUE's is, and its columns can be chosen", async () => {
  const data = await readTaskFile(bytes, "a.parquet", fineTuneTask("sst2"));
  expect(data.examples).toMatchObject([
    {text: "fine", label: 1, line: 1},
    {text: "dull", label: 0, line: 2},
    {text: "so so", label: 1, line: 3}
  ]);
  const columns = {text: "sentence", label: "topic"};
  const free = fineTuneTask("classification");
  await expect(readTaskFile(bytes, "a.parquet", free, {columns})).rejects.toThrow(
    "a.parquet: line 3: the label is empty"
  );
  await expect(
    readTaskFile(bytes, "a.parquet", free, {columns: {text: "nope", label: "label"}})
  ).rejects.toThrow(/a.parquet: column 'nope' not found/);
  await expect(readTaskFile(bytes, "a.parquet", fineTuneTask("ner"))).rejects.toThrow(
    "a.parquet: Parquet holds no CoNLL rows"
  );
});

test("columnNames knows the columns of each kind of table before it is read", () => {
  const text = (text: string) => new TextEncoder().encode(text);
  expect(columnNames({name: "a.parquet", bytes})).toEqual(["sentence", "label", "topic"]);
  expect(columnNames({name: "a.tsv", bytes: text("sentence\tlabel\nx,y\t1\n")})).toEqual([
    "sentence",
    "label"
  ]);
  expect(columnNames({name: "a.csv", bytes: text('"body",topic\r\nx,y\r\n')})).toEqual([
    "body",
    "topic"
  ]);
  expect(columnNames({name: "a.jsonl", bytes: text('{"t": "x", "l": 1}\n')})).toEqual(["t", "l"]);
  expect(columnNames({name: "a.jsonl", bytes: text("{broken\n")})).toEqual([]);
  expect(columnNames({name: "a.json", bytes: text('[{"t": "x"}]')})).toEqual(["t"]);
  expect(columnNames({name: "squad.json", bytes: text('{"data": []}')})).toEqual([]);
  expect(columnNames({name: "b.csv", bytes: text('"a,b";c\nx;y\n')})).toEqual(["a,b", "c"]);
  expect(columnNames({name: "a.conll", bytes: text("Mara\tB-PER\n")})).toEqual([]);
  expect(() => columnNames({name: "b.parquet", bytes: text("PAR1 nothing")})).toThrow(
    "b.parquet: not a Parquet file"
  );
});
