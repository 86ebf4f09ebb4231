import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {contributions} from "../../../../src/lib/albert/aggregate/contributions.js";
import {attentionGradients} from "../../../../src/lib/albert/aggregate/gradientAttention.js";
import {encode, type Intervention} from "../../../../src/lib/albert/forward.js";
import {dot} from "../../../../src/lib/albert/ops/arithmetic.js";
import {disposeParameters, uploadParameters} from "../../../../src/lib/albert/params.js";
import {exactBackends, useBackend} from "../backends.js";
import {tinyConfig, tinyInputs, tinyParameters} from "../tiny.js";

const config = tinyConfig({numHiddenLayers: 3});
const data = tinyParameters(config);
const inputs = {
  inputIds: [tinyInputs.inputIds[0]!],
  tokenTypeIds: [tinyInputs.tokenTypeIds[0]!]
};
const [depths, heads, n, hidden] = [3, 2, 7, 6];

/** One site of a run. */
function siteOf(site: string, interventions: Intervention[] = []): Float32Array {
  const params = uploadParameters(data);
  const values = tf.tidy(() =>
    encode(params, inputs, config, {capture: [site], interventions})
      .captured.get(site)!
      .dataSync<"float32">()
      .slice()
  );
  disposeParameters(params);
  return values;
}

const row = (values: Float32Array, i: number) => values.subarray(i * hidden, (i + 1) * hidden);
const inner = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

describe.each(exactBackends)("contributions on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test("value zeroing is the cosine distance that an intervention measures", async () => {
    const params = uploadParameters(data);
    const {numTensors} = tf.memory();
    const found = await contributions(params, inputs, config);
    expect(tf.memory().numTensors).toBe(numTensors);
    disposeParameters(params);
    expect(found).toHaveLength(depths);
    for (let depth = 0; depth < depths; ++depth) {
      const site = `layer.${depth}.output`;
      const plain = siteOf(site);
      for (let to = 0; to < n; ++to) {
        const value = {type: "replace", site: `layer.${depth}.attention.value`, value: 0} as const;
        const without = siteOf(site, [{...value, positions: [to]}]);
        for (let from = 0; from < n; ++from) {
          const [a, b] = [row(plain, from), row(without, from)];
          const cosine = inner(a, b) / Math.sqrt(inner(a, a) * inner(b, b));
          expect(found[depth]!.zeroing[from * n + to]).toBeCloseTo(1 - cosine, 5);
        }
      }
    }
  });

  test("the length of a vector is that of what attention loses without the value", async () => {
    const params = uploadParameters(data);
    const found = await contributions(params, inputs, config);
    disposeParameters(params);
    const site = "layer.1.attention.output";
    const plain = siteOf(site);
    for (let to = 0; to < n; ++to) {
      const value = {type: "replace", site: "layer.1.attention.value", value: 0} as const;
      const without = siteOf(site, [{...value, positions: [to]}]);
      for (let from = 0; from < n; ++from) {
        const lost = row(plain, from).map((x, i) => x - row(without, from)[i]!);
        expect(found[1]!.norms[from * n + to]).toBeCloseTo(Math.sqrt(inner(lost, lost)), 5);
      }
    }
  });

  test("the gradient of a score by attention is that of central differences", async () => {
    const weights = Float32Array.from({length: n * hidden}, (_, i) => Math.sin(i));
    const params = uploadParameters(data);
    const {numTensors} = tf.memory();
    const {probs, gradients, shape} = await attentionGradients(params, inputs, config, (output) =>
      dot(output, tf.tensor(weights, [1, n, hidden]))
    );
    expect(tf.memory().numTensors).toBe(numTensors);
    disposeParameters(params);
    expect(shape).toEqual([depths, heads, n, n]);
    expect(probs.subarray(0, heads * n * n)).toEqual(siteOf("layer.0.attention.probs"));
    const step = 1e-2;
    for (const [depth, at] of [
      [0, 5],
      [1, 60],
      [2, 97]
    ] as const) {
      const score = (delta: number) => {
        const values = new Float32Array(heads * n * n);
        values[at] = delta;
        const value = {shape: [1, heads, n, n], data: values};
        const site = `layer.${depth}.attention.probs`;
        return inner(siteOf("layer.2.output", [{type: "add", site, value}]), weights);
      };
      const slope = (score(step) - score(-step)) / (2 * step);
      const gradient = gradients[depth * heads * n * n + at]!;
      expect(Math.abs(gradient)).toBeGreaterThan(1e-4);
      expect(Math.abs(gradient - slope)).toBeLessThan(2e-3 + 0.01 * Math.abs(slope));
    }
  });
});
