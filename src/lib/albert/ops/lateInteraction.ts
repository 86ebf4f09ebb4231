import * as tf from "@tensorflow/tfjs-core";
import {operation} from "../tensor.js";
import {batchProduct} from "./product.js";

/**
 * Rows of length 1: `y = x / √(x·x + ε)`, with an ε that keeps a row of zeros finite.
 *
 * Gradient: `dx = (dy − y (dy·y)) / √(x·x + ε)`.
 *
 * @param x rows along the last axis
 */
export function unitRows(x: tf.Tensor): tf.Tensor {
  return operation(
    [x],
    () => {
      const length = tf.sqrt(tf.add(tf.sum(tf.square(x), -1, true), 1e-12));
      const value = tf.div(x, length);
      return {value, saved: [value, length]};
    },
    (dy, [y, length]) => [tf.div(tf.sub(dy, tf.mul(y!, tf.sum(tf.mul(dy, y!), -1, true))), length!)]
  ).value;
}

/**
 * How well the pieces of one text are found in another, and the other way round: each piece takes the
 * cosine of the piece that is most like it, and a text the mean of these over its pieces, weighted by
 * how much each piece matters:
 * `P = Σ_i s_i max_j a_i·b_j / Σ_i s_i`, `R = Σ_j s_j max_i a_i·b_j / Σ_j s_j`.
 * Pieces out of the mask neither count nor are found; a text without pieces finds 0, and what looks
 * for one in it finds −1. Pieces that tie for the most alike share its gradient.
 *
 * @param vectors `[2n, seq, width]`, rows of length 1: n first texts, then their n partners
 * @param weights `[2n, seq]`, positive
 * @param mask `[2n, seq]`, 1 for a piece that counts, else 0; constant
 * @returns `[n, 2]`, P and R, in [−1, 1]
 * @see Khattab & Zaharia 2020 (ColBERT), section 3.3, for the sum of largest similarities; Zhang et al.
 *   2020 (BERTScore), section 3, for both directions and weights of pieces
 */
export function lateInteraction(
  vectors: tf.Tensor,
  weights: tf.Tensor,
  mask: tf.Tensor
): tf.Tensor {
  const [rows, seq, width] = vectors.shape as [number, number, number];
  const n = rows / 2;
  const texts = (x: tf.Tensor, from: 0 | 1) =>
    tf.slice(x, [from * n, ...Array<number>(x.rank - 1).fill(0)], [n, ...x.shape.slice(1)]);
  // For each direction, the axis of the texts that look: its pieces, and the mask of the others'.
  const directions = [
    {own: 0, found: 2, others: [n, 1, seq]},
    {own: 1, found: 1, others: [n, seq, 1]}
  ] as const;
  const masksOf = (mask: tf.Tensor) =>
    directions.map(({own, others}) => tf.reshape(texts(mask, own === 0 ? 1 : 0), [...others]));
  // Computed twice, with the same bits: the backward pass asks which cosine the largest was.
  const maskedCosines = (cosines: tf.Tensor, others: tf.Tensor) =>
    tf.sub(tf.mul(tf.add(cosines, 1), others), 1);
  return operation(
    [vectors, weights],
    () => {
      const cosines = batchProduct(texts(vectors, 0), texts(vectors, 1), false, true); // [n, seq, seq]
      const counted = tf.mul(weights, mask);
      const otherMasks = masksOf(mask);
      const best = directions.map(({found}, d) =>
        tf.max(maskedCosines(cosines, otherMasks[d]!), found)
      ); // [n, seq] each
      const total = directions.map(({own}) => tf.sum(texts(counted, own), 1, true)); // [n, 1]
      const means = directions.map(({own}, d) =>
        tf.divNoNan(tf.sum(tf.mul(texts(counted, own), best[d]!), 1, true), total[d]!)
      );
      const value = tf.concat(means, 1);
      return {value, saved: [vectors, weights, mask, cosines, ...best, ...total, value]};
    },
    (dy, [vectors, weights, mask, cosines, bestA, bestB, totalA, totalB, value]) => {
      const counted = tf.mul(weights!, mask!);
      const otherMasks = masksOf(mask!);
      let dCosines: tf.Tensor = tf.zerosLike(cosines!);
      const dWeights = directions.map(({own, found}, d) => {
        const best = [bestA!, bestB!][d]!;
        const column = (x: tf.Tensor) => tf.slice(x, [0, d], [n, 1]);
        const share = tf.divNoNan(column(dy), [totalA!, totalB!][d]!); // [n, 1]
        const dBest = tf.mul(texts(counted, own), share); // [n, seq]
        const shape = found === 2 ? [n, seq, 1] : [n, 1, seq];
        const isBest = tf.mul(
          tf.cast(
            tf.equal(maskedCosines(cosines!, otherMasks[d]!), tf.reshape(best, shape)),
            "float32"
          ),
          otherMasks[d]!
        );
        const ties = tf.maximum(tf.sum(isBest, found, true), 1);
        dCosines = tf.add(dCosines, tf.div(tf.mul(isBest, tf.reshape(dBest, shape)), ties));
        return tf.mul(tf.sub(best, column(value!)), share);
      });
      const a = batchProduct(dCosines, texts(vectors!, 1)); // [n, seq, width]
      const b = batchProduct(dCosines, texts(vectors!, 0), true);
      return [
        tf.reshape(tf.concat([a, b], 0), [rows, seq, width]),
        tf.mul(tf.concat(dWeights, 0), mask!)
      ];
    }
  ).value;
}
