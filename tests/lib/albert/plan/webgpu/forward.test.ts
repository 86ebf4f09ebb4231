/** The encoder on its plan on WebGPU by Dawn, against the plain form on WebAssembly. */
import * as tf from "@tensorflow/tfjs-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {withdrawWebgpu} from "../../../../../bin/dawn.js";
import {useNodeBackend} from "../../../../../bin/nodeBackends.js";
import {largestRelativeError} from "../../../../../src/lib/albert/accuracy.js";
import {mapFiles, readModelFolder} from "../../../../../src/lib/albert/checkpoint/folder.js";
import type {AlbertConfig} from "../../../../../src/lib/albert/config.js";
import {
  disposeEncoded,
  encode,
  useForwardExecutor,
  type EncodeOptions,
  type ModelInputs
} from "../../../../../src/lib/albert/forward.js";
import {flatInputs} from "../../../../../src/lib/albert/inputs.js";
import {forward} from "../../../../../src/lib/albert/heads.js";
import {modelInputs} from "../../../../../src/lib/albert/namedInputs.js";
import {namedOutputs} from "../../../../../src/lib/albert/namedOutputs.js";
import {
  disposeParameters,
  uploadParameters,
  type ParameterData
} from "../../../../../src/lib/albert/params.js";
import {releaseForwardPlans} from "../../../../../src/lib/albert/plan/keptArenas.js";
import {onPlan} from "../../../../../src/lib/albert/plan/onPlan.js";
import {webgpuDevice} from "../../../../../src/lib/albert/plan/tfjsDevice.js";
import {WebgpuForward} from "../../../../../src/lib/albert/plan/webgpu/forward.js";
import {sharingOn} from "../../../../../src/lib/albert/plan/webgpu/adapter.js";
import {dawnIsMissing} from "../../dawn.js";
import {caseNames, casesFolder, failures, loadCase, Worst} from "../../parityCases.js";
import {tinyConfig, tinyInputs, tinyParameters} from "../../tiny.js";
import {forwardCase, inTensor, watched} from "../forwardCases.js";

type Read = Map<string, {shape: number[]; data: Float32Array}>;

/** Outputs, sites and logits. */
async function read(
  data: ParameterData,
  inputs: ModelInputs,
  config: AlbertConfig,
  options: EncodeOptions = {}
): Promise<Read> {
  const params = uploadParameters(data);
  const answered = forward(params, inputs, config, options);
  const {sequenceOutput, pooledOutput, captured, logits} = answered;
  const all = new Map<string, tf.Tensor>([...captured, ["sequence output", sequenceOutput]]);
  if (pooledOutput) all.set("pooled output", pooledOutput);
  for (const [name, tensor] of logits) all.set(name, tensor);
  const values: Read = new Map();
  for (const [name, tensor] of all)
    values.set(name, {
      shape: tensor.shape.slice(),
      data: (await tensor.data<"float32">()).slice()
    });
  disposeEncoded(answered);
  tf.dispose([...logits.values()]);
  disposeParameters(params);
  return values;
}

/** Largest difference, relative to the largest number. */
function difference(a: Float32Array, b: Float32Array): number {
  const scale = b.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) / scale;
}

const missing = dawnIsMissing();
if (missing) console.log(`the encoder's plan on WebGPU: skipped: ${missing}`);

describe.skipIf(missing)("encode() on its plan on WebGPU", {timeout: 120_000}, () => {
  const seeds = Array.from({length: 60}, (_, seed) => seed);
  const plain = new Map<number, Read>();
  const complaints: string[] = [];
  let taken = 0;
  let isSoftware = true;

  beforeAll(async () => {
    await useNodeBackend("wasm");
    useForwardExecutor(null);
    for (const seed of seeds) {
      const {config, inputs, capture, interventions} = forwardCase(seed);
      const options = {capture, interventions};
      plain.set(seed, await read(tinyParameters(config, seed), inputs, config, options));
    }
    await useNodeBackend("webgpu");
    useForwardExecutor(
      watched(onPlan, (part, isTaken) => {
        if (part === "encode") taken += Number(isTaken);
        else expect(isTaken, part).toBe(true);
      })
    );
    isSoftware = sharingOn(webgpuDevice()) === "lanes";
    webgpuDevice().addEventListener("uncapturederror", ({error}) => complaints.push(error.message));
  }, 120_000);

  afterAll(() => {
    useForwardExecutor(null);
    releaseForwardPlans();
    withdrawWebgpu();
    expect(complaints).toEqual([]);
  });

  test.each([
    ["an adapter in software", null],
    ["a card", {vendor: "nvidia", description: "a card"}]
  ])(
    "gives the plain form's outputs, sites and logits on random models, as on %s",
    async (_, info) => {
      // What the device is decides how its kernels share out their work.
      if (info) Object.defineProperty(webgpuDevice(), "adapterInfo", {value: info});
      expect(sharingOn(webgpuDevice())).toBe(info || !isSoftware ? "groups" : "lanes");
      releaseForwardPlans();
      const errors: number[] = [];
      const before = tf.memory().numTensors;
      for (const seed of seeds) {
        const {config, inputs, capture, interventions} = forwardCase(seed);
        const options = {capture, interventions};
        const count = taken;
        const plan = await read(tinyParameters(config, seed), inputs, config, options);
        expect(taken, `seed ${seed}`).toBe(count + 1);
        const expected = plain.get(seed)!;
        expect([...plan.keys()].sort(), `seed ${seed}`).toEqual([...expected.keys()].sort());
        for (const [name, {shape, data}] of expected) {
          const got = plan.get(name)!;
          expect(got.shape, `seed ${seed}: ${name}`).toEqual(shape);
          const error = difference(got.data, data);
          expect(error, `seed ${seed}: ${name}`).toBeLessThan(1e-4);
          errors.push(error);
        }
      }
      expect(tf.memory().numTensors).toBe(before);
      errors.sort((a, b) => a - b);
      expect(errors[Math.floor(0.97 * errors.length)]).toBeLessThan(1e-5);
    }
  );

  test("uses the weights of the moment, wherever they are, and gives the same bits for the same", async () => {
    const config = tinyConfig();
    const [first, second] = [tinyParameters(config, 1), tinyParameters(config, 2)];
    const states = async (data: ParameterData) =>
      (await read(data, tinyInputs, config)).get("sequence output")!.data;
    const [a, b, again] = [await states(first), await states(second), await states(first)];
    expect(again).toEqual(a);
    expect(b).not.toBeAllClose(a, {atol: 1e-2});
    // Weights that were computed stand on the device only.
    const params = uploadParameters(first);
    const half = new Map(Array.from(params, ([name, tensor]) => [name, tf.mul(tensor, 0.5)]));
    const doubled = new Map(Array.from(half, ([name, tensor]) => [name, tf.mul(tensor, 2)]));
    const encoded = encode(doubled, tinyInputs, config);
    expect(await encoded.sequenceOutput.data()).toEqual(a);
    disposeEncoded(encoded);
    for (const each of [params, half, doubled]) disposeParameters(each);
  });

  test("allocates what it predicts", () => {
    const {config, inputs} = forwardCase(3);
    const executor = new WebgpuForward(webgpuDevice(), config);
    const [batch, sequence] = [5, inputs.inputIds.length + 2];
    const request = {batch, sequence, capture: ["layer.0.attention.probs"], edits: new Map()};
    const ready = executor.planFor(request);
    const predicted = executor.bytesFor(ready);
    const count = batch * sequence;
    executor.load(ready, (name) => ({
      version: request,
      read: () => ({values: tinyParameters(config).get(name)!.data, done: () => {}})
    }));
    const {states, pooled, captured} = executor.run(request, {
      batch,
      sequence,
      inputIds: new Int32Array(count),
      tokenTypeIds: new Int32Array(count),
      positionIds: new Int32Array(count),
      attentionMask: null
    });
    expect(executor.bytes).toBe(Math.ceil(predicted / 256) * 256);
    for (const result of [states, pooled, ...captured.values()]) result?.buffer.destroy();
    executor.dispose();
  });

  test("puts values in from where they are on the device", async () => {
    const before = tf.memory().numTensors;
    for (const seed of seeds) {
      const {config, inputs, capture, interventions} = forwardCase(seed);
      if (!interventions.some((one) => "value" in one)) continue;
      // Halves that are doubled stand on the device only.
      const halves = interventions.map(inTensor);
      const doubled = halves.map((one) =>
        "value" in one
          ? {...one, value: tf.tidy(() => tf.mul(tf.mul(one.value as tf.Tensor, 0.5), 2))}
          : one
      );
      const count = taken;
      const options = {capture, interventions: doubled};
      const plan = await read(tinyParameters(config, seed), inputs, config, options);
      expect(taken, `seed ${seed}`).toBe(count + 1);
      for (const [name, {data}] of plain.get(seed)!)
        expect(difference(plan.get(name)!.data, data), `seed ${seed}: ${name}`).toBeLessThan(1e-4);
      for (const one of [...halves, ...doubled])
        if ("value" in one) (one.value as tf.Tensor).dispose();
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test("leaves dropout to the plain form", () => {
    const config = tinyConfig({hiddenDropoutProb: 0.2});
    const params = uploadParameters(tinyParameters(config));
    const ask = (options: EncodeOptions) =>
      onPlan.encode(params, flatInputs(tinyInputs, config), config, options, new Map());
    tf.tidy(() => {
      expect(ask({dropout: {seed: 1, step: 1}})).toBeNull();
      expect(ask({})).not.toBeNull();
    });
    disposeParameters(params);
  });

  describe.skipIf(!casesFolder)("the reference's models", () => {
    const worst = new Worst();
    afterAll(() => console.log(`largest errors on WebGPU's plan, against float64\n${worst}`));

    test.each(caseNames)("%s", async (name) => {
      const model = loadCase(name);
      const {config, parameters} = await readModelFolder(mapFiles(model.files), name);
      const params = uploadParameters(parameters);
      const found: string[] = [];
      for (const question of model.questions) {
        const {inputs, labels} = modelInputs(question.inputs, name);
        const {gradients} = question;
        const outputs = await namedOutputs(params, inputs, labels, config, {gradients});
        found.push(...failures(model, question, outputs, largestRelativeError.webgpu, worst));
      }
      disposeParameters(params);
      if (!model.isInformative) expect(found).toEqual([]);
    });
  });
});
