import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {
  compareCells,
  comparePairs,
  pairedDifferences
} from "../../../src/lib/experiments/compare.js";
import {readSweepResult, type RunRecord} from "../../../src/lib/experiments/record.js";
import {groupBy} from "../../../src/lib/experiments/summaries.js";

const file = "data/runs/families/results.json";
const {records} = readSweepResult(readFileSync(file, "utf8"), file);
const groups = groupBy(records, "case");
const lossOf = (r: RunRecord) => r.measures.tasks?.mlm.loss;
const losses = new Map(compareCells(records, lossOf).map((cell) => [String(cell.cell.case), cell]));
const gap = (one: string, other: string) =>
  comparePairs([pairedDifferences(groups.get(one)!, groups.get(other)!, lossOf)])[0]!;

describe("pairedDifferences(runs, others, valueOf)", () => {
  const runs = [1, 2, 3].map((seed) => ({seed, value: seed === 2 ? null : 10 * seed}));

  test("pairs by seed, whatever the order, and leaves out what has no value", () => {
    const others = [3, 2, 1].map((seed) => ({seed, value: seed}));
    expect(pairedDifferences(runs, others, ({value}) => value)).toEqual([9, 27]);
    expect(pairedDifferences(runs, [], ({value}) => value)).toEqual([]);
  });
});

describe("what /compare says of the recorded families", () => {
  test("every model without a sentence task is ahead of BERT", () => {
    for (const [name, {difference}] of losses) {
      if (/RoBERTa|DistilBERT|half/.test(name)) {
        expect(difference!.isSignificant, name).toBe(true);
        expect(difference!.mean, name).toBeLessThan(0);
      }
    }
    // sharing costs less than the second task does
    expect(Math.abs(losses.get("ALBERT")!.difference!.mean)).toBeLessThan(
      Math.abs(losses.get("RoBERTa")!.difference!.mean)
    );
  });

  test("the one that trains twice as long is ahead of all, and at equal work ALBERT far behind", () => {
    const best = [...losses.values()].sort((a, b) => a.mean - b.mean)[0];
    expect(best).toBe(losses.get("DistilBERT, long"));
    expect(losses.get("ALBERT, wide and short")!.difference!.low).toBeGreaterThan(0.5);
  });

  test("the teacher knows less than either student, and does not help", () => {
    const [bert] = losses.values();
    for (const name of ["DistilBERT", "half, no teacher"])
      expect(losses.get(name)!.mean).toBeLessThan(bert!.mean);
    expect(gap("half, no teacher", "DistilBERT").mean).toBeLessThan(0);
  });

  test("equal means equal: shapes, parameters within 4 %, work within 1 %", () => {
    const [bert] = groups.get("BERT")!;
    const of = (name: string) => groups.get(name)![0]!;
    const work = ({steps, flops_per_token}: RunRecord) => steps * flops_per_token;
    for (const name of ["ALBERT, wide", "DistilBERT, wide"])
      expect(Math.abs(of(name).parameters / bert!.parameters - 1)).toBeLessThan(0.04);
    for (const name of ["ALBERT, wide and short", "DistilBERT, long"])
      expect(Math.abs(work(of(name)) / work(bert!) - 1)).toBeLessThan(0.01);
  });

  test("after fine-tuning none can be told from BERT, and BERT is guessing", () => {
    const scores = compareCells(records, (r) => r.measures.downstream?.score);
    expect(scores[0]!.low).toBeLessThan(0.5);
    expect(scores[0]!.high).toBeGreaterThan(0.5);
    for (const {difference} of scores.slice(1)) expect(difference!.isSignificant).toBe(false);
    const above = scores.filter(({low}) => low > 0.5);
    expect(above.map(({cell}) => cell.case)).toEqual(["DistilBERT", "DistilBERT, wide"]);
    for (const {mean} of above) expect(mean).toBeLessThan(0.58);
  });
});
