/** Runs in a browser: operations whose shaders are shared, on webgl and on the processor. */
import * as tf from "@tensorflow/tfjs-core";
import "../../../src/lib/engine/browserBackends.js";
import {shareShaders} from "../../../src/lib/engine/sharedShaders.js";

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
  ["turned, of one", (m, n) => tf.transpose(tf.neg(values([1, m, n])), [0, 2, 1])],
  ["error function of one", (m, n) => tf.erf(tf.reshape(tf.erf(values([1, m, n])), [1, n, m]))],
  ["two joined", (m, n) => tf.concat([values([m]), tf.neg(values([n]))])],
  [
    "twenty joined",
    (m, n) =>
      tf.concat(Array.from({length: 20}, (_, i) => tf.mul(values([(i % 2 ? m : n) + i]), i + 1)))
  ]
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
