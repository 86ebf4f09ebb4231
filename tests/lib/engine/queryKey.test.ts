import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, expect, test} from "vitest";
import {attend} from "../../../src/lib/engine/ask.js";
import {queryKey} from "../../../src/lib/engine/queryKey.js";
import {useBackend} from "../albert/backends.js";
import {tinyModel} from "./tinyModel.js";

const model = tinyModel(40);
const input = {text: "the cat sees a house", pair: null, layer: 1, head: 1, from: 3};

beforeAll(() => useBackend("cpu"));

test("the softmax of query times key is the row that attention has", async () => {
  const {numTensors} = tf.memory();
  const {query, keys, probs} = await queryKey(model, input);
  expect(tf.memory().numTensors).toBe(numTensors);
  const [n, size] = keys.shape as [number, number];
  expect([query.length, size]).toEqual([3, 3]);
  const scores = Array.from({length: n}, (_, to) =>
    query.reduce((sum, q, d) => sum + (q * keys.data[to * size + d]!) / Math.sqrt(size), 0)
  );
  const powers = scores.map(Math.exp);
  const total = powers.reduce((a, b) => a + b);
  expect(probs).toBeAllClose(
    powers.map((p) => p / total),
    {rtol: 1e-5, atol: 1e-6}
  );
  const attention = await attend(model, input.text, null);
  const start = ((1 * 2 + 1) * n + 3) * n;
  expect(probs).toEqual(attention.probs.data.slice(start, start + n));
});

test.each([
  [{layer: 3}, "depth: 4 (expected 1 to 3)"],
  [{head: -1}, "head: 0 (expected 1 to 2)"],
  [{from: 99}, "piece: 100 (expected"]
])("refuses %o", async (change, message) => {
  await expect(queryKey(model, {...input, ...change})).rejects.toThrow(message);
});
