import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {compareCells} from "../../../src/lib/experiments/compare.js";
import type {TasksMeasure} from "../../../src/lib/experiments/measures.js";
import {readSweepResult} from "../../../src/lib/experiments/record.js";
import {groupBy} from "../../../src/lib/experiments/summaries.js";
import {accuracyGrid, accuracyLead, pairChance} from "../../../src/lib/experiments/taskScores.js";

const file = "data/runs/objectives/results.json";
const {records} = readSweepResult(readFileSync(file, "utf8"), file);
const groups = groupBy(records, "case");
const among = (cases: string[], key: keyof TasksMeasure) =>
  compareCells(
    records.filter(({cell}) => cases.includes(String(cell.case))),
    (r) => r.measures.tasks![key]!.loss
  ).map(({difference}) => difference);

describe("accuracyLead(group, other, task)", () => {
  test("is paired by seed and changes its sign with the order", () => {
    const [nsp, sop] = [groups.get("nsp")!, groups.get("sop")!];
    const lead = accuracyLead(sop, nsp, "sop");
    expect(lead.n).toBe(5);
    expect(accuracyLead(nsp, [...sop].reverse(), "sop").mean).toBeCloseTo(-lead.mean, 12);
    expect(accuracyLead(sop, nsp.slice(0, 3), "sop").n).toBe(3);
  });
});

describe("what /objectives says", () => {
  test("each model is above guessing on both sentence tasks, and order is told best by its own", () => {
    const grid = accuracyGrid(groups, [
      {key: "nsp", chance: pairChance},
      {key: "sop", chance: pairChance}
    ]);
    for (const name of ["nsp", "sop"])
      for (const score of grid.get(name)!) {
        expect(score!.isChance).toBe(false);
        expect(score!.mean).toBeGreaterThan(pairChance);
      }
    expect(grid.get("none")).toEqual([null, null]);
    const order = accuracyLead(groups.get("sop")!, groups.get("nsp")!, "sop");
    const next = accuracyLead(groups.get("nsp")!, groups.get("sop")!, "nsp");
    expect(next.mean).toBeGreaterThan(0);
    expect(order.low).toBeGreaterThan(next.high); // the asymmetry that remains
  });

  test("a sentence task costs words, and neither more than the other", () => {
    for (const difference of among(["none", "nsp", "sop"], "mlm").slice(1)) {
      expect(difference!.isSignificant).toBe(true);
      expect(difference!.mean).toBeGreaterThan(0);
    }
    expect(among(["nsp", "sop"], "mlm")[1]!.isSignificant).toBe(false);
  });

  test("twice as many masks teach more, runs of masks less, even on runs", () => {
    for (const key of ["mlm", "ngram"] as const) {
      const [, runs, more] = among(["sop", "sop, n-grams", "sop, 30 %"], key);
      expect(runs!.isSignificant && runs!.mean > 0).toBe(true);
      expect(more!.isSignificant && more!.mean < 0).toBe(true);
    }
  });

  test("the sentence task stays at guessing first", () => {
    for (const {evaluations} of groups.get("sop")!) {
      expect(Math.abs(evaluations[1]!.sentence_accuracy! - 0.5)).toBeLessThan(0.06);
      expect(evaluations.at(-1)!.sentence_accuracy!).toBeGreaterThan(0.75);
    }
  });
});
