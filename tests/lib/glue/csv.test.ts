import {describe, expect, test} from "vitest";
import {csvCell, parseCsv} from "../../../src/lib/glue/csv.js";

describe("parseCsv(text, file)", () => {
  test("keeps commas, doubled quotes and line breaks inside quotes, and counts lines", () => {
    expect(parseCsv('a,b\n"x, ""y""\nz",2\r\n\nlast,\n', "t.csv")).toEqual([
      {line: 1, cells: ["a", "b"]},
      {line: 2, cells: ['x, "y"\nz', "2"]},
      {line: 5, cells: ["last", ""]}
    ]);
  });
  test("drops a byte-order mark and needs no final newline", () => {
    expect(parseCsv("\ufeffa,b\n1,", "t.csv").map((r) => r.cells)).toEqual([
      ["a", "b"],
      ["1", ""]
    ]);
  });
  test("names the line of a quote that never closes, or of text after one", () => {
    expect(() => parseCsv('a\n"b\nc', "t.csv")).toThrow("t.csv line 2: a quote is opened");
    expect(() => parseCsv('a\n"b"c', "t.csv")).toThrow("t.csv line 2: text follows");
  });
});

describe("csvCell(value)", () => {
  test("round-trips through parseCsv", () => {
    const cells = ["plain", 'say "hi"', "a,b", "two\nlines", ""];
    const text = cells.map(csvCell).join(",") + ",end";
    expect(parseCsv(text, "t.csv")[0]!.cells).toEqual([...cells, "end"]);
    expect(csvCell(null)).toBe("");
    expect(csvCell(-1.5)).toBe("-1.5");
  });
});
