import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {compareCells} from "../../../src/lib/experiments/compare.js";
import {finalOf, readSweepResult, type RunRecord} from "../../../src/lib/experiments/record.js";
import {baselinesOf} from "../../../src/lib/finetune/baselines/baselines.js";
import {generatedSplit} from "../../../src/lib/finetune/generated.js";

const recordsOf = (name: string) => {
  const file = `data/runs/${name}/results.json`;
  return readSweepResult(readFileSync(file, "utf8"), file).records;
};
const scoreOf = (r: RunRecord) => r.measures.downstream?.score;
const scoresOf = (name: string, axis: string) =>
  new Map(compareCells(recordsOf(name), scoreOf).map((cell) => [cell.cell[axis]!, cell]));

describe("recorded scores after fine-tuning", () => {
  test("are of models whose losses are those of the main sweep, to the last bit", () => {
    for (const name of ["embedding", "sharing"]) {
      const known = new Map(recordsOf(name).map((r) => [r.hash, r]));
      const again = recordsOf(`${name}-score`).filter(({hash}) => known.has(hash));
      expect(again).toHaveLength(known.size);
      for (const record of again)
        expect(finalOf(record)!.mlm_loss).toBe(finalOf(known.get(record.hash)!)!.mlm_loss);
    }
  });

  test("say of the embedding what the page says: no width can be told from the widest", () => {
    const scores = scoresOf("embedding-score", "embedding_size");
    expect([...scores.keys()]).toEqual([64, 32, 16, 8, 4]);
    for (const [E, {difference, mean}] of scores) {
      expect(mean).toBeGreaterThan(0.58);
      if (E !== 64) expect(difference!.isSignificant).toBe(false);
      if (E === 8) expect(difference!.low).toBeGreaterThan(-0.03); // it would have been seen
      if (E === 4) expect(difference!.low).toBeLessThan(-0.1); // it may be much
    }
  });

  test("say of sharing what the page says: a model starts, or ends no better than always yes", () => {
    const scores = recordsOf("sharing-score").map((r) => scoreOf(r)!);
    const stuck = scores.filter((score) => score < 0.6);
    expect(stuck).toHaveLength(14);
    expect(Math.min(...scores.filter((score) => score >= 0.6))).toBeGreaterThan(0.7);
    const equal = recordsOf("sharing-score").filter(({cell}) => /^none$|H =/.test(`${cell.case}`));
    for (const {difference, cell} of [
      ...[...scoresOf("sharing-score", "case").values()].slice(1),
      ...compareCells(equal, (r) => finalOf(r)?.mlm_loss).slice(1)
    ])
      expect(difference!.isSignificant, `${cell.case}`).toBe(false);
    for (const {parameters} of equal)
      expect(Math.abs(parameters / equal[0]!.parameters - 1)).toBeLessThan(0.05);
  });

  test("stand beside guessing and a bag of words as the pages say", () => {
    const bags: number[] = [];
    for (const seed of [1, 2, 3, 4, 5]) {
      const {train, dev} = generatedSplit("mrpc", {train: 2000, dev: 500, seed});
      const [majority, bag] = baselinesOf(train, dev);
      expect(majority!.score).toBeLessThan(0.585);
      bags.push(bag!.score);
    }
    expect(Math.min(...bags)).toBeGreaterThan(0.89);
    expect(Math.max(...bags)).toBeLessThan(0.94);
  }, 60_000);
});
