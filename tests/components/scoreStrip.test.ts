// @vitest-environment jsdom
import {expect, test} from "vitest";
import {hasFailed, scoreStrip, stripRows, widestRange} from "../../src/components/scoreStrip.js";
import type {CurveResult} from "../../src/lib/finetune/learningCurve.js";
import {markup} from "./snapshot.js";

const run = (change: Partial<CurveResult>): CurveResult => ({
  setting: "usual",
  size: 250,
  learningRate: 0.01,
  seed: 1,
  last: 0.8,
  best: 0.85,
  trainLoss: 0.2,
  devLoss: 0.5,
  diverged: null,
  ...change
});
const results = [
  run({}),
  run({seed: 2, last: 0.5, trainLoss: 0.69}),
  run({
    seed: 1,
    learningRate: 0.03,
    last: 0.52,
    trainLoss: 0.3,
    diverged: "the loss is not finite"
  }),
  run({setting: "with dropout", last: 0.75}),
  run({setting: "with dropout", seed: 2, last: 0.77})
];
const options = {label: "dev accuracy (%)", failedFrom: 0.65};

test("a run fails where it does not learn its own rows, or diverges", () => {
  expect(results.map((result) => hasFailed(result, 0.65))).toEqual([
    false,
    true,
    true,
    false,
    false
  ]);
  expect(hasFailed(run({trainLoss: NaN}), 0.65)).toBe(true);
});

test("scoreStrip has a mark for each run, named with its training loss", async () => {
  const node = scoreStrip(results, options);
  const names = [...node.querySelectorAll("[data-layer='dot'] [aria-label]")].map((mark) =>
    mark.getAttribute("aria-label")
  );
  expect(names).toHaveLength(5);
  expect(names).toContain("usual, learning rate 0.01, seed 2: 50.0%, training loss 0.69, failed");
  expect(names.filter((name) => name!.includes("diverged"))).toHaveLength(1);
  await expect(markup(node)).toMatchFileSnapshot("./output/scoreStrip.html");
});

test("stripRows gives every run, and names rows where no learning rate varies", () => {
  expect(stripRows(results, 0.65)[1]).toMatchObject({seed: 2, failed: "yes", rows: 250});
  const sizes = [run({learningRate: undefined}), run({learningRate: undefined, size: 4000})];
  expect(scoreStrip(sizes, options).textContent).toContain("4,000 rows");
});

test("widestRange compares runs that differ in their seed alone", () => {
  expect(widestRange(results)).toBeCloseTo(0.3, 10);
  expect(widestRange([])).toBe(0);
});
