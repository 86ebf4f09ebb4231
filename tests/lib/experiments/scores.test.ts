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
      for (const record of recordsOf(`${name}-score`))
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

  test("say of sharing what the page says: a model starts, or gives one answer to nearly every pair", () => {
    const scores = recordsOf("sharing-score").map((r) => scoreOf(r)!);
    const stuck = scores.filter((score) => score < 0.6);
    // always yes is right for half of the pairs, with an F1 of two thirds; always no has none
    for (const score of stuck)
      expect(Math.min(Math.abs(score - 0.25), Math.abs(score - 0.58))).toBeLessThan(0.02);
    expect(Math.min(...scores.filter((score) => score >= 0.6))).toBeGreaterThan(0.7);
    for (const {difference} of [...scoresOf("sharing-score", "case").values()].slice(1))
      expect(difference!.isSignificant).toBe(false);
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
