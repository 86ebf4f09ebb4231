import {describe, expect, test} from "vitest";
import {codeBlocks, onlineCode, uniformBits} from "../../../src/lib/probe/codeLength.js";
import {
  baselineScore,
  controlLabels,
  depthScore,
  type ProbeRows
} from "../../../src/lib/probe/score.js";
import {Random} from "../../../src/lib/random.js";

const width = 7;
const classes = ["a", "b", "c"];

/** Rows whose class is the greatest of the first three features, or has nothing to do with them. */
function rows(n: number, seed: number, isPlanted: boolean): ProbeRows {
  const random = new Random(seed, "probes", 9);
  const x = Float32Array.from({length: n * width}, () => random.normal());
  const labels = Array.from({length: n}, (_, i) => {
    const [a, b, c] = x.subarray(i * width, i * width + 3);
    const best = a! >= b! && a! >= c! ? 0 : b! >= c! ? 1 : 2;
    return classes[isPlanted ? best : random.int(3)]!;
  });
  // Every row is a type of its own: the control task is pure chance.
  const types = labels.map((_, i) => `${seed} ${i}`);
  return {labels, types, depths: [x], width};
}

describe("a linear probe", () => {
  test("finds a planted linear feature, and its control finds nothing", () => {
    const score = depthScore(rows(900, 1, true), rows(500, 2, true), 0, classes, 3);
    expect(score.accuracy).toBeGreaterThan(0.97);
    expect(Math.abs(score.control - 1 / 3)).toBeLessThan(0.08);
    expect(score.online).toBeLessThan(0.35 * score.uniform);
  });

  test("of random labels has selectivity about 0, and no short code", () => {
    const selectivity = [1, 2, 3, 4].map((seed) => {
      const score = depthScore(
        rows(600, 10 * seed, false),
        rows(600, 10 * seed + 1, false),
        0,
        classes,
        seed
      );
      expect(score.online).toBeGreaterThan(0.99 * score.uniform);
      return score.accuracy - score.control;
    });
    const mean = selectivity.reduce((a, b) => a + b, 0) / selectivity.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
  });

  test("is the same every time", () => {
    const score = () => depthScore(rows(90, 5, true), rows(60, 6, true), 0, classes, 3);
    expect(score()).toEqual(score());
  });
});

describe("control labels", () => {
  test("are one a type, as often as the task's own classes", () => {
    const types = Array.from({length: 3000}, (_, i) => `type ${i % 1500}`);
    const labels = types.map((_, i) => (i % 4 === 0 ? "rare" : "frequent"));
    const {train, test: other} = controlLabels({types, labels}, {types: ["type 7", "new"]}, 1);
    for (let i = 0; i < 1500; ++i) expect(train[i + 1500]).toBe(train[i]);
    const share = train.filter((label) => label === "rare").length / 3000;
    expect(Math.abs(share - 0.25)).toBeLessThan(0.05);
    expect(other[0]).toBe(train[7]);
    expect(["rare", "frequent"]).toContain(other[1]);
    expect(controlLabels({types, labels}, {types}, 2).train).not.toEqual(train);
  });
});

describe("baselines", () => {
  test("the most frequent class, and that of the word's form", () => {
    const side = (labels: string[], types: string[]): ProbeRows => ({
      labels,
      types,
      depths: [],
      width
    });
    const train = side(["a", "a", "b", "b", "b"], ["x", "x", "x", "y", "y"]);
    const test = side(["a", "b", "a", "b"], ["x", "y", "y", "z"]);
    expect(baselineScore(train, test)).toEqual({majority: 0.5, form: 0.75});
  });
});

describe("code lengths", () => {
  test("the uniform code is n·log2 K", () => {
    expect(uniformBits(640, 8)).toBe(1920);
    expect(uniformBits(10, 3)).toBeCloseTo(15.8496, 4);
  });

  test("blocks double, begin with enough rows and end with all", () => {
    expect(codeBlocks(2000, 16)).toEqual([16, 32, 64, 125, 250, 500, 1000, 2000]);
    expect(codeBlocks(20, 16)).toEqual([20]);
    expect(codeBlocks(10, 16)).toEqual([10]);
  });

  test("labels that fit into the first block cost the uniform code", () => {
    const x = new Float32Array(12 * 2).map((_, i) => i % 5);
    const y = Int32Array.from({length: 12}, (_, i) => i % 3);
    const {online, uniform} = onlineCode({x, y, width: 2, classes: 3});
    expect(online).toBe(uniform);
    expect(uniform).toBeCloseTo(12 * Math.log2(3), 12);
  });
});
