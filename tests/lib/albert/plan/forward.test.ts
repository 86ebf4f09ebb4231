import * as tf from "@tensorflow/tfjs-core";
import {afterEach, beforeAll, describe, expect, test} from "vitest";
import {captureSites, siteShape} from "../../../../src/lib/albert/capture.js";
import {
  encode,
  useForwardExecutor,
  type EncodeOptions,
  type ModelInputs
} from "../../../../src/lib/albert/forward.js";
import type {AlbertConfig} from "../../../../src/lib/albert/config.js";
import {forward, maskedLmLogits} from "../../../../src/lib/albert/heads.js";
import {
  disposeParameters,
  uploadParameters,
  type ParameterData,
  type Parameters
} from "../../../../src/lib/albert/params.js";
import {checkPlan} from "../../../../src/lib/albert/plan/check.js";
import {editsOf} from "../../../../src/lib/albert/plan/edits.js";
import {releaseForwardPlans} from "../../../../src/lib/albert/plan/keptArenas.js";
import {onPlan} from "../../../../src/lib/albert/plan/onPlan.js";
import {smallestHeads} from "../../../../src/lib/albert/plan/rowHead.js";
import {WasmForward} from "../../../../src/lib/albert/plan/wasmForward.js";
import {interventionsBySite} from "../../../../src/lib/albert/interventions.js";
import {useBackend} from "../backends.js";
import {tinyConfig, tinyInputs, tinyParameters} from "../tiny.js";
import {forwardCase, sentValues, watched} from "./forwardCases.js";

beforeAll(() => useBackend("wasm"));
afterEach(() => {
  useForwardExecutor(null);
  releaseForwardPlans();
});

type Read = Map<string, {shape: number[]; data: Float32Array}>;

/** Outputs, sites and logits; fails where the plan does not take the pass or its head. */
function run(
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig,
  options: EncodeOptions,
  isPlanned: boolean
): Read {
  useForwardExecutor(
    isPlanned ? watched(onPlan, (part, isTaken) => expect(isTaken, part).toBe(true)) : null
  );
  const read: Read = new Map();
  tf.tidy(() => {
    const {sequenceOutput, pooledOutput, captured, logits} = forward(
      params,
      inputs,
      config,
      options
    );
    const all = new Map<string, tf.Tensor>([...captured, ["sequence output", sequenceOutput]]);
    if (pooledOutput) all.set("pooled output", pooledOutput);
    for (const [name, tensor] of logits) all.set(name, tensor);
    for (const [name, tensor] of all)
      read.set(name, {shape: tensor.shape.slice(), data: tensor.dataSync<"float32">().slice()});
  });
  useForwardExecutor(null);
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

describe("encode() and heads on their plan", () => {
  test("leaves the plain form to who asks for it", () => {
    const {config, inputs} = forwardCase(3);
    const asked: string[] = [];
    const nothing = {encode: () => null, head: () => null};
    useForwardExecutor(watched(nothing, (part) => asked.push(part)));
    withParams(tinyParameters(config, 3), (params) =>
      tf.tidy(() => {
        forward(params, inputs, config);
        forward(params, inputs, config, {isPlain: true});
      })
    );
    expect(asked).toEqual(["encode", "head"]);
  });

  test("gives the plain form's outputs, sites and logits on 300 random models, changed and unchanged", () => {
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

  test("reads rows of any number, one after the other, and leaves no tensor", () => {
    const config = tinyConfig({tieWordEmbeddings: false});
    withParams(tinyParameters(config), (params) => {
      useForwardExecutor(watched(onPlan, (part, isTaken) => expect(isTaken, part).toBe(true)));
      const before = tf.memory().numTensors;
      for (const rows of [1, 5, 2, 5, 1]) {
        const states = tf.randomNormal([rows, config.hiddenSize], 0, 1, "float32", rows);
        const plan = maskedLmLogits(params, states, config);
        const plain = tf.tidy(() => maskedLmLogits(params, states, config, {isPlain: true}));
        expect(plan.shape).toEqual([rows, config.vocabSize]);
        expect(difference(plan.dataSync<"float32">(), plain.dataSync<"float32">())).toBeLessThan(
          1e-5
        );
        tf.dispose([states, plan, plain]);
      }
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  test("heads are lowered without a fault, their logits as many as in the plain form", () => {
    for (let seed = 0; seed < 100; ++seed) {
      const {config} = forwardCase(seed);
      const executor = new WasmForward(config);
      const times = 1 + (seed % 7);
      for (const {rows, ...head} of smallestHeads(config)) {
        const request = {...head, rows: times * rows};
        if (request.head === "alignment") request.sequence = times;
        const {plan, layout} = executor.headFor(request);
        expect(checkPlan(plan, layout), `seed ${seed}`).toEqual([]);
        expect(plan.logits.rows).toBe(request.head === "alignment" ? 1 : times);
      }
    }
  });

  test("is lowered without a fault for 300 random questions", () => {
    for (let seed = 0; seed < 300; ++seed) {
      const {config, inputs, capture, interventions} = forwardCase(seed);
      const [batch, sequence] = [inputs.inputIds.length, (inputs.inputIds[0] as number[]).length];
      const sites = new Map(captureSites(config).map((site) => [site.site, site]));
      const edits = new Map(
        Array.from(interventionsBySite(config, interventions), ([site, list]) => [
          site,
          editsOf(siteShape(config, sites.get(site)!, batch, sequence), list, sentValues)
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
      useForwardExecutor(onPlan);
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

  test("leaves dropout to the plain form", () => {
    const config = tinyConfig({hiddenDropoutProb: 0.2});
    withParams(tinyParameters(config), (params) => {
      const taken: boolean[] = [];
      useForwardExecutor(watched(onPlan, (_, isTaken) => taken.push(isTaken)));
      tf.tidy(() => {
        encode(params, tinyInputs, config, {dropout: {seed: 1, step: 1}});
        encode(params, tinyInputs, config);
      });
      expect(taken).toEqual([false, true]);
    });
  });
});
