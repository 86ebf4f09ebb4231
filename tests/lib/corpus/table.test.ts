import {describe, expect, test} from "vitest";
import {columnIndex, parseTable} from "../../../src/lib/corpus/table.js";

const csv = (text: string) => parseTable(text, {delimiter: ",", quoted: true, file: "t.csv"});
const tsv = (text: string) => parseTable(text, {delimiter: "\t", quoted: false, file: "t.tsv"});

describe("parseTable(text, {delimiter, quoted})", () => {
  test("reads quoted fields with commas, line ends and doubled quotes, and knows their lines", () => {
    const table = csv('s,label\n"a, b",1\n"one\ntwo",0\n\n"say ""no""",\n');
    expect(table.columns).toEqual(["s", "label"]);
    expect(table.rows).toEqual([
      ["a, b", "1"],
      ["one\ntwo", "0"],
      ['say "no"', ""]
    ]);
    expect(table.lines).toEqual([2, 3, 6]);
  });

  test("takes quotes of an unquoted table for text", () => {
    expect(tsv('s\tlabel\n"never closed\t1\nit is 5" long\t0').rows).toEqual([
      ['"never closed', "1"],
      ['it is 5" long', "0"]
    ]);
  });

  test("reads every kind of line end, a byte order mark, and a last line without an end", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const table = tsv(`\ufeffs\tlabel${end}a\t1${end}${end}b\t0`);
      expect(table.columns).toEqual(["s", "label"]);
      expect(table.rows).toEqual([
        ["a", "1"],
        ["b", "0"]
      ]);
    }
  });

  test("keeps an empty last field and reads tables without a header", () => {
    expect(csv("a,b\n1,").rows).toEqual([["1", ""]]);
    const table = parseTable("x\t1\ny\t0", {delimiter: "\t", quoted: false, header: false});
    expect(table.columns).toEqual(["1", "2"]);
    expect(table.lines).toEqual([1, 2]);
  });

  test("treats __proto__ as a name like any other", () => {
    const table = csv("__proto__,constructor,s\n1,2,x\n");
    expect(table.rows[0]![columnIndex(table, "__proto__")]).toBe("1");
    expect(Object.hasOwn(Object.prototype, "s")).toBe(false);
  });

  test("reads enormous fields in linear time", () => {
    const field = 'word "" '.repeat(500_000);
    const start = process.cpuUsage();
    expect(csv(`s,label\n"${field}",1\n`).rows[0]![0]).toHaveLength(7 * 500_000);
    expect(process.cpuUsage(start).user / 1e3).toBeLessThan(2000);
  });

  test.each([
    ["too few fields", () => tsv("s\tlabel\na\t1\nb\n"), "t.tsv: line 3: 1 field, expected 2"],
    ["too many", () => tsv("s\tlabel\na\t1\tx\n"), "t.tsv: line 2: 3 fields, expected 2"],
    [
      "unclosed quote",
      () => csv('s,label\nx,1\n"never,1\nx,0\n'),
      "t.csv: line 3: a quoted field is never closed"
    ],
    [
      "text after quote",
      () => csv('s,label\n"abc"def,1\n'),
      "t.csv: line 2: text after a closing quote"
    ],
    [
      "twice the same",
      () => csv("s,label,label\nx,0,1\n"),
      "t.csv: line 1: duplicate column 'label'"
    ],
    ["header only", () => tsv("s\tlabel\n"), "t.tsv: no rows after the header (columns: s, label)"],
    ["nothing", () => tsv("\n \n"), "t.tsv: the table is empty"]
  ])("refuses %s", (_, read, message) => {
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({name: "InputError"}));
  });

  test("says which columns there are, or doubts the delimiter", () => {
    expect(() => columnIndex(tsv("s\tmood\na\t1"), "label")).toThrow(
      "t.tsv: column 'label' not found; columns: s, mood"
    );
    expect(() => columnIndex(csv("s;label\na;1"), "s")).toThrow("is the delimiter a semicolon?");
    const many = Array.from({length: 4000}, (_, i) => `c${i}`).join("\t");
    expect(() => columnIndex(tsv(`${many}\n${many.replaceAll("c", "")}`), "s")).toThrow(
      "(3992 more)"
    );
  });
});
