import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {
  disposeState,
  makeOptimizer,
  type OptimizerOptions,
  type OptimizerState
} from "../../../../src/lib/albert/optimizers/optimizer.js";
import {rules, type OptimizerName} from "../../../../src/lib/albert/optimizers/rule.js";
import {disposeParameters, type Parameters} from "../../../../src/lib/albert/params.js";
import {exactBackends, useBackend} from "../backends.js";

const names = Object.keys(rules) as OptimizerName[];
const shapes: [string, number[]][] = [
  ["layer.weight", [3, 5]],
  ["layer.bias", [7]],
  ["LayerNorm.weight", [11]],
  ["body.weight", [2, 3, 2]]
];
const lambda = 0.3;
const settings = {beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: lambda};

function start(order = shapes): Parameters {
  return new Map(
    order.map(([name, shape]) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const values = Float32Array.from({length: size}, (_, i) => Math.sin(i + name.length));
      // A tensor of zeros has no norm, so its trust ratio is 1.
      if (name === "layer.bias") values.fill(0);
      return [name, tf.keep(tf.tensor(values, shape, "float32"))];
    })
  );
}

/** A gradient that depends on the weights and on the step. */
function gradientOf(params: Parameters, step: number): Map<string, Float32Array> {
  return new Map(
    Array.from(params, ([name, tensor]) => [
      name,
      tensor.dataSync<"float32">().map((w, i) => Math.cos(3 * w + i * step) + 0.1 * w)
    ])
  );
}

/** Steps from..to-1; disposes what it replaces. */
function run(
  name: OptimizerName,
  options: OptimizerOptions,
  from: number,
  to: number,
  params: Parameters,
  state: OptimizerState
): {params: Parameters; state: OptimizerState} {
  const optimizer = makeOptimizer(name, {...settings, ...options});
  for (let step = from; step < to; ++step) {
    const next = optimizer.update(params, gradientOf(params, step), state, {
      learningRate: 0.05 / (1 + step),
      scale: 0.7
    });
    disposeParameters(params);
    disposeState(state);
    ({params, state} = next);
  }
  return {params, state};
}
function values(params: Parameters): Map<string, number[]> {
  return new Map(Array.from(params, ([name, tensor]) => [name, Array.from(tensor.dataSync())]));
}

/** The optimizers written out one after the other from their papers and sources, in doubles. */
function reference(name: OptimizerName, steps: number): Map<string, number[]> {
  const {beta1, beta2, epsilon} = settings;
  const params = start();
  const result = values(params);
  disposeParameters(params);
  for (const [tensor, w] of result) {
    const isPlain = /bias|LayerNorm/.test(tensor);
    const m = w.map(() => 0);
    const v = w.map(() => 0);
    for (let step = 0; step < steps; ++step) {
      const rate = 0.05 / (1 + step);
      const t = step + 1;
      let g = w.map((x, i) => 0.7 * (Math.cos(3 * x + i * step) + 0.1 * x));
      if (name === "adam") g = g.map((x, i) => x + lambda * w[i]!);
      g.forEach((x, i) => {
        m[i] = beta1 * m[i]! + (1 - beta1) * x;
        v[i] = beta2 * v[i]! + (1 - beta2) * x * x;
      });
      const norm = (x: number[]) => Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
      const corrected = m.map(
        (x, i) => x / (1 - beta1 ** t) / (Math.sqrt(v[i]! / (1 - beta2 ** t)) + epsilon)
      );
      const raw = m.map((x, i) => x / (Math.sqrt(v[i]!) + epsilon));
      if (name === "adam") corrected.forEach((u, i) => (w[i]! -= rate * u));
      if (name === "adamw")
        corrected.forEach((u, i) => {
          if (!isPlain) w[i]! *= 1 - rate * lambda;
          w[i]! -= rate * u;
        });
      if (name === "adamw_google" || name === "lamb_google") {
        const u = raw.map((x, i) => x + (isPlain ? 0 : lambda * w[i]!));
        const ratio = name === "lamb_google" && !isPlain ? norm(w) / norm(u) : 1;
        u.forEach((x, i) => (w[i]! -= rate * ratio * x));
      }
      if (name === "lamb_paper") {
        const u = corrected.map((x, i) => x + lambda * w[i]!);
        const ratio = norm(w) > 0 && norm(u) > 0 ? norm(w) / norm(u) : 1;
        u.forEach((x, i) => (w[i]! -= rate * ratio * x));
      }
    }
  }
  return result;
}

describe.each(exactBackends)("makeOptimizer(name, options) on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(names)("%s follows its formula, in both forms", (name) => {
    const expected = reference(name, 6);
    for (const form of ["arrays", "tensors"] as const) {
      const params = start();
      const state = makeOptimizer(name, {...settings, form}).init(params);
      const end = run(name, {form}, 0, 6, params, state);
      for (const [tensor, numbers] of values(end.params))
        expect(numbers).toBeAllClose(expected.get(tensor)!, {rtol: 2e-5, atol: 2e-6});
      disposeParameters(end.params);
      disposeState(end.state);
    }
  });

  test.each(names)("%s continues to the last bit after saving and restoring", async (name) => {
    for (const form of ["arrays", "tensors"] as const) {
      const optimizer = makeOptimizer(name, {...settings, form});
      const first = start();
      const straight = run(name, {form}, 0, 20, first, optimizer.init(first));

      const second = start();
      const half = run(name, {form}, 0, 10, second, optimizer.init(second));
      const stored = await optimizer.save(half.state);
      expect(stored.step).toBe(10);
      // A checkpoint may give the tensors back in any order.
      const kept = values(half.params);
      const loaded: Parameters = new Map(
        [...shapes]
          .reverse()
          .map(([tensor, shape]) => [tensor, tf.keep(tf.tensor(kept.get(tensor)!, shape))])
      );
      disposeParameters(half.params);
      disposeState(half.state);
      const resumed = run(name, {form}, 10, 20, loaded, optimizer.restore(loaded, stored));
      const expected = values(straight.params);
      for (const [tensor, numbers] of values(resumed.params))
        expect(numbers).toEqual(expected.get(tensor));
      expect(await optimizer.save(resumed.state)).toEqual(await optimizer.save(straight.state));
      for (const end of [straight, resumed]) {
        disposeParameters(end.params);
        disposeState(end.state);
      }
    }
  });

  test("keeps untrained tensors to the bit, and only they need no gradient", () => {
    for (const form of ["arrays", "tensors"] as const) {
      const options = {form, trainable: (name: string) => name.startsWith("layer.")};
      const optimizer = makeOptimizer("adamw", {...settings, ...options});
      const params = start();
      const before = values(params);
      const grads = gradientOf(params, 1);
      grads.delete("body.weight");
      grads.delete("LayerNorm.weight");
      const state = optimizer.init(params);
      const next = optimizer.update(params, grads, state, {learningRate: 0.1});
      disposeParameters(params); // what is left must not share the old handles
      const after = values(next.params);
      expect(after.get("body.weight")).toEqual(before.get("body.weight"));
      expect(after.get("LayerNorm.weight")).toEqual(before.get("LayerNorm.weight"));
      expect(after.get("layer.weight")).not.toEqual(before.get("layer.weight"));
      expect([...after.keys()]).toEqual([...before.keys()]);
      grads.delete("layer.bias");
      expect(() => optimizer.update(next.params, grads, state, {learningRate: 1})).toThrow(
        "no gradient for layer.bias"
      );
      disposeParameters(next.params);
      disposeState(next.state);
      disposeState(state);
    }
  });

  test("changes nothing that it was given and leaks nothing", () => {
    const before = tf.memory().numTensors;
    for (const form of ["arrays", "tensors"] as const) {
      const optimizer = makeOptimizer("lamb_google", {...settings, form});
      const params = start();
      const given = values(params);
      const state = optimizer.init(params);
      const grads = gradientOf(params, 1);
      const once = optimizer.update(params, grads, state, {learningRate: 0.1});
      const again = optimizer.update(params, grads, state, {learningRate: 0.1});
      expect(values(params)).toEqual(given);
      expect(values(again.params)).toEqual(values(once.params));
      for (const end of [{params, state}, once, again]) {
        disposeParameters(end.params);
        disposeState(end.state);
      }
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
