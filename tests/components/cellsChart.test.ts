// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {
  cellRows,
  cellsChart,
  differenceText,
  hatchedSentence,
  noiseFacts
} from "../../src/components/cellsChart.js";
import {compareCells} from "../../src/lib/experiments/compare.js";
import type {RunRecord} from "../../src/lib/experiments/record.js";
import {markup} from "./snapshot.js";

const losses: Record<string, number[]> = {
  none: [3.1, 3.2, 3.3, 3.15, 3.25],
  attention: [3.12, 3.19, 3.31, 3.14, 3.26],
  all: [3.41, 3.52, 3.6, 3.47, 3.54]
};
const records: RunRecord[] = Object.entries(losses).flatMap(([name, values]) =>
  values.map((loss, i) => ({
    hash: `${name.charCodeAt(0)}${i}`.padStart(12, "0"),
    sweep: "test",
    cell: {case: name},
    seed: i + 1,
    steps: 9,
    parameters: 1000,
    flops_per_token: 10,
    vocab_size: 29,
    masked_count: 7,
    diverged: null,
    evaluations: [
      {step: 9, mlm_loss: loss, mlm_accuracy: 0.2, sentence_loss: null, sentence_accuracy: null}
    ],
    measures: {},
    executor: "none"
  }))
);
const cells = compareCells(records, (r) => r.evaluations[0]!.mlm_loss);
const nameOf = ({cell}: {cell: Record<string, string | number>}) => `shared: ${cell.case}`;

describe("cellsChart(cells, options)", () => {
  test("hatches what noise explains, and only that", async () => {
    const svg = cellsChart(cells, {label: "loss (nats)", nameOf, noteOf: () => "1k parameters"});
    expect(svg.querySelectorAll(".obs-interval")).toHaveLength(3);
    expect(svg.querySelectorAll(".obs-hatched")).toHaveLength(1);
    expect(svg.querySelectorAll("circle")).toHaveLength(15);
    expect(svg.getAttribute("aria-label")).toContain("shared: attention 3.204 (+0.004");
    await expect(markup(svg).replace(/obs-hatch-\d+/g, "obs-hatch")).toMatchFileSnapshot(
      "./output/cellsChart.svg"
    );
  });

  test("says in words what is hatched", () => {
    expect(hatchedSentence(cells, nameOf)).toBe(
      "Hatched: not significantly different from the reference (shared: attention)."
    );
    expect(hatchedSentence([cells[0]!, cells[2]!])).toContain("Every difference");
    expect(differenceText(cells[0]!)).toBe("3.200, the reference");
    expect(differenceText(cells[1]!)).toMatch(/^\+0\.004 \[−0\.\d+, \+0\.\d+\], not significant$/);
    expect(differenceText(cells[2]!)).toMatch(/^\+0\.308 \[\+0\.\d+, \+0\.\d+\]$/);
    expect(noiseFacts(cells)[0]).toBe("5 seeds each");
  });

  test("rows name the recipe of every dot", () => {
    const rows = cellRows(cells, nameOf);
    expect(rows).toHaveLength(15);
    expect(rows[5]).toMatchObject({
      setting: "shared: attention",
      seed: 1,
      value: 3.12,
      significant: false,
      recipe: "000000000970"
    });
  });

  test("fits a narrow page: names stand above their bars", () => {
    const svg = cellsChart(cells, {label: "loss", width: 320});
    for (const rect of svg.querySelectorAll("rect"))
      expect(Number(rect.getAttribute("x")) + Number(rect.getAttribute("width"))).toBeLessThan(320);
  });

  test("draws no dots where a cell has too many, and an axis for what it draws", () => {
    const rounds = Array.from({length: 80}, (_, i) => ({
      cell: {case: "a"},
      seed: i,
      hash: "",
      value: i === 0 ? 90 : 1
    }));
    const svg = cellsChart(
      compareCells(rounds, ({value}) => value),
      {label: "times"}
    );
    expect(svg.querySelectorAll("circle")).toHaveLength(0);
    expect(svg.querySelectorAll(".obs-interval")).toHaveLength(1);
    expect(svg.textContent).not.toContain("90");
  });

  test("speaks of rounds where rounds were timed", () => {
    expect(noiseFacts(cells, "round")[0]).toBe("5 rounds each, by turns");
    const apart = cells.filter(({difference}) => !difference || difference.isSignificant);
    expect(hatchedSentence(apart, nameOf, "round")).toContain("the noise between rounds");
  });
});
