import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {readStepTimes, stepTimeRatios} from "../../../src/lib/experiments/stepTimes.js";

const times = (...elapsedMs: number[][]) => ({
  cells: elapsedMs.map((ms, i) => ({cell: {case: `${i}`}, elapsedMs: ms}))
});

describe("stepTimeRatios(times)", () => {
  test("takes ratios within a round, so that a slow round counts no more than others", () => {
    const [first, half, same] = stepTimeRatios(
      times([10, 40, 20, 12], [5, 20, 10.2, 6], [10.1, 39.6, 20.2, 11.9])
    );
    expect(first!.mean).toBe(1);
    expect(half!.mean).toBeCloseTo(0.5025, 10);
    expect(half!.difference!.isSignificant).toBe(true);
    expect(half!.difference!.n).toBe(4);
    expect(same!.difference!.isSignificant).toBe(false);
  });
});

describe("readStepTimes(text)", () => {
  test("refuses cells with unequal rounds, and names the file", () => {
    expect(() => readStepTimes(JSON.stringify(times([1, 2], [1])), "steps.json")).toThrow(
      "steps.json: cells with unequal rounds (expected each cell in every round)"
    );
  });
});

describe("the recorded times", () => {
  const ratios = (name: string) => {
    const file = `data/runs/${name}/steps.json`;
    return new Map(
      stepTimeRatios(readStepTimes(readFileSync(file, "utf8"), file)).map((cell) => [
        Object.values(cell.cell)[0]!,
        cell
      ])
    );
  };

  test("say of sharing what the page says: a tenth of a step, for every way some of it", () => {
    const of = ratios("sharing");
    expect(of.get("all")!.n).toBe(200);
    expect(of.get("all")!.low).toBeGreaterThan(0.87);
    expect(of.get("all")!.high).toBeLessThan(0.93);
    for (const name of ["attention", "ffn", "2 groups"])
      expect(of.get(name)!.mean).toBeGreaterThan(of.get("all")!.mean);
    expect(of.get("all, H = 128")!.mean).toBeGreaterThan(2.5);
  });

  test("say of the embedding what the page says: a seventh of a step at a sixteenth", () => {
    const {low, high, difference} = ratios("embedding").get(4)!;
    expect(low).toBeGreaterThan(1 - 1 / 5);
    expect(high).toBeLessThan(1 - 1 / 10);
    expect(difference!.isSignificant).toBe(true);
  });
});
