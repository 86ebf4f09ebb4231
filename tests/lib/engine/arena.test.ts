import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {encode} from "../../../src/lib/albert/forward.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {plantedCases} from "../../../src/lib/albert/planted/models.js";
import {runArena, truthShare, type ArenaCase} from "../../../src/lib/engine/arena.js";
import {useBackend} from "../albert/backends.js";

const used = 0.2;
let cases: ArenaCase[] = [];
const named = (name: string) => cases.find((one) => one.name === name)!;
const share = (name: string, method: string) =>
  named(name).methods.find((m) => m.method === method)!.share;

beforeAll(async () => {
  await useBackend("cpu");
  const before = tf.memory().numTensors;
  cases = (await runArena({seed: 3, used}, () => {}))!;
  expect(tf.memory().numTensors).toBe(before);
});

describe("plantedCases(seed, used)", () => {
  test("attention is what was planted, to float32", () => {
    for (const {config, parameters, ids, position, name} of plantedCases(3, used)) {
      const params = uploadParameters(parameters);
      const probs = tf.tidy(() =>
        encode(params, {inputIds: [ids]}, config, {capture: ["layer.0.attention.probs"]})
          .captured.get("layer.0.attention.probs")!
          .dataSync<"float32">()
      );
      disposeParameters(params);
      const row = probs.slice(position * 8, position * 8 + 8);
      const expected = new Float32Array(8);
      if (name === "a loud piece") expected.set([used, 0, 1 - used], position - 1);
      else if (name === "twins") expected[1] = expected[6] = 0.5;
      else expected[position - 1] = 1;
      expect(row, name).toBeAllClose(expected, {atol: 0.01});
    }
  });
});

describe("truthShare(scores, candidates, truth)", () => {
  test("is a share of what the candidates have; null where they have nothing", () => {
    expect(truthShare([9, 1, 3, 4], [1, 2, 3], [2])).toBeCloseTo(3 / 8, 12);
    expect(truthShare([9, 0, 0], [1, 2], [1])).toBeNull();
    expect(truthShare([0, -2, 2], [1, 2], [2])).toBe(1);
  });
});

describe("runArena({seed, used})", () => {
  test("stopped while a model is asked, it asks no other", async () => {
    const stop = new AbortController();
    const asked: string[] = [];
    const report = ({phase}: {phase: string}) => {
      if (asked.push(phase) === 2) stop.abort();
    };
    expect(await runArena({seed: 3, used}, report, stop.signal)).toBeNull();
    expect(asked).toHaveLength(2);
  });

  test("the model guesses what it was built to, as surely as it was built to", () => {
    // One copy is written with a logit of 6, the other 13 pieces have 0.
    const sure = Math.exp(6) / (Math.exp(6) + 13);
    for (const {name, probability} of cases)
      if (name !== "two heads, one job") expect(probability, name).toBeCloseTo(sure, 2);
  });

  test("every method is right on a copy, and on two heads with one job", () => {
    for (const name of ["a copy", "two heads, one job"])
      for (const {method, share} of named(name).methods)
        expect(share, `${name}: ${method}`).toBeGreaterThan(0.999);
  });

  test("weights alone follow the loud piece; what is read decides for the others", () => {
    for (const method of ["attention", "rollout", "flow"])
      expect(share("a loud piece", method), method).toBeCloseTo(used, 2);
    for (const method of ["norm-weighted", "value zeroing", "gradient × attention", "occlusion"])
      expect(share("a loud piece", method), method).toBeGreaterThan(0.99);
  });

  test("of two heads that cancel, weights see two thirds of nothing", () => {
    for (const method of ["attention", "rollout", "flow"])
      expect(share("two heads that cancel", method), method).toBeCloseTo(1 / 3, 3);
    for (const method of ["norm-weighted", "value zeroing", "gradient × attention", "occlusion"])
      expect(share("two heads that cancel", method), method).toBeGreaterThan(0.99);
  });

  test("on a detour each method has the value that its formula gives by hand", () => {
    // Mean of 3 heads with half a residual: p−2 gets 1/36, p−1 6/36, the piece before [SEP] 2/36.
    expect(share("a detour", "attention")).toBeCloseTo(0, 6);
    expect(share("a detour", "rollout")).toBeCloseTo(1 / 9, 4);
    // The narrowest places let 1/6 through from p−2 and from the piece before [SEP], 1/3 from p−1.
    expect(share("a detour", "flow")).toBeCloseTo(1 / 4, 4);
    // One head has all of the norm: ½·½ from p−2, 2·½·½ from p−1.
    expect(share("a detour", "norm-weighted")).toBeCloseTo(1 / 3, 3);
    expect(share("a detour", "gradient × attention")).toBeGreaterThan(0.5);
    expect(share("a detour", "gradient × attention")).toBeLessThan(0.8);
    for (const method of ["value zeroing", "occlusion"])
      expect(share("a detour", method), method).toBeGreaterThan(0.99);
  });

  test("hiding one twin changes nothing at all", () => {
    expect(share("twins", "occlusion")).toBeNull();
    for (const method of ["attention", "rollout", "flow", "value zeroing"])
      expect(share("twins", method), method).toBeGreaterThan(0.99);
  });

  test("heads: what does nothing moves nothing; a twin hides what a head does", () => {
    for (const {name, heads} of cases)
      for (const {role, alone} of heads)
        if (role.startsWith("parked")) expect(alone, name).toBeLessThan(1e-6);
    const [copy] = named("a copy").heads;
    const [one, two] = named("two heads, one job").heads;
    expect(copy!.alone).toBeGreaterThan(2);
    expect(one!.alone).toBeLessThan(0.1);
    expect(one!.together).toBeGreaterThan(2);
    expect(two!.together).toBeCloseTo(one!.together!, 6);
    const [, writes, undoes] = named("two heads that cancel").heads;
    expect(undoes!.alone).toBeGreaterThan(0.3);
    expect(writes!.together).toBeLessThan(1e-4);
  });

  test("says what is wrong with a share", async () => {
    await expect(runArena({seed: 1, used: 0}, () => {})).rejects.toThrow(
      /used share: 0 \(expected/
    );
  });
});
