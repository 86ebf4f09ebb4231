import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {paperTable} from "../../../src/lib/experiments/published.js";
import {parseAblations} from "../../../src/lib/glue/ablations.js";

const file = "data/glue/ablations.csv";
const ablations = parseAblations(readFileSync(file, "utf8"), file);

describe("paperTable(ablations, paperTable)", () => {
  test("gives scores as the paper prints them, a last zero too, and sizes as numbers", () => {
    const rows = paperTable(ablations, 3);
    expect(rows).toHaveLength(8);
    expect(rows.find(({shared, E}) => shared === "all" && E === 128)).toEqual({
      shared: "all",
      E: 128,
      "parameters (M)": 12,
      "SQuAD 1.1 F1": "89.3",
      "SQuAD 2.0 F1": "80.0",
      MNLI: "81.6",
      "SST-2": "90.3",
      RACE: "64.0",
      average: "80.1"
    });
    expect(paperTable(ablations, 5).map((row) => row["sentence order"])).toContain("52.0");
  });
});
