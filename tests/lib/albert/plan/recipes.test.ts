import {describe, expect, test} from "vitest";
import {largestErrors, recipeCount} from "./recipes.js";

describe("whole runs of random recipes", () => {
  test("have the losses and final parameters of the plain form", {timeout: 600_000}, async () => {
    const {loss, gradientNorm, parameters} = await largestErrors(recipeCount);
    expect(loss).toBeLessThan(1e-5);
    expect(gradientNorm).toBeLessThan(1e-4);
    expect(parameters).toBeLessThan(1e-2);
  });
});
