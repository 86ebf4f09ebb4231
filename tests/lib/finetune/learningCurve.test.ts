import {describe, expect, test} from "vitest";
import {
  curveMeans,
  curveRecipe,
  curveRuns,
  parseCurvePlan
} from "../../../src/lib/finetune/learningCurve.js";

const plan = (changes: object = {}) =>
  parseCurvePlan(
    JSON.stringify({
      task: "sst2",
      sizes: [10, 20],
      seeds: 2,
      dev: 8,
      settings: [{name: "a"}, {name: "b", start: "random", recipe: {batch: {size: 4}}}],
      recipe: {steps: 5, optimizer: {learning_rate: 0.01}},
      ...changes
    }),
    "plan.json"
  );

describe("parseCurvePlan", () => {
  test("names the field that is wrong", () => {
    expect(() => plan({task: "qqp"})).toThrow(/plan.json: invalid task: "qqp" \(expected one of/);
    expect(() => plan({sizes: [0]})).toThrow(/plan.json: invalid sizes.0: 0/);
    expect(() => plan({recipe: {steps: [1]}})).toThrow(/recipe.steps: \[1\] \(expected no list\)/);
  });

  test("runs every setting at every size, one seed after the other", () => {
    const runs = curveRuns(plan());
    expect(runs.length).toBe(8);
    expect(runs[0]).toEqual({setting: "a", size: 10, seed: 1});
    expect(runs.slice(0, 4).every(({seed}) => seed === 1)).toBe(true);
  });

  test("each learning rate is a run of its own", () => {
    const varied = plan({learning_rates: [0.1, 0.2]});
    const runs = curveRuns(varied);
    expect(runs.length).toBe(16);
    expect(runs[1]).toEqual({setting: "a", size: 10, learningRate: 0.2, seed: 1});
    expect(curveRecipe(varied, runs[1]!).optimizer.learning_rate).toBe(0.2);
    expect(() => plan({learning_rates: [2]})).toThrow(/learning_rates.0: 2 \(expected at most 1/);
  });

  test("a setting changes the recipe, and the seed is the run's", () => {
    const recipe = curveRecipe(plan(), {setting: "b", size: 10, seed: 2});
    expect(recipe).toMatchObject({steps: 5, seed: 2, batch: {size: 4}});
    expect(recipe.optimizer.learning_rate).toBe(0.01);
  });
});

test("curveMeans has an interval over seeds for each size", () => {
  const result = (setting: string, size: number, seed: number, last: number) => ({
    setting,
    size,
    seed,
    last,
    best: last,
    trainLoss: 0,
    devLoss: 0,
    diverged: null
  });
  const results = [0.5, 0.6, 0.7].map((x, i) => result("a", 10, i, x));
  const [curve] = curveMeans([...results, result("a", 20, 1, 0.9)]);
  expect(curve!.points.map(({size, mean, n}) => [size, +mean.toFixed(6), n])).toEqual([
    [10, 0.6, 3],
    [20, 0.9, 1]
  ]);
  expect(curve!.points[0]!.low).toBeLessThan(0.55);
  expect(curve!.points[1]!.low).toBe(-Infinity);

  // Runs at several learning rates are no seeds of one another.
  const rates = curveMeans(
    [0.1, 0.2].flatMap((learningRate) =>
      results.map((own) => ({...own, learningRate, last: own.last + learningRate}))
    )
  );
  expect(
    rates.map(({learningRate, points: [point]}) => [
      learningRate,
      +point!.mean.toFixed(6),
      point!.n
    ])
  ).toEqual([
    [0.1, 0.7, 3],
    [0.2, 0.8, 3]
  ]);
});
