/** Runs in a browser: operations whose shaders are shared, on webgl and on the processor. */
import * as tf from "@tensorflow/tfjs-core";
import {setEmulated} from "../../../../src/lib/albert/optimizers/gradients.js";
import {plainStepper} from "../../../../src/lib/albert/plainStepper.js";
import {
  selfTestBatch,
  selfTestConfig,
  selfTestParameters
} from "../../../../src/lib/engine/selfTest.js";
import "../../../../src/lib/engine/browserBackends.js";
import {shareShaders} from "../../../../src/lib/engine/webgl/sharedShaders.js";

/** Numbers that are the same for each size, some of them negative. */
function values(shape: number[]): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(
    Float32Array.from({length: size}, (_, i) => ((i * 7919) % 1000) / 500 - 0.5),
    shape
  );
}

const indices = (count: number, below: number) =>
  tf.tensor1d(
    Int32Array.from({length: count}, (_, i) => (i * 7) % below),
    "int32"
  );

/** What is computed for each pair of sizes, both above 1. */
const operations: [name: string, of: (m: number, n: number) => tf.Tensor][] = [
  ["sum of rows", (m, n) => tf.sum(values([m, n]), -1)],
  ["sum of columns", (m, n) => tf.sum(values([m, n]), 0)],
  ["sum of all", (m, n) => tf.sum(values([m, n]))],
  ["sum of a sum", (m, n) => tf.sum(tf.square(values([m, n])), -1, true)],
  ["mean", (m, n) => tf.mean(values([m, n]), -1, true)],
  ["maximum", (m, n) => tf.max(tf.sub(values([m, n]), 5), -1)],
  ["maximum without a number", (m, n) => tf.max(tf.log(values([m, n])), -1)],
  ["softmax", (m, n) => tf.softmax(values([m, 2, n]))],
  ["transpose", (m, n) => tf.transpose(tf.neg(values([m, n])))],
  ["heads apart", (m, n) => tf.transpose(tf.neg(values([2, m, 3, n])), [0, 2, 1, 3])],
  ["axes turned", (m, n) => tf.transpose(tf.neg(values([m, 3, n])), [1, 0, 2])],
  [
    "padded rows",
    (m, n) =>
      tf.pad(
        tf.neg(values([m, n])),
        [
          [0, m],
          [2, 0]
        ],
        0.5
      )
  ],
  ["padded list", (m, n) => tf.pad(tf.neg(values([m + n])), [[m, n]])],
  ["slice", (m, n) => tf.slice(tf.neg(values([m + 3, n + 2])), [2, 1], [m, n])],
  ["slice of a list", (m, n) => tf.slice(tf.neg(values([m + n])), [m], [n])],
  ["one-hot", (m, n) => tf.oneHot(indices(m * 3, n), n)],
  ["rows by index", (m, n) => tf.gatherND(values([n, m]), tf.reshape(indices(9, n), [9, 1]))],
  ["product", (m, n) => tf.matMul(values([m, 8]), values([n, 8]), false, true)],
  ["product of the turned", (m, n) => tf.matMul(values([8, m]), values([8, n]), true)],
  ["product, second turned", (m, n) => tf.matMul(values([m, n]), values([m + 1, n]), false, true)],
  ["products", (m, n) => tf.matMul(values([2, 3, m, n]), values([2, 3, n, 5]))],
  ["products, first turned", (m, n) => tf.matMul(values([3, n, m]), values([3, n, 5]), true)],
  ["one for all products", (m, n) => tf.matMul(values([3, m, n]), values([1, n, 5]))],
  [
    "product and a row",
    (m, n) => tf.fused.matMul({a: values([m, n]), b: values([n, 6]), bias: values([6])})
  ],
  [
    "product, a row, and nothing below zero",
    (m, n) =>
      tf.fused.matMul({
        a: values([m, n]),
        b: values([n, 6]),
        bias: values([6]),
        activation: "relu"
      })
  ],
  ["turned, of one", (m, n) => tf.transpose(tf.neg(values([1, m, n])), [0, 2, 1])],
  ["error function of one", (m, n) => tf.erf(tf.reshape(tf.erf(values([1, m, n])), [1, n, m]))],
  ["two joined", (m, n) => tf.concat([values([m]), tf.neg(values([n]))])],
  [
    "twenty joined",
    (m, n) =>
      tf.concat(Array.from({length: 20}, (_, i) => tf.mul(values([(i % 2 ? m : n) + i]), i + 1)))
  ],
  ["equals", (m, n) => tf.mul(tf.neg(values([m, n])), values([m, n]))],
  ["equals of three", (m, n) => tf.sub(tf.neg(values([3, m, n])), tf.square(values([3, m, n])))],
  ["equals of four", (m, n) => tf.add(tf.neg(values([2, m, 2, n])), values([2, m, 2, n]))],
  ["equal lists", (m, n) => tf.mul(tf.neg(values([m * n])), values([m * n]))],
  [
    "equals folded otherwise",
    (m, n) => tf.mul(tf.reshape(tf.neg(values([m * 2, n])), [m, 2, n]), values([m, 2, n]))
  ],
  // more rows than a texture has
  [
    "equals of four, folded",
    (m, n) => tf.mul(values([20, m, 4, 1 + (n % 49)]), values([20, m, 4, 1 + (n % 49)]))
  ],
  ["one for all of four, folded", (m, n) => tf.mul(values([20, m, 4, 1 + (n % 49)]), 3)],
  [
    "sums of a list and of rows",
    (m, n) =>
      tf.add(tf.sum(tf.neg(values([m * n * 8]))), tf.sum(tf.neg(values([m * 40, 1 + (n % 7)])), -1))
  ],
  [
    "product of lists",
    (m, n) => {
      const a = tf.reshape(tf.add(values([m]), 3), [1, m]);
      return tf.matMul(a, tf.reshape(tf.add(values([n]), 2), [1, n]), true);
    }
  ],
  ["one for all", (m, n) => tf.mul(tf.neg(values([m, 2, n])), tf.neg(tf.scalar(3)))],
  ["one for a list", (m, n) => tf.mul(tf.neg(values([m * n])), tf.neg(tf.scalar(3)))],
  ["all from one", (m, n) => tf.sub(tf.neg(tf.tensor2d([[3]])), values([m, n]))],
  ["two ones", (m, n) => tf.add(tf.neg(tf.scalar(m)), tf.tensor1d([n]))],
  ["a row for all", (m, n) => tf.add(tf.neg(values([m, n])), values([n]))],
  ["a row for all of three", (m, n) => tf.sub(tf.neg(values([3, m, n])), values([1, n]))],
  ["a row for all of four", (m, n) => tf.mul(values([n]), tf.neg(values([2, m, 3, n])))],
  ["a column for all", (m, n) => tf.add(tf.neg(values([m, n])), values([m, 1]))],
  ["a column for all of four", (m, n) => tf.sub(values([2, 3, m, n]), values([2, 3, m, 1]))],
  ["a list of lists for all", (m, n) => tf.add(tf.neg(values([2, m, n])), values([2, 1, n]))],
  ["quotient", (m, n) => tf.div(tf.neg(values([m, n])), tf.add(values([m, n]), 2))],
  ["quotient by a column", (m, n) => tf.div(values([2, m, n]), tf.add(values([2, m, 1]), 2))],
  // what is beyond the last column meets what is beyond the last row
  [
    "product of quotients",
    (m, n) =>
      tf.matMul(tf.div(values([m, n]), tf.add(values([m, n]), 2)), tf.div(values([n, m]), 3))
  ],
  ["larger", (m, n) => tf.cast(tf.greaterEqual(values([m, n]), values([n])), "float32")],
  ["reshaped", (m, n) => tf.reshape(tf.neg(values([m, n])), [n, m])],
  ["reshaped from four", (m, n) => tf.reshape(tf.neg(values([2, m, 3, n])), [m * 3, n * 2])],
  ["reshaped to four", (m, n) => tf.reshape(tf.neg(values([m * 6, n])), [3, n, 2, m])],
  ["reshaped to a list", (m, n) => tf.neg(tf.reshape(tf.neg(values([m, n])), [m * n]))],
  ["reshaped from a list", (m, n) => tf.reshape(tf.neg(values([m * n])), [m, n])],
  ["one number each", (m, n) => tf.exp(tf.tanh(tf.neg(values([m, 2, n]))))],
  ["one number each of four", (m, n) => tf.sqrt(tf.square(tf.neg(values([2, m, 2, n]))))],
  ["one number each of a list", (m, n) => tf.rsqrt(tf.add(tf.neg(values([m * n])), 1))]
];

export const names = operations.map(([name]) => name);

let compiled = 0;

/** False if the browser has no webgl. */
export async function begin(): Promise<boolean> {
  const context = WebGL2RenderingContext.prototype;
  const link = context.linkProgram;
  context.linkProgram = function (program) {
    ++compiled;
    link.call(this, program);
  };
  shareShaders();
  tf.env().set("WEBGL_CPU_FORWARD", false); // small tensors, too, are computed there
  tf.env().set("WEBGL_MAX_TEXTURE_SIZE", 300); // the larger sizes do not fit as they are
  return tf.setBackend("webgl").catch(() => false);
}

/**
 * How far webgl is from the processor, relative to the largest number (Infinity where a shape or what
 * is no number differs), and how many shaders were compiled for it.
 */
export async function compute(operation: number, m: number, n: number) {
  const before = compiled;
  const [webgl, cpu] = [await on("webgl"), await on("cpu")];
  const finite = cpu.values.map((x) => (Number.isFinite(x) ? Math.abs(x) : 0));
  const largest = finite.reduce((a, b) => Math.max(a, b));
  const apart = cpu.values.map((x, i) =>
    Object.is(x, webgl.values[i]!) ? 0 : Math.abs(x - webgl.values[i]!) / largest
  );
  const isSame = webgl.shape === cpu.shape && apart.every((x) => Number.isFinite(x));
  return {
    error: isSame ? apart.reduce((a, b) => Math.max(a, b)) : Infinity,
    compiled: compiled - before
  };

  async function on(backend: string) {
    await tf.setBackend(backend);
    const tensor = tf.tidy(() => operations[operation]![1](m, n));
    const values = Array.from(await tensor.data());
    tensor.dispose();
    return {shape: tensor.shape.join(), values};
  }
}

/** Trains the self-test's model: how many shaders a first step compiles on an emulated card, and a second. */
export async function train(): Promise<{losses: number[]; compiled: number[]}> {
  const settings = {optimizer: "adamw" as const, options: {}, maxGradientNorm: 1, seed: 1};
  const on = async (backend: string) => {
    await tf.setBackend(backend);
    if (backend === "webgl") setEmulated();
    const stepper = plainStepper(selfTestConfig, selfTestParameters(), settings);
    const losses: number[] = [];
    const compiledBy: number[] = [];
    for (let step = 0; step < 2; ++step) {
      const before = compiled;
      const result = await stepper.step(selfTestBatch, step, 0.01);
      if ("diverged" in result) throw new Error(result.diverged);
      losses.push(result.loss);
      compiledBy.push(compiled - before);
    }
    stepper.dispose();
    return {losses, compiled: compiledBy};
  };
  const cpu = await on("cpu");
  const webgl = await on("webgl");
  return {
    losses: webgl.losses.map((loss, i) => loss - cpu.losses[i]!),
    compiled: webgl.compiled
  };
}
