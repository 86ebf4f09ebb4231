import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {attend} from "../../../src/lib/engine/ask.js";
import {measureEffect} from "../../../src/lib/engine/effect.js";
import {divergence} from "../../../src/lib/probe/distribution.js";
import type {AttentionChange} from "../../../src/lib/engine/attentionCalls.js";
import {useBackend} from "../albert/backends.js";
import {tinyModel} from "./tinyModel.js";

const model = tinyModel(40);
const text = "the cat sees [MASK] house";
const effect = (change: AttentionChange, pair: string | null = null) =>
  measureEffect(model, text, pair, change);
const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);

beforeAll(() => useBackend("cpu"));

describe("divergence(before, after)", () => {
  test("is 0 for the same distribution, and known where logits are logs", () => {
    expect(divergence([3, 1, 2], [13, 11, 12])).toBeCloseTo(0, 12);
    const logs = (...p: number[]) => p.map(Math.log);
    const expected = 0.5 * Math.log(2) + 0.5 * Math.log(2 / 3);
    expect(divergence(logs(0.5, 0.5), logs(0.25, 0.75))).toBeCloseTo(expected, 12);
  });
});

describe("measureEffect(model, text, pair, change)", () => {
  test("taking nothing away changes nothing", async () => {
    const change = {
      kind: "cell",
      head: 1,
      layer: null,
      from: [],
      to: [],
      renormalise: true
    } as const;
    const {divergence: moved, places} = await effect({...change, from: [], to: []});
    expect(Math.max(...moved!)).toBeLessThan(1e-9);
    expect(places[0]!.likeliestAfter).toBe(places[0]!.pieces[0]!.piece);
    for (const {before, after} of places[0]!.pieces) expect(after).toBeCloseTo(before, 6);
  });

  test("a head has an effect at the blank, and every way to silence it has the same", async () => {
    const {tokens, places, divergence: moved} = await effect({kind: "head", head: 1, layer: 2});
    expect(places.map(({position}) => tokens[position])).toEqual(["[MASK]"]);
    expect(places[0]!.pieces).toHaveLength(5);
    expect(moved![places[0]!.position]).toBeGreaterThan(1e-6);
    const all = tokens.map((_, i) => i);
    const cells = {
      kind: "cell",
      head: 1,
      layer: 2,
      from: all,
      to: all,
      renormalise: false
    } as const;
    const value = {kind: "value", head: 1, layer: 2, to: all} as const;
    for (const change of [
      {...cells, from: all, to: all},
      {...value, to: all}
    ])
      expect((await effect(change)).divergence).toBeAllClose(moved!, {rtol: 1e-3, atol: 1e-9});
  });

  test("at every depth is more than at one", async () => {
    const everywhere = await effect({kind: "head", head: 0, layer: null});
    const last = await effect({kind: "head", head: 0, layer: 2});
    expect(everywhere.divergence).not.toEqual(last.divergence);
    // What happens at the last depth at one piece moves no other piece.
    const change = {kind: "cell", head: 0, layer: 2, renormalise: false} as const;
    const {divergence: moved} = await effect({...change, from: [3], to: [1, 2]});
    expect(moved![3]).toBeGreaterThan(1e-7);
    expect(sum(moved!) - moved![3]!).toBeLessThan(1e-9);
  });

  test("without a blank it shows the place that moved most", async () => {
    const {places, divergence: moved} = await measureEffect(model, "the cat sees a house", null, {
      kind: "value",
      head: 1,
      layer: 0,
      to: [2]
    });
    expect(moved![places[0]!.position]).toBe(Math.max(...moved!));
  });

  test("a pair has labels, whose probabilities sum to 1", async () => {
    const {labels} = await effect({kind: "head", head: 1, layer: null}, "a dog waits");
    expect(labels!.map(({label}) => label)).toEqual(["in order", "swapped"]);
    expect(sum(labels!.map(({before}) => before))).toBeCloseTo(1, 6);
    expect(sum(labels!.map(({after}) => after))).toBeCloseTo(1, 6);
    expect(labels![0]!.after).not.toBe(labels![0]!.before);
    expect((await effect({kind: "head", head: 1, layer: null})).labels).toBeNull();
  });

  test("attention that is high and irrelevant by construction has no effect", async () => {
    // Values and their bias are 0: whatever a head looks at, it reads nothing there.
    const data = new Map(
      [...model.data].map(([name, {shape, data}]) => [
        name,
        {shape, data: name.includes("attention.value") ? data.map(() => 0) : data}
      ])
    );
    const idle = {...model, data};
    const {probs} = await attend(idle, text, null);
    expect(Math.max(...probs.data)).toBeGreaterThan(2 / probs.shape[3]!);
    const head = {kind: "head", head: 1, layer: null} as const;
    const {divergence: moved} = await measureEffect(idle, text, null, head);
    expect(Math.max(...moved!)).toBeLessThan(1e-9);
  });

  test("refuses what is not there, and leaves no tensor behind", async () => {
    const {numTensors} = tf.memory();
    await expect(effect({kind: "head", head: 2, layer: null})).rejects.toThrow(/no head 2/);
    await expect(effect({kind: "head", head: 0, layer: 3})).rejects.toThrow(/no site layer\.3/);
    await expect(effect({kind: "value", head: 0, layer: 0, to: [99]})).rejects.toThrow(/index 99/);
    await effect({kind: "head", head: 0, layer: 0});
    await attend(model, text, null);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
