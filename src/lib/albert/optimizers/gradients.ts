import * as tf from "@tensorflow/tfjs-core";

/** One gradient per tensor name: a tensor, or its values read back. */
export type Gradients = Map<string, tf.Tensor | Float32Array>;

/** How the clipping factor is computed: torch adds 1e-6 to the norm, TensorFlow does not. */
export type ClipStyle = "torch" | "tf";

/**
 * The L2 norm of all gradients together, a shared tensor counted once. Tensors are visited in the
 * order of their names, whatever that of the map, so that the sum is the same to the last bit.
 *
 * @returns NaN or Infinity if a gradient holds one
 */
export async function globalNorm(grads: Gradients): Promise<number> {
  const names = [...grads.keys()].sort();
  let total = 0;
  const tensors: tf.Tensor[] = [];
  for (const name of names) {
    const gradient = grads.get(name)!;
    if (gradient instanceof Float32Array) total += sumOfSquares(gradient);
    else tensors.push(gradient);
  }
  if (tensors.length > 0) {
    // laid end to end as `updateFlat` has them: a few kernels, not some for each tensor
    const sum = tf.tidy(() => tf.sum(tf.sum(inRows(tf.square(joinFlat(tensors))), 1)));
    total += (await sum.data())[0]!;
    sum.dispose();
  }
  return Math.sqrt(total);
}

/** Tensors laid end to end, `[size]`. */
export function joinFlat(tensors: tf.Tensor[]): tf.Tensor1D {
  return tf.concat1d(tensors.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [tensor.size])));
}

/**
 * A vector as rows, zeros after its end: tfjs sums a vector whose length is a prime, or twice one, in
 * a single loop.
 *
 * @returns `[rows, 1024]`
 */
function inRows(vector: tf.Tensor1D): tf.Tensor2D {
  const width = 1024;
  const rows = Math.ceil(vector.size / width);
  return tf.reshape(tf.pad(vector, [[0, rows * width - vector.size]]), [rows, width]);
}

function sumOfSquares(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; ++i) sum += values[i]! * values[i]!;
  return sum;
}

/**
 * The factor that brings a gradient's norm down to `maxNorm`: `min(1, max/(norm + 1e-6))` (torch) or
 * `max/max(norm, max)` (tf).
 *
 * @param maxNorm 0 or Infinity for no clipping
 */
export function clipScale(norm: number, maxNorm: number, style: ClipStyle = "torch"): number {
  if (!(maxNorm > 0 && maxNorm < Infinity)) return 1;
  return style === "torch"
    ? Math.min(1, maxNorm / (norm + 1e-6))
    : maxNorm / Math.max(norm, maxNorm);
}

/** Backends that were found to compute on the processor although they could be a card's. */
const emulated = new WeakSet<object>();

/** Says that the active backend computes on the processor, as webgl does without a card. */
export function setEmulated(): void {
  emulated.add(tf.backend());
}

/** Whether the active backend reads a tensor back by a copy in memory, not by waiting for a device. */
export function readsCheaply(): boolean {
  return tf.getBackend() === "cpu" || tf.getBackend() === "wasm" || emulated.has(tf.backend());
}

/**
 * The sum of two sets of gradients, for gradient accumulation; an empty first set is nothing. Tensors
 * of both are freed; arrays of the second may be kept.
 *
 * @throws Error if the sets differ in names or form
 */
export function addGradients(a: Gradients, b: Gradients): Gradients {
  if (a.size === 0) return b;
  const sum: Gradients = new Map();
  for (const [name, x] of a) {
    const y = b.get(name);
    if (x instanceof Float32Array && y instanceof Float32Array)
      sum.set(
        name,
        x.map((value, i) => value + y[i]!)
      );
    else if (x instanceof tf.Tensor && y instanceof tf.Tensor) {
      sum.set(name, tf.keep(tf.add(x, y)));
      tf.dispose([x, y]);
    } else throw new Error(`gradients of ${name} cannot be added`);
  }
  return sum;
}
