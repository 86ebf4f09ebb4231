/** The self-test's kernels on WebGPU by Dawn. */
import * as tf from "@tensorflow/tfjs-core";
import {afterAll, beforeAll, describe, expect, test, vi} from "vitest";
import {withdrawWebgpu} from "../../../bin/dawn.js";
import {useNodeBackend} from "../../../bin/nodeBackends.js";
import {webgpuDevice} from "../../../src/lib/albert/plan/tfjsDevice.js";
import {compileAhead} from "../../../src/lib/engine/compileAhead.js";
import {testPlan} from "../../../src/lib/engine/planTest.js";
import {selfTest, selfTestAnswers, selfTestErrors} from "../../../src/lib/engine/selfTest.js";
import {useBackend} from "../albert/backends.js";
import {dawnIsMissing} from "../albert/dawn.js";

const missing = dawnIsMissing();
if (missing) console.log(`compileAhead(): skipped: ${missing}`);

describe.skipIf(missing)("compileAhead()", {timeout: 120_000}, () => {
  beforeAll(async () => {
    await useBackend("cpu");
  });
  afterAll(() => withdrawWebgpu());

  test("leaves nothing to be compiled by the self-test, and no tensor", async () => {
    const expected = {...(await selfTest()), answers: await selfTestAnswers()};
    await useNodeBackend("webgpu");
    const {numTensors} = tf.memory();
    const device = webgpuDevice();
    const together = vi.spyOn(device, "createComputePipelineAsync");
    const oneByOne = vi.spyOn(device, "createComputePipeline");
    await compileAhead();
    expect(together.mock.calls.length).toBeGreaterThan(50);
    expect(oneByOne).not.toHaveBeenCalled();
    expect(tf.memory().numTensors).toBe(numTensors);

    const compiled = together.mock.calls.length;
    const {lossError, gradientError} = selfTestErrors(await selfTest(), expected);
    expect(lossError).toBeLessThan(1e-4);
    expect(gradientError).toBeLessThan(1e-4);
    expect(await testPlan("webgpu", expected, 1e-4)).toMatch(/so does its compiled plan/);
    expect(together).toHaveBeenCalledTimes(compiled);
    expect(oneByOne).not.toHaveBeenCalled();
  });
});
