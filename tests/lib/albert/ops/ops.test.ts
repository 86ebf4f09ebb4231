import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {gradients} from "../../../../src/lib/albert/gradients.js";
import {activation, softplus} from "../../../../src/lib/albert/ops/activation.js";
import {
  add,
  affine,
  dot,
  scaleRows,
  select,
  sumOf,
  tanh
} from "../../../../src/lib/albert/ops/arithmetic.js";
import {attentionContext, attentionProbs} from "../../../../src/lib/albert/ops/attention.js";
import {crossEntropy} from "../../../../src/lib/albert/ops/crossEntropy.js";
import {dense} from "../../../../src/lib/albert/ops/dense.js";
import {dropout} from "../../../../src/lib/albert/ops/dropout.js";
import {embed} from "../../../../src/lib/albert/ops/embedding.js";
import {lateInteraction, unitRows} from "../../../../src/lib/albert/ops/lateInteraction.js";
import {layerNorm} from "../../../../src/lib/albert/ops/layerNorm.js";
import {binaryCrossEntropy, meanSquaredError} from "../../../../src/lib/albert/ops/meanLoss.js";
import {
  batchProduct,
  columnSum,
  productOverRows,
  transposed
} from "../../../../src/lib/albert/ops/product.js";
import {gatherRows, scatterRows} from "../../../../src/lib/albert/ops/rows.js";
import {
  broadcast,
  column,
  headsOf,
  joinHeads,
  reshape
} from "../../../../src/lib/albert/ops/shape.js";
import {Random} from "../../../../src/lib/random.js";
import {exactBackends, useBackend} from "../backends.js";

/** Numbers in [−1, 1], none near 0, where relu has its corner. */
const numbers = (size: number, seed: number) => {
  const random = new Random(seed, "weights");
  return Float32Array.from({length: size}, () => {
    const x = 2 * random.uniform() - 1;
    return x + 0.05 * Math.sign(x);
  });
};

const tensor = (shape: number[], seed: number, scale = 1) =>
  tf.tensor(
    numbers(
      shape.reduce((a, b) => a * b, 1),
      seed
    ).map((x) => x * scale),
    shape
  );

const ids = (...values: number[]) => tf.tensor1d(values, "int32");

const shape = {batch: 3, seq: 7, heads: 2, size: 5};

/** An operation, the shapes of what it is differentiated by, and how large those are. */
const operations: [string, number[][], (inputs: tf.Tensor[]) => tf.Tensor, number?][] = [
  [
    "add",
    [
      [3, 7],
      [3, 7]
    ],
    ([a, b]) => add(a!, b!)
  ],
  ["affine", [[3, 7]], ([x]) => affine(x!, 20, -3)],
  ["tanh", [[3, 7]], ([x]) => tanh(x!)],
  ["dot", [[3, 7]], ([x]) => dot(x!, tensor([3, 7], 5))],
  ["scaleRows", [[3, 5]], ([x]) => scaleRows(add(x!, tf.fill([3, 5], 2)))],
  ["sumOf", [[], []], (all) => sumOf(all as tf.Scalar[], 0.5)],
  [
    "select",
    [
      [3, 7],
      [3, 7]
    ],
    ([a, b]) =>
      select(
        tf.cast(
          tf.tensor2d(
            numbers(21, 3).map((x) => +(x > 0)),
            [3, 7]
          ),
          "bool"
        ),
        a!,
        b!
      )
  ],
  ["reshape", [[3, 7]], ([x]) => reshape(x!, [7, 3])],
  ["column", [[7, 2]], ([x]) => column(x!, 1)],
  ["broadcast", [[3, 1]], ([x]) => broadcast(x!, [2, 3, 7])],
  ["headsOf", [[21, 10]], ([x]) => headsOf(x!, shape)],
  ["joinHeads", [[3, 2, 7, 5]], ([x]) => joinHeads(x!, shape)],
  ["dense, wider", [[7, 6], [11, 6], [11]], ([x, w, b]) => dense(x!, w!, b!)],
  ["dense, narrower", [[7, 11], [6, 11], [6]], ([x, w, b]) => dense(x!, w!, b!)],
  ["dense, one row", [[1, 6], [2, 6], [2]], ([x, w, b]) => dense(x!, w!, b!)],
  ["layerNorm", [[7, 6], [6], [6]], ([x, w, b]) => layerNorm(x!, w!, b!, 1e-12)],
  ["layerNorm, large eps", [[7, 6], [6], [6]], ([x, w, b]) => layerNorm(x!, w!, b!, 0.3)],
  ["gelu", [[7, 11]], ([x]) => activation(x!, "gelu"), 4],
  ["gelu_new", [[7, 11]], ([x]) => activation(x!, "gelu_new"), 4],
  ["softplus", [[7, 11]], ([x]) => softplus(x!), 4],
  ["unitRows", [[3, 7, 5]], ([x]) => unitRows(x!)],
  [
    "lateInteraction",
    [
      [6, 5, 3],
      [6, 5]
    ],
    ([x, s]) => {
      const mask = Array.from({length: 30}, (_, i) => Number(i % 5 > 0 && i % 7 > 0));
      return lateInteraction(x!, add(s!, tf.fill([6, 5], 2)), tf.tensor2d(mask, [6, 5]));
    }
  ],
  ["relu", [[7, 11]], ([x]) => activation(x!, "relu")],
  ["dropout", [[7, 11]], ([x]) => dropout(x!, 0.3, {seed: 7, step: 2}, 5)],
  [
    "embed",
    [
      [29, 4],
      [9, 4],
      [2, 4]
    ],
    ([word, position, type]) =>
      embed([
        {table: word!, indices: ids(5, 28, 5, 0, 5)},
        {table: position!, indices: ids(0, 1, 2, 0, 1)},
        {table: type!, indices: ids(0, 1, 1, 0, 0)}
      ])
  ],
  ["gatherRows", [[7, 6]], ([x]) => gatherRows(x!, ids(3, 0, 3, 6))],
  [
    "attentionProbs",
    [
      [21, 10],
      [21, 10]
    ],
    ([q, k]) => attentionProbs(q!, k!, null, shape),
    2
  ],
  [
    "attentionProbs, masked",
    [
      [21, 10],
      [21, 10]
    ],
    ([q, k]) => {
      const mask = numbers(21, 9).map((x) => (x > 0 ? 0 : -3.4028234663852886e38));
      return attentionProbs(q!, k!, tf.tensor4d(mask, [3, 1, 1, 7]), shape);
    },
    2
  ],
  [
    "attentionContext",
    [
      [3, 2, 7, 7],
      [21, 10]
    ],
    ([p, v]) => attentionContext(p!, v!, shape)
  ],
  [
    "attentionContext, one piece",
    [
      [3, 2, 1, 1],
      [3, 2]
    ],
    ([p, v]) => attentionContext(p!, v!, {batch: 3, seq: 1, heads: 2, size: 1})
  ],
  ["crossEntropy", [[5, 29]], ([x]) => crossEntropy(x!, [3, 28, 0, 7, 7]).loss, 3],
  [
    "crossEntropy, weighted",
    [[5, 29]],
    ([x]) => crossEntropy(x!, [3, -100, 0, 7, 7], [1, 0, 2, 0.5, 1]).loss,
    3
  ],
  ["meanSquaredError", [[5, 1]], ([x]) => meanSquaredError(x!, tensor([5, 1], 3))],
  [
    "binaryCrossEntropy",
    [[5, 4]],
    ([x]) =>
      binaryCrossEntropy(
        x!,
        tf.tensor2d(
          numbers(20, 3).map((v) => +(v > 0)),
          [5, 4]
        )
      ),
    3
  ]
];

describe.each(exactBackends)("operations on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(operations)(
    "%s has the gradient of central differences",
    (_, shapes, run, scale = 1) => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const inputs = shapes.map((s, i) => tensor(s, i + 1, scale));
        const loss = (given: tf.Tensor[]) => {
          const out = run(given);
          return dot(out, tensor(out.shape, 99));
        };
        const named = new Map(inputs.map((input, i) => [String(i), input]));
        const recorded = gradients(named, () => loss(inputs));
        const saved = tf.grads((...given: tf.Tensor[]) => loss(given))(inputs);
        inputs.forEach((input, i) => {
          const actual = recorded.get(String(i))!;
          expect(actual.shape).toEqual(input.shape);
          expect(saved[i]!.dataSync()).toEqual(actual.dataSync());
          const at = input.dataSync<"float32">().slice();
          const step = 4e-3;
          const value = (values: Float32Array) =>
            loss(inputs.map((x, j) => (j === i ? tf.tensor(values, x.shape) : x))).dataSync()[0]!;
          const expected = Array.from(at, (x, element) => {
            const up = at.slice();
            const down = at.slice();
            up[element] = x + step;
            down[element] = x - step;
            return (value(up) - value(down)) / (up[element]! - down[element]!);
          });
          const largest = Math.max(...expected.map(Math.abs));
          expect(actual.dataSync()).toBeAllClose(expected, {rtol: 5e-3, atol: 2e-3 * largest});
        });
      });
      expect(tf.memory().numTensors).toBe(before);
    }
  );

  test.each([
    [1, 1, 1, 1],
    [2, 1, 3, 5],
    [6, 7, 5, 3],
    [5, 9, 1, 1],
    [3, 64, 48, 16]
  ])("batchProduct of %i matrices %i × %i × %i", (count, m, k, n) => {
    tf.tidy(() => {
      const a = tensor([count, m, k], 1);
      const b = tensor([count, k, n], 2);
      const [x, y] = [a.dataSync(), b.dataSync()];
      const expected = Array.from({length: count * m * n}, (_, at) => {
        const [c, i, j] = [Math.floor(at / (m * n)), Math.floor(at / n) % m, at % n];
        let sum = 0;
        for (let l = 0; l < k; ++l) sum += x[(c * m + i) * k + l]! * y[(c * k + l) * n + j]!;
        return sum;
      });
      const aT = tf.transpose(a, [0, 2, 1]);
      const bT = tf.transpose(b, [0, 2, 1]);
      const close = {rtol: 1e-5, atol: 1e-5};
      for (const product of [
        batchProduct(a, b),
        batchProduct(aT, b, true),
        batchProduct(a, bT, false, true),
        batchProduct(aT, bT, true, true)
      ]) {
        expect(product.shape).toEqual([count, m, n]);
        expect(product.dataSync()).toBeAllClose(expected, close);
      }
    });
  });

  test.each([
    [7, 11],
    [256, 129],
    [251, 300],
    [1, 5]
  ])("transposed, columnSum and productOverRows of %i × %i", (rows, columns) => {
    tf.tidy(() => {
      const x = tensor([rows, columns], 1);
      const values = x.dataSync();
      const flipped = Float32Array.from(
        values,
        (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!
      );
      expect(transposed(x).dataSync()).toEqual(flipped);
      const sums = Array.from({length: columns}, (_, c) => {
        let sum = 0;
        for (let r = 0; r < rows; ++r) sum += values[r * columns + c]!;
        return sum;
      });
      expect(columnSum(x).dataSync()).toBeAllClose(sums, {rtol: 1e-5, atol: 1e-4});
      const y = tensor([rows, 3], 2);
      const direct = tf.matMul(tf.transpose(x), y).dataSync();
      const close = {rtol: 1e-4, atol: 1e-4};
      expect(productOverRows(x, y).dataSync()).toBeAllClose(direct, close);
      const turned = tf.transpose(productOverRows(y, x)).dataSync();
      expect(turned).toBeAllClose(direct, close);
    });
  });

  test("scatterRows adds rows that share an index", () => {
    tf.tidy(() => {
      const out = scatterRows(ids(2, 0, 2), tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2]), 4);
      expect(Array.from(out.dataSync())).toEqual([3, 4, 0, 0, 6, 8, 0, 0]);
    });
  });

  test("layerNorm of a constant row is the bias", () => {
    tf.tidy(() => {
      const row = tf.fill([2, 6], 0.7);
      const bias = tensor([6], 1);
      const out = layerNorm(row, tensor([6], 2), bias, 1e-12).dataSync();
      expect(out).toBeAllClose([...bias.dataSync(), ...bias.dataSync()]);
    });
  });

  test("both forms of gelu hold seven digits of their largest value from −12 to 12", () => {
    tf.tidy(() => {
      const at = Float32Array.from({length: 2401}, (_, i) => -12 + i / 100);
      const tanhForm = Array.from(at, (x) => {
        const u = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3);
        return (x / 2) * (1 + Math.tanh(u));
      });
      const atol = 1.2e-6;
      expect(activation(tf.tensor1d(at), "gelu_new").dataSync()).toBeAllClose(tanhForm, {
        rtol: 0,
        atol
      });
      // The two forms differ by less than 5e-4 anywhere, and by more than 4e-4 somewhere.
      const erfForm = activation(tf.tensor1d(at), "gelu").dataSync();
      const gap = Math.max(...erfForm.map((y, i) => Math.abs(y - tanhForm[i]!)));
      expect(gap).toBeGreaterThan(4e-4);
      expect(gap).toBeLessThan(5e-4);
      // Φ(1), Φ(2) and Φ(−3) to fifteen digits.
      const known = activation(tf.tensor1d([1, 2, -3]), "gelu").dataSync();
      const expected = [0.841344746068543, 2 * 0.977249868051821, -3 * 0.00134989803163009];
      expect(known).toBeAllClose(expected, {rtol: 0, atol: 3e-7});
    });
  });

  test("crossEntropy survives logits of hundreds and counts the right ones", () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([300, 0, -300, 0, 0, 200, -500, -499, -501], [3, 3]);
      const {loss, correct} = crossEntropy(logits, [2, 2, 1]);
      const third = Math.log(1 + Math.exp(-1) + Math.exp(-2));
      expect(loss.dataSync()[0]).toBeCloseTo((600 + 0 + third) / 3, 3);
      expect(correct.dataSync()[0]).toBe(2);
    });
  });
});
