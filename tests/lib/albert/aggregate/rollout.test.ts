import {describe, expect, test} from "vitest";
import {attentionFlow} from "../../../../src/lib/albert/aggregate/flow.js";
import {gradientRollout} from "../../../../src/lib/albert/aggregate/gradientAttention.js";
import {
  fuseHeads,
  rollout,
  scaledRows,
  withResidual
} from "../../../../src/lib/albert/aggregate/rollout.js";

const [depths, heads, n] = [5, 2, 7];
const shape = [depths, heads, n, n] as const;

/** Attention whose rows sum to 1, all different. */
const probs = new Float64Array(depths * heads * n * n);
for (let row = 0; row < probs.length; row += n) {
  const weights = Array.from({length: n}, (_, to) => Math.exp(2 * Math.sin(row * 3.1 + to * 1.7)));
  const sum = weights.reduce((a, b) => a + b);
  weights.forEach((w, to) => (probs[row + to] = w / sum));
}
const rowSums = (matrix: Float64Array) =>
  Array.from({length: n}, (_, i) => matrix.subarray(i * n, (i + 1) * n).reduce((a, b) => a + b));
const ones = Array<number>(n).fill(1);

describe("rollout(matrices, n)", () => {
  test("rows sum to 1 at every depth", () => {
    for (const matrix of rollout(withResidual(fuseHeads(probs, shape), n), n))
      expect(rowSums(matrix)).toBeAllClose(ones, {rtol: 1e-12});
  });

  test("even attention has its closed form: what is kept halves at each depth", () => {
    const even = new Float64Array(probs.length).fill(1 / n);
    const rolled = rollout(withResidual(fuseHeads(even, shape), n), n);
    rolled.forEach((matrix, depth) => {
      const kept = 0.5 ** (depth + 1);
      const expected = Array.from(
        {length: n * n},
        (_, i) => (1 - kept) / n + (i % (n + 1) ? 0 : kept)
      );
      expect(matrix).toBeAllClose(expected, {rtol: 1e-12});
    });
  });

  test("max takes the strongest head, and is scaled when it is rolled out", () => {
    const [max] = fuseHeads([0.5, 0.5, 0, 1, 0.25, 0.75, 1, 0], [1, 2, 2, 2], "max");
    expect([...max!]).toEqual([0.5, 0.75, 1, 1]);
    expect(scaledRows(max!, 2)).toBeAllClose([0.4, 0.6, 0.5, 0.5]);
    expect([...scaledRows(new Float64Array(4), 2)]).toEqual([0, 0, 0, 0]);
  });
});

describe("attentionFlow(matrices, n, from)", () => {
  test("equals a graph solved by hand", () => {
    // From the top of position 0: 0.75 to (1, 0) and 0.25 to (1, 1).
    const top = Float64Array.of(0.75, 0.25, 0.5, 0.5);
    const bottom = Float64Array.of(0.9, 0.1, 0.2, 0.8);
    // Input 0: min(0.75, 0.9) + min(0.25, 0.2); input 1: min(0.75, 0.1) + min(0.25, 0.8).
    expect(attentionFlow([bottom, top], 2, 0)).toBeAllClose([0.95, 0.35], {rtol: 1e-12});
  });

  test("flow that meets itself goes around", () => {
    // The first way through (2, 0), (1, 0) takes the only edge of (1, 0) down.
    const [a, b, c] = [
      Float64Array.of(0.5, 0, 0.5, 0),
      Float64Array.of(1, 0, 1, 1),
      Float64Array.of(0.5, 0.5, 0, 1)
    ];
    expect(attentionFlow([a, b, c], 2, 0)).toBeAllClose([1, 0], {rtol: 1e-12});
  });

  test("one depth carries its weights; more never carry more than leaves the top or meets the input", () => {
    const matrices = withResidual(fuseHeads(probs, shape), n);
    expect(attentionFlow(matrices.slice(0, 1), n, 3)).toBeAllClose(matrices[0]!.slice(21, 28));
    const flow = attentionFlow(matrices, n, 3);
    flow.forEach((f, to) => {
      const entering = Array.from({length: n}, (_, i) => matrices[0]![i * n + to]!);
      expect(f).toBeLessThanOrEqual(
        Math.min(
          1,
          entering.reduce((a, b) => a + b)
        ) + 1e-12
      );
      expect(f).toBeGreaterThan(0);
    });
  });
});

describe("gradientRollout(probs, gradients, shape)", () => {
  test("a score that depends on no weight draws on its own position alone", () => {
    const relevance = gradientRollout(probs, new Float64Array(probs.length), shape);
    expect(relevance).toBeAllClose(Array.from({length: n * n}, (_, i) => (i % (n + 1) ? 0 : 1)));
  });

  test("negative products count for nothing, positive ones are averaged over the heads", () => {
    const relevance = gradientRollout(
      [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
      [4, -2, 0, 0, 0, 8, -6, 0],
      [1, 2, 2, 2]
    );
    expect([...relevance]).toEqual([2, 2, 0, 1]);
  });
});
