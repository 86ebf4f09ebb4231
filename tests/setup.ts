import {expect} from "vitest";

interface CloseOptions {
  rtol?: number;
  atol?: number;
}

expect.extend({
  /** Passes when |actual − expected| ≤ atol + rtol·|expected| for every element. */
  toBeAllClose(
    actual: ArrayLike<number>,
    expected: ArrayLike<number>,
    {rtol = 1e-5, atol = 1e-6}: CloseOptions = {}
  ) {
    if (actual.length !== expected.length)
      return {
        pass: false,
        message: () => `expected ${expected.length} numbers, got ${actual.length}`
      };
    let worst = -1;
    let excess = 0;
    for (let i = 0; i < actual.length; ++i) {
      const difference = Math.abs(actual[i]! - expected[i]!);
      const over = difference - (atol + rtol * Math.abs(expected[i]!));
      if (!(over <= 0) && !(over <= excess)) {
        worst = i;
        excess = over;
      }
    }
    return {
      pass: worst < 0,
      message: () =>
        worst < 0
          ? "expected the numbers to differ"
          : `element ${worst}: expected ${expected[worst]}, got ${actual[worst]}`
    };
  }
});

declare module "vitest" {
  interface Matchers<T> {
    toBeAllClose(expected: ArrayLike<number>, options?: CloseOptions): T;
  }
}
