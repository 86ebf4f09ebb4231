import * as tf from "@tensorflow/tfjs-core";
import {afterEach, beforeAll, describe, expect, test} from "vitest";
import {captureSites, siteShape} from "../../../../src/lib/albert/capture.js";
import {
  disposeEncoded,
  encode,
  useEncodeExecutor,
  type EncodeOptions,
  type ModelInputs
} from "../../../../src/lib/albert/forward.js";
import type {AlbertConfig} from "../../../../src/lib/albert/config.js";
import {dot} from "../../../../src/lib/albert/ops/arithmetic.js";
import {
  disposeParameters,
  uploadParameters,
  type ParameterData,
  type Parameters
} from "../../../../src/lib/albert/params.js";
import {checkPlan} from "../../../../src/lib/albert/plan/check.js";
import {editsOf} from "../../../../src/lib/albert/plan/edits.js";
import {encodeOnPlan, releaseForwardPlans} from "../../../../src/lib/albert/plan/encodeOnPlan.js";
import {WasmForward} from "../../../../src/lib/albert/plan/wasmForward.js";
import {interventionsBySite} from "../../../../src/lib/albert/interventions.js";
import {useBackend} from "../backends.js";
import {tinyConfig, tinyInputs, tinyParameters} from "../tiny.js";
import {forwardCase} from "./forwardCases.js";

beforeAll(() => useBackend("wasm"));
afterEach(() => {
  useEncodeExecutor(null);
  releaseForwardPlans();
});

type Read = Map<string, {shape: number[]; data: Float32Array}>;

/** Output, pooled output and sites; `onPlan` fails where the plan does not take the pass. */
function run(
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig,
  options: EncodeOptions,
  onPlan: boolean
): Read {
  useEncodeExecutor(
    onPlan
      ? (...given) => {
          const encoded = encodeOnPlan(...given);
          expect(encoded).not.toBeNull();
          return encoded;
        }
      : null
  );
  const read: Read = new Map();
  tf.tidy(() => {
    const {sequenceOutput, pooledOutput, captured} = encode(params, inputs, config, options);
    const all = new Map<string, tf.Tensor>([...captured, ["sequence output", sequenceOutput]]);
    if (pooledOutput) all.set("pooled output", pooledOutput);
    for (const [name, tensor] of all)
      read.set(name, {shape: tensor.shape.slice(), data: tensor.dataSync<"float32">().slice()});
  });
  useEncodeExecutor(null);
  return read;
}

function withParams<T>(data: ParameterData, work: (params: Parameters) => T): T {
  const params = uploadParameters(data);
  try {
    return work(params);
  } finally {
    disposeParameters(params);
  }
}

/** Largest difference, relative to the largest number. */
function difference(a: Float32Array, b: Float32Array): number {
  const scale = b.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-6);
  return a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i]!)), 0) / scale;
}

describe("encode() on its plan", () => {
  test("leaves the plain form to who asks for it", () => {
    const {config, inputs} = forwardCase(3);
    let asked = 0;
    useEncodeExecutor(() => {
      ++asked;
      return null;
    });
    withParams(tinyParameters(config, 3), (params) => {
      disposeEncoded(encode(params, inputs, config));
      disposeEncoded(encode(params, inputs, config, {isPlain: true}));
    });
    useEncodeExecutor(null);
    expect(asked).toBe(1);
  });

  test("gives the plain form's output and sites on 300 random models, changed and unchanged", () => {
    const errors: number[] = [];
    for (let seed = 0; seed < 300; ++seed) {
      const {config, inputs, capture, interventions} = forwardCase(seed);
      withParams(tinyParameters(config, seed), (params) => {
        const options = {capture, interventions};
        const plain = run(params, inputs, config, options, false);
        const plan = run(params, inputs, config, options, true);
        expect([...plan.keys()].sort(), `seed ${seed}`).toEqual([...plain.keys()].sort());
        for (const [name, {shape, data}] of plain) {
          const got = plan.get(name)!;
          expect(got.shape, `seed ${seed}: ${name}`).toEqual(shape);
          const error = difference(got.data, data);
          expect(error, `seed ${seed}: ${name}`).toBeLessThan(1e-4);
          errors.push(error);
        }
      });
    }
    // Layer norms of three numbers can amplify rounding; nearly all agree to 1e-5.
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(0.99 * errors.length)]).toBeLessThan(1e-5);
  });

  test("is lowered without a fault for 300 random questions", () => {
    for (let seed = 0; seed < 300; ++seed) {
      const {config, inputs, capture, interventions} = forwardCase(seed);
      const [batch, sequence] = [inputs.inputIds.length, (inputs.inputIds[0] as number[]).length];
      const sites = new Map(captureSites(config).map((site) => [site.site, site]));
      const edits = new Map(
        Array.from(interventionsBySite(config, interventions), ([site, list]) => [
          site,
          editsOf(siteShape(config, sites.get(site)!, batch, sequence), list, (value) =>
            typeof value === "number" || value instanceof tf.Tensor
              ? {shape: [], data: [Number(value)]}
              : value
          )
        ])
      );
      const {plan, layout} = new WasmForward(config).planFor({batch, sequence, capture, edits});
      expect(checkPlan(plan, layout), `seed ${seed}`).toEqual([]);
    }
  });

  test("copies out what is asked for and nothing else", () => {
    const config = tinyConfig();
    withParams(tinyParameters(config), (params) => {
      const before = tf.memory().numTensors;
      useEncodeExecutor(encodeOnPlan);
      const capture = ["layer.2.attention.probs", "layer.*.output"];
      const {captured, sequenceOutput, pooledOutput} = encode(params, tinyInputs, config, {
        capture
      });
      expect([...captured.keys()].sort()).toEqual(
        ["layer.2.attention.probs", ...[0, 1, 2, 3, 4].map((d) => `layer.${d}.output`)].sort()
      );
      expect(tf.memory().numTensors - before).toBe(captured.size + 2);
      tf.dispose([sequenceOutput, pooledOutput!, ...captured.values()]);
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test("uses the weights of the moment, and gives the same bits for the same ones", () => {
    const config = tinyConfig();
    const [first, second] = [tinyParameters(config, 1), tinyParameters(config, 2)];
    const states = (data: ParameterData) =>
      withParams(data, (params) => run(params, tinyInputs, config, {}, true));
    const [a, b, again] = [states(first), states(second), states(first)];
    expect(again).toEqual(a);
    expect(b.get("sequence output")!.data).not.toBeAllClose(a.get("sequence output")!.data, {
      atol: 1e-2
    });
  });

  test("leaves gradients, dropout and masks of pairs of pieces to the plain form", () => {
    const config = tinyConfig({hiddenDropoutProb: 0.2});
    withParams(tinyParameters(config), (params) => {
      const taken: boolean[] = [];
      useEncodeExecutor((...given) => {
        const encoded = encodeOnPlan(...given);
        taken.push(encoded !== null);
        return encoded;
      });
      const pairs = Array.from({length: 3 * 49}, (_, i) => (i % 5 ? 1 : 0));
      tf.tidy(() => {
        encode(params, tinyInputs, config, {dropout: {seed: 1, step: 1}});
        encode(params, {...tinyInputs, attentionMask: pairs}, config);
        tf.grad((x) => {
          const site = "layer.0.output";
          const interventions = [{type: "replace", site, value: x} as const];
          const {sequenceOutput} = encode(params, tinyInputs, config, {interventions});
          return dot(sequenceOutput, tf.onesLike(sequenceOutput));
        })(tf.zeros([3, 7, 6]));
        encode(params, tinyInputs, config);
      });
      expect(taken).toEqual([false, false, false, true]);
    });
  });
});
