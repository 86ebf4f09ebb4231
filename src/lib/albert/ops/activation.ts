import * as tf from "@tensorflow/tfjs-core";
import type {Activation} from "../config.js";
import {operation} from "../tensor.js";

/** The feed-forward layer's activation, of any shape. */
export function activation(x: tf.Tensor, name: Activation): tf.Tensor {
  if (name === "gelu_new") return geluNew(x);
  return name === "gelu" ? gelu(x) : relu(x);
}

const linear = 2 * Math.sqrt(2 / Math.PI);
const cubic = linear * 0.044715;

/**
 * GELU, tanh form: `½x(1 + tanh(√(2/π)(x + 0.044715x³)))`, computed as `x·σ(z)` with
 * `z = x(a + bx²)`, `a = 2√(2/π)`, `b = 0.044715a`, since `½(1 + tanh u) = σ(2u)` and the sigmoid is
 * the cheaper kernel on wasm.
 *
 * Gradient: `dx = dy·(σ + y(1 − σ)(a + 3bx²))`.
 */
export function geluNew(x: tf.Tensor): tf.Tensor {
  return operation(
    [x],
    () => {
      const z = tf.mul(x, tf.add(tf.mul(tf.square(x), cubic), linear));
      const s = tf.sigmoid(z);
      const y = tf.mul(x, s);
      return {value: y, saved: [x, s, y]};
    },
    (dy, [x, s, y]) => {
      const slope = tf.add(tf.mul(tf.square(x!), 3 * cubic), linear);
      const rest = tf.mul(tf.sub(y!, tf.mul(y!, s!)), slope);
      return [tf.mul(dy, tf.add(s!, rest))];
    }
  ).value;
}

/**
 * GELU, erf form: `xΦ(x)` with `Φ(x) = ½(1 + erf(x/√2))`.
 *
 * Gradient: `dx = dy·(Φ + x·exp(−x²/2)/√(2π))`, the exponential of `t ≤ 0` as `σ(t)/(1 − σ(t))`,
 * which is exact to rounding and the cheaper kernel on wasm.
 */
export function gelu(x: tf.Tensor): tf.Tensor {
  return operation(
    [x],
    () => {
      const phi = tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);
      return {value: tf.mul(x, phi), saved: [x, phi]};
    },
    (dy, [x, phi]) => {
      const s = tf.sigmoid(tf.mul(tf.square(x!), -0.5));
      const bell = tf.div(s, tf.sub(1, s));
      const density = tf.mul(tf.mul(x!, bell), 1 / Math.sqrt(2 * Math.PI));
      return [tf.mul(dy, tf.add(phi!, density))];
    }
  ).value;
}

/** `log(1 + exp(x))`, above 0. Gradient: `dx = dy·σ(x)`. */
export function softplus(x: tf.Tensor): tf.Tensor {
  return operation(
    [x],
    () => ({value: tf.softplus(x), saved: [x]}),
    (dy, [x]) => [tf.mul(dy, tf.sigmoid(x!))]
  ).value;
}

/** `max(x, 0)`. Gradient: `dx = dy` where `x > 0`, else 0. */
export function relu(x: tf.Tensor): tf.Tensor {
  return operation(
    [x],
    () => ({value: tf.relu(x), saved: [x]}),
    (dy, [x]) => [tf.mul(dy, tf.step(x!))]
  ).value;
}
