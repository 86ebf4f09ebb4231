/**
 * Measures an update in its two forms, and tensor by tensor, on the wasm backend:
 * `npx tsx tests/lib/albert/optimizers/speed.ts`.
 */
import * as tf from "@tensorflow/tfjs-core";
import {disposeState, makeOptimizer} from "../../../../src/lib/albert/optimizers/optimizer.js";
import {disposeParameters, type Parameters} from "../../../../src/lib/albert/params.js";
import {useBackend} from "../backends.js";

const shapes = [
  [1000, 32],
  [128, 32],
  [128, 32],
  ...Array.from({length: 4}, () => [128, 128]),
  [512, 128],
  [128, 512],
  [128, 128],
  [32, 128],
  [1000],
  ...Array.from({length: 20}, () => [128])
];

function make(scale: number): Parameters {
  return new Map(
    shapes.map((shape, i) => [
      `p${i}`,
      tf.keep(tf.mul(tf.randomNormal(shape, 0, 1, "float32", i), scale))
    ])
  );
}

async function median(run: () => Promise<void> | void): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 60; ++i) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.slice(20).sort((a, b) => a - b)[20]!;
}

/** AdamW as it is usually written: a dozen kernels for each tensor. */
function tensorByTensor(params: Parameters, grads: Parameters, moments: Parameters[]): void {
  const [first, second] = moments as [Parameters, Parameters];
  for (const [name, w] of params)
    tf.tidy(() => {
      const g = grads.get(name)!;
      const m = tf.add(tf.mul(first.get(name)!, 0.9), tf.mul(g, 0.1));
      const v = tf.add(tf.mul(second.get(name)!, 0.999), tf.mul(tf.square(g), 0.001));
      const u = tf.add(tf.div(tf.mul(m, 2), tf.add(tf.sqrt(tf.mul(v, 3)), 1e-6)), tf.mul(w, 0.01));
      tf.sub(w, tf.mul(u, 1e-3));
    });
}

for (const backend of ["wasm", "cpu"]) {
  await useBackend(backend);
  const params = make(0.02);
  const grads = make(0.001);
  const size = [...params.values()].reduce((sum, {size}) => sum + size, 0);
  console.log(`${backend}: ${params.size} tensors, ${size} weights, median ms of an update`);
  for (const name of ["adamw", "lamb_google"] as const)
    for (const form of ["arrays", "tensors"] as const) {
      const optimizer = makeOptimizer(name, {weightDecay: 0.01, form});
      const state = optimizer.init(params);
      const ms = await median(async () => {
        const next = optimizer.update(params, grads, state, {learningRate: 1e-3});
        await [...next.params.values()].at(-1)!.data();
        disposeParameters(next.params);
        disposeState(next.state);
      });
      console.log(`  ${name} ${form}: ${ms.toFixed(2)}`);
    }
  const moments = [make(0.1), make(0)];
  const ms = await median(() => tensorByTensor(params, grads, moments));
  console.log(`  adamw tensor by tensor: ${ms.toFixed(2)}`);
}
