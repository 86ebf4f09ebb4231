import {describe, expect, test} from "vitest";
import {learningRateAt} from "../../../../src/lib/albert/optimizers/schedule.js";

const rates = (decay: "linear" | "polynomial" | "cosine" | "constant", power?: number) =>
  [0, 1, 2, 3, 7, 10, 12].map((step) =>
    learningRateAt({decay, warmupSteps: 2, totalSteps: 10, power}, 0.8, step)
  );

describe("learningRateAt(schedule, peak, step)", () => {
  test("decays linearly from the end of warm-up, as Hugging Face", () => {
    expect(rates("linear")).toBeAllClose([0, 0.4, 0.8, 0.7, 0.3, 0, 0], {atol: 1e-12});
  });

  test("decays from step 0, as google-research/albert", () => {
    expect(rates("polynomial")).toBeAllClose([0, 0.4, 0.64, 0.56, 0.24, 0, 0], {atol: 1e-12});
    expect(rates("polynomial", 2)[3]).toBeCloseTo(0.8 * 0.49, 12);
  });

  test("follows half a cosine", () => {
    const half = (x: number) => 0.4 * (1 + Math.cos(Math.PI * x));
    expect(rates("cosine")).toBeAllClose([0, 0.4, 0.8, half(1 / 8), half(5 / 8), 0, 0], {
      atol: 1e-12
    });
  });

  test("stays constant after warm-up", () => {
    expect(rates("constant")).toEqual([0, 0.4, 0.8, 0.8, 0.8, 0.8, 0.8]);
  });

  test("starts at the peak without warm-up", () => {
    for (const decay of ["linear", "polynomial", "cosine", "constant"] as const)
      expect(learningRateAt({decay, warmupSteps: 0, totalSteps: 5}, 0.3, 0)).toBe(0.3);
  });
});
