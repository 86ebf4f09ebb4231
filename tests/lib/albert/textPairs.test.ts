import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {gradients} from "../../../src/lib/albert/gradients.js";
import {forward} from "../../../src/lib/albert/heads.js";
import {lossOf} from "../../../src/lib/albert/loss.js";
import {lateInteraction} from "../../../src/lib/albert/ops/lateInteraction.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {InputError} from "../../../src/lib/errors.js";
import {exactBackends, useBackend} from "./backends.js";
import {tinyConfig, tinyParameters} from "./tiny.js";

const config = tinyConfig({architecture: "AlbertForTextPairs", id2label: ["a", "b", "c"]});
const data = tinyParameters(config);
/** Two pairs: the first texts, then their partners. */
const inputs = {
  inputIds: [
    [2, 17, 5, 28, 9, 11, 3],
    [2, 8, 14, 3, 0, 0, 0],
    [2, 20, 17, 21, 6, 3, 0],
    [2, 14, 25, 8, 3, 0, 0]
  ],
  attentionMask: [
    [1, 1, 1, 1, 1, 1, 1],
    [1, 1, 1, 1, 0, 0, 0],
    [1, 1, 1, 1, 1, 1, 0],
    [1, 1, 1, 1, 1, 0, 0]
  ]
};

describe.each(exactBackends)("lateInteraction(vectors, weights, mask) on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  const found = (vectors: number[][][], weights: number[][], mask: number[][]) =>
    tf.tidy(() =>
      Array.from(
        lateInteraction(tf.tensor3d(vectors), tf.tensor2d(weights), tf.tensor2d(mask)).dataSync()
      )
    );
  const [x, y] = [
    [1, 0],
    [0, 1]
  ];

  test("is the weighted share of pieces that the other text has, where these are all or nothing", () => {
    // "x y x" against "y y": y alone is found, with 3 of 6; both y are.
    const vectors = [
      [x!, y!, x!],
      [y!, y!, x!]
    ];
    const mask = [
      [1, 1, 1],
      [1, 1, 0]
    ];
    const weights = [
      [1, 3, 2],
      [0.3, 0.7, 9]
    ];
    expect(found(vectors, weights, mask)).toBeAllClose([0.5, 1], {atol: 1e-6});
  });

  test("a text without pieces finds 0, and nothing is found in it", () => {
    const vectors = [
      [x!, y!],
      [x!, y!]
    ];
    const masks = [
      [1, 1],
      [0, 0]
    ];
    expect(
      found(
        vectors,
        [x!, y!].map(() => [1, 1]),
        masks
      )
    ).toBeAllClose([-1, 0], {atol: 1e-6});
  });
});

describe.each(exactBackends)("AlbertForTextPairs on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  const logitsOf = (given: typeof inputs) => {
    const params = uploadParameters(data);
    const values = tf.tidy(() => {
      const logits = forward(params, given, config).logits.get("logits")!;
      expect(logits.shape).toEqual([given.inputIds.length / 2, 3]);
      return Array.from(logits.dataSync());
    });
    disposeParameters(params);
    return values;
  };

  test("a pair's logits are the same beside others, and however far it is padded", () => {
    const both = logitsOf(inputs);
    const rows = (i: number, length: number) => ({
      inputIds: [inputs.inputIds[i]!, inputs.inputIds[i + 2]!].map((r) => r.slice(0, length)),
      attentionMask: [inputs.attentionMask[i]!, inputs.attentionMask[i + 2]!].map((r) =>
        r.slice(0, length)
      )
    });
    expect(logitsOf(rows(0, 7))).toBeAllClose(both.slice(0, 3), {rtol: 1e-5, atol: 1e-5});
    expect(logitsOf(rows(1, 5))).toBeAllClose(both.slice(3), {rtol: 1e-5, atol: 1e-5});
  });

  test("the gradient of every parameter is that of central differences", () => {
    const before = tf.memory().numTensors;
    const params = uploadParameters(data);
    tf.tidy(() => {
      const labels = {labels: [2, 0], weights: [1, 0.5]};
      const loss = (given: typeof params) =>
        lossOf(forward(given, inputs, config), labels, config)!;
      const actual = gradients(params, () => loss(params));
      for (const [name, {shape, data: values}] of data) {
        const gradient = Array.from(actual.get(name)!.dataSync());
        // The number with the largest gradient of each tensor, and one more.
        const largest = gradient.reduce(
          (best, g, i) => (Math.abs(g) > Math.abs(gradient[best]!) ? i : best),
          0
        );
        for (const i of new Set([largest, (largest * 7 + 3) % values.length])) {
          const at = (change: number) => {
            const moved = values.slice();
            moved[i]! += change;
            const tensor = tf.tensor(moved, shape);
            return loss(new Map([...params, [name, tensor]])).dataSync()[0]!;
          };
          const difference = (at(5e-3) - at(-5e-3)) / 1e-2;
          expect(Math.abs(difference - gradient[i]!), `${name} ${i}`).toBeLessThan(
            0.03 * Math.abs(gradient[largest]!) + 2e-4
          );
        }
      }
      expect(actual.size).toBe(data.size);
    });
    disposeParameters(params);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("an odd number of rows makes no pairs", () => {
    const three = {
      inputIds: inputs.inputIds.slice(0, 3),
      attentionMask: inputs.attentionMask.slice(0, 3)
    };
    expect(() => logitsOf(three)).toThrow(InputError);
  });
});
