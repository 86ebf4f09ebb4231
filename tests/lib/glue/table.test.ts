import {describe, expect, test} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {columnOf, parseTable, rowsOf} from "../../../src/lib/glue/table.js";
import type {TableSpec} from "../../../src/lib/glue/table.js";

const spec: TableSpec = {
  name: "fruit",
  description: "for the test",
  columns: [
    {name: "kind", type: "text", values: ["apple", "pear"], description: ""},
    {name: "grams", type: "number", min: 0, max: 500, description: ""},
    {name: "seeds", type: "integer", optional: true, description: ""},
    {name: "ripe", type: "flag", description: ""}
  ]
};
const parse = (text: string) => parseTable(spec, new Map([["f.csv", text]]));
const header = "kind,grams,seeds,ripe\n";

describe("parseTable(spec, files, check)", () => {
  test("reads typed columns and keeps empty optional cells as null", () => {
    const table = parse(`${header}apple,182.5,5,1\npear,0,,0\n`);
    expect(table.rows).toBe(2);
    expect(columnOf(table, "seeds")).toEqual([5, null]);
    expect(rowsOf(table)[0]).toEqual({kind: "apple", grams: 182.5, seeds: 5, ripe: 1});
    expect(() => columnOf(table, "colour")).toThrow("no column colour");
  });

  test.each([
    ["plum,1,1,1", 'f.csv line 2, kind: "plum" should be one of apple, pear'],
    ["apple,x,1,1", 'f.csv line 2, grams: "x" should be a number'],
    ["apple,501,1,1", 'f.csv line 2, grams: "501" should be at most 500'],
    ["apple,-1,1,1", 'f.csv line 2, grams: "-1" should be at least 0'],
    ["apple,1,1.5,1", 'f.csv line 2, seeds: "1.5" should be a whole number'],
    ["apple,1,1,yes", 'f.csv line 2, ripe: "yes" should be 0 or 1'],
    ["apple,,1,1", "f.csv line 2, grams: the cell is empty"],
    ["apple, 1,1,1", "should be without spaces"],
    ["apple,1,1", "f.csv line 2: 3 cells, expected 4"],
    ["apple,0x10,1,1", "should be a number"],
    ["apple,Infinity,1,1", "should be a number"]
  ])("refuses %s", (row, message) => {
    expect(() => parse(`${header}${row}\n`)).toThrow(message);
    expect(() => parse(`${header}${row}\n`)).toThrow(InputError);
  });

  test("refuses another header, and a table with no rows", () => {
    expect(() => parse("kind,grams\napple,1\n")).toThrow(
      'f.csv line 1: the header is "kind,grams"'
    );
    expect(() => parse(header)).toThrow("no rows");
  });
});
