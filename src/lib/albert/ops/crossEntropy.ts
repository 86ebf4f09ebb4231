import * as tf from "@tensorflow/tfjs-core";
import {operation} from "../tensor.js";
import {oneHotRows} from "./rows.js";

/** A weighted cross-entropy and how often the label had the largest logit. */
export interface CrossEntropy {
  /** Scalar: `Σ w·(log Σ_c exp x_c − x_label) / max(Σ w, tiny)`. */
  loss: tf.Scalar;
  /** Scalar: `Σ w` over rows whose label has the largest logit. */
  correct: tf.Scalar;
}

/**
 * Weighted mean of the softmax cross-entropy of rows. The logarithm of the normaliser is
 * `max x − log max softmax(x)`, which neither overflows nor needs an exponential of its own.
 *
 * Gradient: `dx = dloss·(softmax(x) − onehot)·w/Σw`.
 *
 * @param logits `[rows, classes]`
 * @param labels class of each row, in [0, classes); any value where the weight is 0
 * @param weights of each row, 0 ignores it; all 1 if absent
 * @returns 0/0 = NaN as loss if every weight is 0, as the reference does
 */
export function crossEntropy(
  logits: tf.Tensor,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>
): CrossEntropy {
  const [rows, classes] = logits.shape as [number, number];
  const w = Float32Array.from({length: rows}, (_, i) => weights?.[i] ?? 1);
  const ids = Int32Array.from({length: rows}, (_, i) => (w[i] === 0 ? 0 : labels[i]!));
  const total = w.reduce((a, b) => a + b, 0);
  const {value, extra} = operation(
    [logits],
    () => {
      const probs = tf.softmax(logits);
      const oneHot = oneHotRows(tf.tensor1d(ids, "int32"), classes);
      const ofLabel = tf.sum(tf.mul(logits, oneHot), -1); // [rows]
      const largest = tf.max(logits, -1);
      const each = tf.sub(tf.sub(largest, tf.log(tf.max(probs, -1))), ofLabel);
      const hits = tf.cast(tf.greaterEqual(ofLabel, largest), "float32");
      const share = tf.tensor1d(w.map((x) => x / total));
      return {
        value: tf.sum(tf.mul(each, share)),
        saved: [probs, oneHot, share],
        extra: [tf.sum(tf.mul(hits, tf.tensor1d(w)))]
      };
    },
    (dy, [probs, oneHot, share]) => {
      const rowShare = tf.mul(tf.reshape(share!, [rows, 1]), dy);
      return [tf.mul(tf.sub(probs!, oneHot!), rowShare)];
    }
  );
  return {loss: value as tf.Scalar, correct: extra[0] as tf.Scalar};
}
