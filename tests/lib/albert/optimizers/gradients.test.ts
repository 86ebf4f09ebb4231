import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {
  clipScale,
  globalNorm,
  readsCheaply,
  setEmulated
} from "../../../../src/lib/albert/optimizers/gradients.js";
import {useBackend} from "../backends.js";

beforeAll(() => useBackend("cpu"));

describe("globalNorm(grads)", () => {
  test("joins arrays and tensors, and leaks nothing", async () => {
    const tensor = tf.tensor2d([[2, 4]]);
    const before = tf.memory().numTensors;
    const grads = new Map<string, tf.Tensor | Float32Array>([
      ["a", tensor],
      ["b", Float32Array.of(5, 6)]
    ]);
    expect(await globalNorm(grads)).toBe(9);
    expect(tf.memory().numTensors).toBe(before);
    tensor.dispose();
  });

  test("does not depend on the order of the map", async () => {
    const entries = Array.from({length: 9}, (_, i): [string, Float32Array] => [
      `t${i}`,
      Float32Array.from({length: 11}, (_, k) => Math.sin(i * 11 + k) * 10 ** (i - 4))
    ]);
    expect(await globalNorm(new Map(entries))).toBe(await globalNorm(new Map(entries.reverse())));
  });

  test("is not finite if a gradient is not", async () => {
    expect(await globalNorm(new Map([["a", Float32Array.of(1, NaN)]]))).toBeNaN();
    expect(await globalNorm(new Map([["a", Float32Array.of(1, Infinity)]]))).toBe(Infinity);
  });
});

describe("clipScale(norm, maxNorm, style)", () => {
  test("brings the norm down to the largest allowed", () => {
    expect(clipScale(8, 2, "tf")).toBe(0.25);
    expect(clipScale(8, 2, "torch")).toBe(2 / 8.000001);
    expect(clipScale(1, 2, "tf")).toBe(1);
    expect(clipScale(1, 2, "torch")).toBe(1);
  });

  test("does nothing where clipping is off", () => {
    expect(clipScale(8, 0)).toBe(1);
    expect(clipScale(8, Infinity)).toBe(1);
  });
});

test("readsCheaply(): a backend that could be a card's does once it is said to be emulated", async () => {
  class Card extends tf.KernelBackend {
    override dispose(): void {}
  }
  for (const name of ["first card", "second card"]) tf.registerBackend(name, () => new Card());
  tf.setBackend("first card");
  expect(readsCheaply()).toBe(false);
  setEmulated();
  expect(readsCheaply()).toBe(true);
  tf.setBackend("second card");
  expect(readsCheaply()).toBe(false);
  await useBackend("cpu");
  expect(readsCheaply()).toBe(true);
  for (const name of ["first card", "second card"]) tf.removeBackend(name);
});
