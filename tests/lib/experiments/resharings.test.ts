import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {compareCells} from "../../../src/lib/experiments/compare.js";
import {readSweepResult} from "../../../src/lib/experiments/record.js";
import {lossAfter, lossAtChange, resharedRuns} from "../../../src/lib/experiments/resharings.js";
import {intervalWords, mean} from "../../../src/lib/experiments/statistics.js";

const file = "data/runs/untie/results.json";
const {records} = readSweepResult(readFileSync(file, "utf8"), file);
const armsOf = (name: string) => resharedRuns(records.filter(({cell}) => cell.case === name));
const [shared, apart] = [armsOf("all"), armsOf("none")];
const arm = (arms: typeof shared, change: string) => arms.filter((one) => one.change === change);

describe("resharedRuns(records)", () => {
  test("gives change by change the runs of all seeds", () => {
    expect(shared).toHaveLength(30);
    expect(shared.slice(4, 6).map(({change, seed}) => `${change} ${seed}`)).toEqual([
      "as it was 5",
      "depth 1 untied 1"
    ]);
    expect(resharedRuns(records.map((r) => ({...r, measures: {}})))).toEqual([]);
  });

  test("has no loss for an arm that diverged", () => {
    expect(lossAfter({...shared[0]!, diverged: "the loss is not a number"})).toBeNull();
  });
});

describe("what /sharing says of tying and untying", () => {
  test("untying gains nothing that five seeds could measure", () => {
    for (const {difference} of compareCells(shared, lossAfter).slice(1))
      expect(difference!.isSignificant).toBe(false);
  });

  test("tying costs much at once and something for good", () => {
    const [, tied] = compareCells(apart, lossAfter);
    expect(tied!.difference!.isSignificant).toBe(true);
    expect(tied!.difference!.mean).toBeGreaterThan(0);
    const [kept, after] = [arm(apart, "as it was"), arm(apart, "all tied")];
    const gap = (at: number) =>
      mean(after.map(({points}, i) => points[at]!.mlmLoss - kept[i]!.points[at]!.mlmLoss));
    expect(gap(1)).toBeLessThan(0.5 * gap(0)); // most comes back within the first steps
    expect(intervalWords(after.map((one, i) => lossAtChange(one) - lossAtChange(kept[i]!)))).toBe(
      "0.49 [0.36, 0.68]"
    );
  });

  test("untied depths move a little farther, in every seed", () => {
    const kept = arm(shared, "as it was");
    arm(shared, "all untied").forEach(({points}, i) => {
      const ratio = mean(points.at(-1)!.drift) / kept[i]!.points.at(-1)!.drift[0]!;
      expect(ratio).toBeGreaterThan(1);
      expect(ratio).toBeLessThan(1.3);
    });
  });
});

describe("intervalWords(values)", () => {
  test("is a mean with its interval, with a minus of its own", () => {
    expect(intervalWords([-1, -1, -1])).toBe("−1.00 [−1.00, −1.00]");
  });
});
