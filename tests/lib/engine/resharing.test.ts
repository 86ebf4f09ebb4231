import {beforeAll, describe, expect, test} from "vitest";
import type {ReshareArm} from "../../../src/lib/experiments/measures.js";
import {useBackend} from "../albert/backends.js";
import {changesFor, changeName} from "../../../src/lib/engine/resharing.js";
import {makeConfig} from "../../../src/lib/albert/config.js";
import {collect, makeEngine, prepareSmall, smallRecipe} from "./hostPort.js";

beforeAll(() => useBackend("wasm"));

const plan = {steps: 6, learning_rate: 0.01, evaluate_every: 3};

describe("goOn on a run in use", () => {
  test("starts from the very model, and only what was untied moves apart", async () => {
    const engine = makeEngine();
    await engine.start();
    await prepareSmall(engine);
    await engine.call("train", {until: 3});
    const {evaluation} = await engine.call("evaluate", {});
    const go = async (change: Parameters<typeof changeName>[0]) => {
      const {onProgress, all} = collect<"goOn">();
      const arm = (await engine.call("goOn", {recipe: null, change, plan}, {onProgress}))!;
      const told = all.filter((value) => "point" in value);
      expect(told).toHaveLength(arm.points.length);
      return arm;
    };
    const arms: Record<string, ReshareArm> = {
      keep: await go({kind: "keep"}),
      one: await go({kind: "untieAt", depth: 1}),
      all: await go({kind: "untie"})
    };
    for (const {points} of Object.values(arms)) {
      expect(points.map(({step}) => step)).toEqual([0, 3, 6]);
      expect(points[0]!.mlmLoss).toBe(evaluation.mlmLoss);
      expect(points[0]!.drift).toEqual([0, 0]);
      expect(points.at(-1)!.drift.every((d) => d > 0)).toBe(true);
    }
    const [keep, one] = [arms.keep!.points.at(-1)!, arms.one!.points.at(-1)!];
    expect(keep.drift[0]).toBe(keep.drift[1]); // one tensor moves one way
    expect(one.drift[0]).not.toBe(one.drift[1]);
    expect(arms.one!.parameters).toBeGreaterThan(arms.keep!.parameters);
    expect(arms.all!.parameters).toBe(arms.one!.parameters); // of two depths, one untied is both
  });

  test("refuses a depth that is not there, and a run that is not there", async () => {
    const engine = makeEngine();
    await engine.start();
    const ask = (depth: number) =>
      engine.call("goOn", {recipe: null, change: {kind: "untieAt", depth}, plan});
    await expect(ask(0)).rejects.toThrow("no run yet: train one first");
    await prepareSmall(engine);
    await expect(ask(2)).rejects.toThrow("depth 2: the model has depths 0 to 1");
  });
});

describe("goOn with several batches a step", () => {
  test("two batches of 8 move every depth as one of 16 does", async () => {
    const drifts = async (batch: {size: number; gradient_accumulation_steps?: number}) => {
      const engine = makeEngine();
      const {model} = smallRecipe();
      const recipe = smallRecipe({
        model: {...model, hidden_dropout_prob: 0, attention_probs_dropout_prob: 0},
        // one piece a row, drawn once for a row: both batches have the rows and masks of the one
        objective: {masking: {probability: 0.01, duplicates: 1}, sentence: "none"},
        batch: {...batch, sequence_length: 12}
      });
      await prepareSmall(engine, recipe);
      await engine.call("train", {until: 2});
      const change = {kind: "untie"} as const;
      const arm = (await engine.call("goOn", {recipe: null, change, plan}))!;
      expect(arm.diverged).toBeNull();
      return arm.points.map(({drift}) => drift);
    };
    const one = await drifts({size: 16});
    const two = await drifts({size: 8, gradient_accumulation_steps: 2});
    expect(one.flat().filter((d) => d > 0.01)).toHaveLength(4); // both depths, after 3 and 6 steps
    for (const [i, drift] of one.entries()) expect(two[i]).toBeAllClose(drift, {rtol: 1e-3});
  });
});

describe("goOn from a recipe", () => {
  test("trains it once, and gives the same numbers again", async () => {
    const engine = makeEngine();
    await engine.start();
    const recipe = smallRecipe({
      steps: 4,
      model: {sharing: "none"},
      corpus: {generate: {documents: 30, seed: 1}}
    });
    const ask = () => engine.call("goOn", {recipe, change: {kind: "tie"}, plan});
    const first = (await ask())!;
    expect(await ask()).toEqual(first);
    expect(first.change).toBe("all tied");
    expect(first.points[0]!.drift).toEqual([0, 0]);
  });
});

describe("changesFor(config)", () => {
  test("unties what is shared, depth by depth, and ties what is not", () => {
    const names = (sharing: "all" | "none") =>
      changesFor(makeConfig({sharing, numHiddenLayers: 3})).map(changeName);
    expect(names("all")).toEqual([
      "as it was",
      "depth 1 untied",
      "depth 2 untied",
      "depth 3 untied",
      "all untied"
    ]);
    expect(names("none")).toEqual(["as it was", "all tied"]);
  });
});
