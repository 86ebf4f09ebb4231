import {describe, expect, test} from "vitest";
import {makeConfig} from "../../../src/lib/albert/config.js";
import {
  flopsPerToken,
  maskedLmFlops,
  parameterBytes,
  predictMemory,
  trainingFlops
} from "../../../src/lib/albert/flops.js";

const base = makeConfig();
const xxlarge = makeConfig({hiddenSize: 4096, numAttentionHeads: 64, intermediateSize: 16384});

describe("flopsPerToken(config, sequenceLength)", () => {
  test("equals the counted operations of the released shapes", () => {
    expect(flopsPerToken(base, 128) / 1e6).toBeCloseTo(174.78, 2);
    expect(flopsPerToken(base, 512) / 1e6).toBeCloseTo(188.94, 2);
    expect(flopsPerToken(xxlarge, 128) / 1e6).toBeCloseTo(4858.05, 2);
  });

  test("does not fall with sharing", () => {
    expect(flopsPerToken(makeConfig({sharing: "none"}), 128)).toBe(flopsPerToken(base, 128));
  });
});

describe("trainingFlops(config, batch, sequenceLength)", () => {
  test("is three forwards of body and head", () => {
    const forward = 2 * 16 * flopsPerToken(base, 16) + 5 * maskedLmFlops(base);
    expect(trainingFlops(base, 2, 16)).toBe(3 * forward);
  });
});

describe("predictMemory(config, batch, sequenceLength)", () => {
  test("grows with depth and batch for training, not with depth otherwise", () => {
    const deep = makeConfig({numHiddenLayers: 24});
    const activations = (config: typeof base, batch: number, training: boolean) =>
      predictMemory(config, batch, 128, {training}).activations;
    expect(activations(deep, 8, true)).toBeGreaterThan(1.8 * activations(base, 8, true));
    expect(activations(base, 16, true)).toBeCloseTo(2 * activations(base, 8, true), -6);
    expect(activations(deep, 8, false)).toBe(activations(base, 8, false));
  });

  test("counts parameters once for inference and four times for training", () => {
    const bytes = parameterBytes(base);
    const {parameters, gradients, optimizer} = predictMemory(base, 1, 8);
    expect([parameters, gradients, optimizer]).toEqual([bytes, bytes, 2 * bytes]);
    expect(predictMemory(base, 1, 8, {training: false}).optimizer).toBe(0);
  });
});
