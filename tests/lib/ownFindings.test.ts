import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {claims} from "../../src/lib/claims/index.js";
import {ownFindings, type OwnRuns} from "../../src/lib/claims/own.js";
import {readSweepResult} from "../../src/lib/experiments/record.js";
import {readStepTimes} from "../../src/lib/experiments/stepTimes.js";

const read = (file: string) => readFileSync(`data/runs/${file}`, "utf8");
const records = (name: string) => readSweepResult(read(`${name}/results.json`), name).records;
const runs: OwnRuns = {
  sharing: records("sharing"),
  embedding: records("embedding"),
  objectives: records("objectives"),
  families: records("families"),
  stepTimes: readStepTimes(read("sharing/steps.json"), "steps.json")
};
const found = ownFindings(runs);
const of = (claim: number) => found.find((one) => one.claim === claim)!.finding;

describe("ownFindings(runs)", () => {
  test("names claims that there are, once each, with numbers and no hole in a sentence", () => {
    const numbers = found.map(({claim}) => claim);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const {claim, finding} of found) {
      expect(claims.some(({number}) => number === claim)).toBe(true);
      expect(finding).toMatch(/\d/);
      expect(finding).not.toMatch(/NaN|undefined|Infinity|null/);
    }
  });

  test("says of a difference that seeds explain that it is not significant, and of no other", () => {
    expect(of(6)).toContain("(5 seeds, not significant)");
    expect(of(7).match(/not significant/g)).toHaveLength(1); // E = 32; E = 4 stands out
    expect(of(16)).toMatch(/by 0\.23 \[0\.06, 0\.\d\d\] nats|by 0\.23 \[.*\(5 seeds\)/);
  });

  test("follows the runs", () => {
    const worse = runs.sharing.map((r) =>
      r.cell.case === "all"
        ? {...r, evaluations: r.evaluations.map((e) => ({...e, mlm_loss: e.mlm_loss + 1}))}
        : r
    );
    const changed = ownFindings({...runs, sharing: worse}).find(({claim}) => claim === 6)!.finding;
    expect(changed).not.toContain("not significant");
  });
});
