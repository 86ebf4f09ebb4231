/** One update from several batches: every executor against the plain form. */
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {offerWebgpu, withdrawWebgpu} from "../../../../bin/dawn.js";
import type {HeadStepper} from "../../../../src/lib/albert/headStepper.js";
import {plainHeadStepper} from "../../../../src/lib/albert/plainHeadStepper.js";
import {plainStepper} from "../../../../src/lib/albert/plainStepper.js";
import {wasmHeadStepper} from "../../../../src/lib/albert/plan/wasmHeadStepper.js";
import {wasmStepper} from "../../../../src/lib/albert/plan/wasmStepper.js";
import {webgpuHeadStepper} from "../../../../src/lib/albert/plan/webgpuHeadStepper.js";
import {webgpuStepper} from "../../../../src/lib/albert/plan/webgpuStepper.js";
import {initParameters, type ParameterData} from "../../../../src/lib/albert/specs.js";
import type {Stepper, StepperSettings} from "../../../../src/lib/albert/stepper.js";
import {useBackend} from "../backends.js";
import {dawnIsMissing} from "../dawn.js";
import {randomBatch, randomCase} from "./cases.js";
import {headCase, shortened} from "./headCases.js";

type Of<T> = (...start: Parameters<typeof plainStepper>) => T;

/** Twice three batches of two shapes, and once one alone. */
async function pretrain(make: Of<Stepper>, seed: number) {
  const {config, shape} = randomCase(seed);
  const settings: StepperSettings = {
    optimizer: seed % 2 ? "lamb_paper" : "adamw",
    options: {weightDecay: 0.01, epsilon: 1e-4},
    maxGradientNorm: 0.5,
    seed
  };
  const stepper = make(config, initParameters(config, seed), settings);
  const wide = {...shape, batch: shape.batch + 1};
  const given = (step: number) =>
    [shape, wide, shape].map((each, i) => randomBatch(config, each, 10 * step + i));
  const results = [
    await stepper.step(given(0), 0, 0.01),
    await stepper.step(given(1), 1, 0.01),
    await stepper.step(given(2)[0]!, 2, 0.01)
  ];
  const parameters = await stepper.parameters();
  stepper.dispose();
  return {results, parameters};
}

async function fineTune(make: Of<HeadStepper>, seed: number) {
  const {config, rows} = headCase(seed);
  const settings: StepperSettings = {
    optimizer: "adamw",
    options: {epsilon: 1e-4},
    maxGradientNorm: 0.5,
    seed
  };
  const stepper = make(config, initParameters(config, seed), settings);
  const batches = [rows, shortened(rows, config)];
  const results = [await stepper.step(batches, 0, 0.01), await stepper.step(batches, 1, 0.01)];
  const parameters = await stepper.parameters();
  stepper.dispose();
  return {results, parameters};
}

interface Outcome {
  results: object[];
  parameters: ParameterData;
}

function expectAlike(got: Outcome, expected: Outcome): void {
  got.results.forEach((result, i) => {
    for (const [key, value] of Object.entries(expected.results[i]!) as [string, unknown][]) {
      const own = (result as Record<string, unknown>)[key];
      if (typeof value === "number") expect(own, `${key} of step ${i}`).toBeCloseTo(value, 3);
      else expect(own, `${key} of step ${i}`).toBe(value);
    }
  });
  for (const [name, {data}] of expected.parameters)
    expect(got.parameters.get(name)!.data, name).toBeAllClose(data, {rtol: 1e-3, atol: 1e-3});
}

const missing = dawnIsMissing();
if (missing) console.log(`accumulated gradients on WebGPU: skipped: ${missing}`);

describe("a step of several batches", {timeout: 120_000}, () => {
  let device: GPUDevice | null = null;
  beforeAll(async () => {
    await useBackend("cpu");
    if (missing) return;
    await offerWebgpu();
    device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  });
  afterAll(() => {
    device?.destroy();
    withdrawWebgpu();
  });

  test.each([0, 1, 2, 3])(
    "is the plain form's update of their mean loss (case %i)",
    async (seed) => {
      const expected = await pretrain(plainStepper, seed);
      expectAlike(await pretrain(wasmStepper, seed), expected);
      if (device)
        expectAlike(await pretrain((...start) => webgpuStepper(device!, ...start), seed), expected);
    }
  );

  test.each([0, 1, 3])("fine-tunes as the plain form does (head %i)", async (seed) => {
    const expected = await fineTune(plainHeadStepper, seed);
    expectAlike(await fineTune(wasmHeadStepper, seed), expected);
    if (device)
      expectAlike(
        await fineTune((...start) => webgpuHeadStepper(device!, ...start), seed),
        expected
      );
  });
});
