/** What training on WebGPU is said to need, against what is allocated, on Dawn. */
import {describe, expect, test} from "vitest";
import {lowerPretraining} from "../../../../../src/lib/albert/plan/lower.js";
import {webgpuBytes} from "../../../../../src/lib/albert/plan/webgpu/trainer.js";
import {webgpuStepper} from "../../../../../src/lib/albert/plan/webgpuStepper.js";
import {initParameters} from "../../../../../src/lib/albert/specs.js";
import {dawnIsMissing, useDawnDevice} from "../../dawn.js";
import {randomBatch, randomCase} from "../cases.js";

const missing = dawnIsMissing();
if (missing) console.log(`memory of training on WebGPU: skipped: ${missing}`);

describe.skipIf(missing)("training on WebGPU", {timeout: 120_000}, () => {
  const device = useDawnDevice();

  test.each([
    [1, "adamw"],
    [2, "lamb_paper"],
    [3, "adam"]
  ] as const)("allocates what is predicted: case %i, %s", async (seed, optimizer) => {
    const {config, shape} = randomCase(seed);
    const settings = {optimizer, options: {}, maxGradientNorm: 1, seed};
    const predicted = webgpuBytes(lowerPretraining(config, shape), settings);
    const made: number[] = [];
    const counting = new Proxy(device(), {
      get(target, name) {
        if (name === "createBuffer")
          return (descriptor: GPUBufferDescriptor) => {
            if (descriptor.label === "arena") made.push(descriptor.size);
            return target.createBuffer(descriptor);
          };
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      }
    });
    const stepper = webgpuStepper(counting, config, initParameters(config, seed), settings);
    const result = await stepper.step(randomBatch(config, shape, seed), 0, 1e-3);
    expect("loss" in result).toBe(true);
    expect(made).toEqual([predicted]);
    expect(stepper.memoryBytes()).toBe(predicted);
    stepper.dispose();
  });
});
