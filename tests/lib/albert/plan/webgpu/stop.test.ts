/** Steps that are stopped while several are under way, on Dawn. */
import {describe, expect, test} from "vitest";
import {webgpuStepper} from "../../../../../src/lib/albert/plan/webgpuStepper.js";
import {initParameters} from "../../../../../src/lib/albert/specs.js";
import {dawnIsMissing, useDawnDevice} from "../../dawn.js";
import {randomBatch, randomCase} from "../cases.js";

const missing = dawnIsMissing();
if (missing) console.log(`stopping on WebGPU: skipped: ${missing}`);

describe.skipIf(missing)("steps on WebGPU", {timeout: 120_000}, () => {
  const device = useDawnDevice();

  test.each([1, 2])(
    "end with the step after which they are told to, and go on to the same bits: case %i",
    async (seed) => {
      const {config, shape} = randomCase(seed);
      const settings = {optimizer: "adamw", options: {}, maxGradientNorm: 1, seed} as const;
      const stepper = () => webgpuStepper(device(), config, initParameters(config, seed), settings);
      // of two batches each: a step is never cut in two
      const requests = Array.from({length: 12}, (_, step) => ({
        batch: [2 * step, 2 * step + 1].map((i) => randomBatch(config, shape, seed + i)),
        step,
        learningRate: 1e-3
      }));
      const whole = stepper();
      const expected = await whole.steps!(requests);
      expect(expected).toHaveLength(12);
      const cut = stepper();
      const results = [];
      for (const stop of [1, 4, 5]) {
        let asked = 0;
        const some = await cut.steps!(requests.slice(results.length), () => ++asked < stop);
        expect(some).toHaveLength(stop);
        results.push(...some);
      }
      results.push(...(await cut.steps!(requests.slice(results.length))));
      expect(results).toEqual(expected);
      expect(await cut.parameters()).toEqual(await whole.parameters());
      expect(await cut.optimizerData()).toEqual(await whole.optimizerData());
      for (const each of [cut, whole]) each.dispose();
    }
  );
});
