/** The self-test on WebGPU by Dawn: the compiled plan at start, the plain form before it is needed. */
import * as tf from "@tensorflow/tfjs-core";
import {afterAll, afterEach, beforeAll, describe, expect, test, vi} from "vitest";
import {withdrawWebgpu} from "../../../bin/dawn.js";
import {useNodeBackend} from "../../../bin/nodeBackends.js";
import {webgpuDevice} from "../../../src/lib/albert/plan/tfjsDevice.js";
import {isSoftwareAdapter} from "../../../src/lib/albert/plan/webgpu/adapter.js";
import {WebgpuGradients} from "../../../src/lib/albert/plan/webgpu/gradients.js";
import {chooseBackend} from "../../../src/lib/engine/backend.js";
import {plainFormFault} from "../../../src/lib/engine/plainForm.js";
import {hasPlan, testPlan} from "../../../src/lib/engine/planTest.js";
import {expected} from "../../../src/lib/engine/selfTest.js";
import {dawnIsMissing} from "../albert/dawn.js";

const missing = dawnIsMissing();
if (missing) console.log(`the self-test on WebGPU: skipped: ${missing}`);

describe.skipIf(missing)("the self-test on WebGPU", {timeout: 120_000}, () => {
  const right = expected();
  let factory: () => tf.KernelBackend | Promise<tf.KernelBackend>;
  beforeAll(async () => {
    await useNodeBackend("webgpu");
    factory = tf.findBackendFactory("webgpu");
  });
  /** Another device: what one has compiled is known to it. */
  const newDevice = async () => {
    tf.removeBackend("webgpu");
    tf.registerBackend("webgpu", factory);
    await tf.setBackend("webgpu");
    return webgpuDevice();
  };
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => withdrawWebgpu());

  test("compiles the plan's kernels side by side, none twice and none of TensorFlow.js", async () => {
    const device = await newDevice();
    const {numTensors} = tf.memory();
    const together = vi.spyOn(device, "createComputePipelineAsync");
    const oneByOne = vi.spyOn(device, "createComputePipeline");
    const modules = vi.spyOn(device, "createShaderModule");
    const found = await testPlan("webgpu", right, 1e-4);
    expect(found!.words).toMatch(/^its compiled plan agrees with the cpu$/);
    expect(found!.gradientError).toBeLessThan(1e-4);
    expect(together.mock.calls.length).toBeGreaterThan(20);
    expect(together.mock.calls.length).toBeLessThan(40);
    const products = modules.mock.calls.filter(([{label}]) => label!.startsWith("product"));
    if (isSoftwareAdapter(device.adapterInfo)) expect(products.length).toBe(3);
    expect(found!.compileMs).toBeGreaterThan(0);
    expect(modules).toHaveBeenCalledTimes(together.mock.calls.length);
    expect(oneByOne).not.toHaveBeenCalled();
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test("refuses derivatives of answers alone where those are wrong, and names them", async () => {
    const {backward} = WebgpuGradients.prototype;
    vi.spyOn(WebgpuGradients.prototype, "backward").mockImplementation(function (
      this: WebgpuGradients,
      pass,
      known,
      given
    ) {
      // what some devices are silent about: derivatives of zeros
      const zeros = pass.ready.plan.cotangents.map(
        ({shape}) => new Float32Array(shape.reduce((a, b) => a * b, 1))
      );
      const nothing = zeros.map((values) => () => ({values, done: () => {}}));
      return backward.call(this, pass, known, given.length > 0 ? nothing : given);
    });
    const found = await testPlan("webgpu", right, 1e-4);
    expect(found).toMatchObject({passes: true});
    expect(found!.words).toMatch(
      /^its compiled plan agrees with the cpu, but derivatives of its answers are refused: a gradient is off by 1\.0e\+0 \(allowed 0\.0001\); the plain form gives them$/
    );
    expect(hasPlan("webgpu")).toBe(true);
  });

  test("tries the plain form once, before it is needed", async () => {
    const device = webgpuDevice();
    const {numTensors} = tf.memory();
    const options = {webgpu: {inspect: async () => ({})}, cpu: {inspect: async () => ({})}};
    const {backend, trials} = await chooseBackend(options, {forced: "webgpu"});
    expect(backend).toBe("webgpu");
    const trial = trials.find(({name}) => name === "webgpu")!;
    expect(trial.outcome).toBe("chosen");
    expect(trial.reason).toMatch(/^its compiled plan agrees with the cpu/);
    expect(trial.gradientError).toBeLessThan(1e-3);
    const together = vi.spyOn(device, "createComputePipelineAsync");
    const oneByOne = vi.spyOn(device, "createComputePipeline");
    expect(await plainFormFault()).toBeNull();
    expect(together.mock.calls.length).toBeGreaterThan(20);
    expect(oneByOne).not.toHaveBeenCalled();
    const compiled = together.mock.calls.length;
    expect(await plainFormFault()).toBeNull();
    expect(together).toHaveBeenCalledTimes(compiled);
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  test("refuses a plan with a wrong kernel, and names it", async () => {
    const device = await newDevice();
    const make = device.createShaderModule.bind(device);
    vi.spyOn(device, "createShaderModule").mockImplementation(({label = "", code}) =>
      make({
        label,
        code: label.startsWith("softmax backward") ? code.replace("- mean", "+ mean") : code
      })
    );
    const found = await testPlan("webgpu", right, 1e-4);
    expect(found).toMatchObject({passes: false});
    expect(found!.words).toMatch(
      /^its compiled plan is refused: forward is off by \S+, gradient by \S+ \(allowed 0\.0001\); the plain form is used$/
    );
    expect(hasPlan("webgpu")).toBe(false);
  });
});
