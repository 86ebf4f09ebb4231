import * as tf from "@tensorflow/tfjs-core";
import {afterEach, beforeAll, describe, expect, test} from "vitest";
import {attentionGradients} from "../../../../src/lib/albert/aggregate/gradientAttention.js";
import {encode, useForwardExecutor} from "../../../../src/lib/albert/forward.js";
import {lossAndGradients} from "../../../../src/lib/albert/gradients.js";
import {maskedLmLogits} from "../../../../src/lib/albert/heads.js";
import {flatInputs} from "../../../../src/lib/albert/inputs.js";
import {dot, sumOf} from "../../../../src/lib/albert/ops/arithmetic.js";
import {gatherRows} from "../../../../src/lib/albert/ops/rows.js";
import {column, reshape} from "../../../../src/lib/albert/ops/shape.js";
import {
  disposeParameters,
  uploadParameters,
  type Parameters
} from "../../../../src/lib/albert/params.js";
import {checkPlan} from "../../../../src/lib/albert/plan/check.js";
import {fillInputs} from "../../../../src/lib/albert/plan/forwardPlan.js";
import type {GradientRequest} from "../../../../src/lib/albert/plan/gradientBuilder.js";
import {
  lowerGradients,
  parametersOf,
  smallestGradients
} from "../../../../src/lib/albert/plan/gradientPlan.js";
import {releaseForwardPlans} from "../../../../src/lib/albert/plan/keptArenas.js";
import {onPlan} from "../../../../src/lib/albert/plan/onPlan.js";
import {smallestHeads} from "../../../../src/lib/albert/plan/rowHead.js";
import {WasmGradients} from "../../../../src/lib/albert/plan/wasmGradients.js";
import {
  integratedGradients,
  type ScoreFunction
} from "../../../../src/lib/albert/probe/pathGradients.js";
import {useBackend} from "../backends.js";
import {tinyConfig, tinyInputs, tinyParameters} from "../tiny.js";
import {watched} from "./forwardCases.js";
import {
  derivativesOf,
  differentiatedCase,
  gradientRequestOf,
  relativeDifferences
} from "./gradientCases.js";

beforeAll(() => useBackend("wasm"));
afterEach(() => {
  useForwardExecutor(null);
  releaseForwardPlans();
});

/** Fails where the plan leaves a part to the plain form. */
const mustPlan = () =>
  useForwardExecutor(watched(onPlan, (part, isTaken) => expect(isTaken, part).toBe(true)));

describe("derivatives on the plan of both ways", () => {
  test("are the plain form's on 100 random models: by parameters and by values of interventions", async () => {
    const errors: number[] = [];
    for (let seed = 0; seed < 100; ++seed) {
      const made = differentiatedCase(seed);
      useForwardExecutor(null);
      const plain = await derivativesOf(made);
      mustPlan();
      const before = tf.memory().numTensors;
      const plan = await derivativesOf(made);
      expect(tf.memory().numTensors, `seed ${seed}`).toBe(before);
      for (const [name, error] of relativeDifferences(plan, plain)) {
        expect(error, `seed ${seed}: ${name}`).toBeLessThan(1e-4);
        errors.push(error);
      }
      releaseForwardPlans();
    }
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(0.98 * errors.length)]).toBeLessThan(1e-5);
  });

  test("are the same bits for the same question", async () => {
    const made = differentiatedCase(7);
    mustPlan();
    const first = await derivativesOf(made);
    await derivativesOf(differentiatedCase(8));
    expect(await derivativesOf(made)).toEqual(first);
  });

  test("are right where another pass came between the two ways, and by what was computed", () => {
    const config = tinyConfig();
    const params = uploadParameters(tinyParameters(config));
    const other = {...tinyInputs, inputIds: tinyInputs.inputIds.map((row) => row.toReversed())};
    const table = "albert.embeddings.word_embeddings.weight";
    const sources: Parameters = new Map([[table, params.get(table)!]]);
    const gradient = () => {
      const {gradients, result} = lossAndGradients(sources, () => {
        const half = sumOf([params.get(table) as tf.Scalar], 0.5);
        const given = new Map([...params, [table, half]]);
        const losses = [tinyInputs, other].map((inputs) => {
          const {sequenceOutput} = encode(given, inputs, config);
          const weights = Float32Array.from({length: sequenceOutput.size}, (_, i) => i);
          return dot(sequenceOutput, tf.tensor(weights, sequenceOutput.shape));
        });
        return {loss: sumOf(losses)};
      });
      result.loss.dispose();
      const values = gradients.get(table)!.dataSync<"float32">().slice();
      disposeParameters(gradients);
      return values;
    };
    const plain = tf.tidy(gradient);
    mustPlan();
    const plan = tf.tidy(gradient);
    expect(plan).toBeAllClose(plain, {rtol: 1e-4, atol: 1e-3});
    expect(Math.max(...plain)).toBeGreaterThan(10);
    disposeParameters(params);
  });

  test("leave derivatives of derivatives to the plain form, and nothing else", () => {
    const config = tinyConfig();
    const params = uploadParameters(tinyParameters(config));
    const taken: boolean[] = [];
    useForwardExecutor(watched(onPlan, (_, isTaken) => taken.push(isTaken)));
    const score = (x: tf.Tensor, renormalise: boolean) => {
      const {sequenceOutput} = encode(params, tinyInputs, config, {
        interventions: [
          {type: "add", site: "layer.0.output", value: x},
          {type: "maskAttention", heads: [1], from: [0], to: [2], renormalise}
        ]
      });
      return dot(sequenceOutput, tf.onesLike(sequenceOutput));
    };
    tf.tidy(() => {
      tf.grad((x) => score(x, false))(tf.zeros([3, 7, 6]));
      tf.grad((x) => score(x, true))(tf.zeros([3, 7, 6]));
      tf.grad((x) => {
        tf.grad((y) => score(y, false))(tf.zeros([3, 7, 6]));
        return dot(x, tf.ones([3]));
      })(tf.zeros([3]));
      tf.grad((x) => {
        encode(params, tinyInputs, config); // of which nothing is differentiated by
        return dot(x, tf.ones([3]));
      })(tf.zeros([3]));
    });
    expect(taken).toEqual([true, true, false, true]);
    disposeParameters(params);
  });
});

describe("on the plan of both ways", () => {
  const config = tinyConfig({architecture: "AlbertForMaskedLM"});
  const inputs = {inputIds: [tinyInputs.inputIds[0]!]};

  /** The same in the plain form and on the plan, which takes some of it. */
  async function bothWays<T>(ask: (params: Parameters) => Promise<T>): Promise<[T, T]> {
    const params = uploadParameters(tinyParameters(config));
    useForwardExecutor(null);
    const plain = await ask(params);
    mustPlan();
    const before = tf.memory().numTensors;
    const plan = await ask(params);
    expect(tf.memory().numTensors).toBe(before);
    disposeParameters(params);
    return [plain, plan];
  }

  test("attributions are those of the plain form, in as many points as are asked for", async () => {
    for (const intervals of [3, 20]) {
      const [plain, plan] = await bothWays((params) => {
        const score: ScoreFunction = (replaced, given, other) => {
          const {sequenceOutput} = encode(replaced, given, other);
          const states = reshape(sequenceOutput, [sequenceOutput.size / 6, 6]);
          const each = Int32Array.from({length: sequenceOutput.shape[0]}, (_, row) => 7 * row + 2);
          const chosen = gatherRows(states, tf.tensor1d(each, "int32"));
          return column(maskedLmLogits(params, chosen, config), 5);
        };
        return integratedGradients({params, config, inputs, score, baseline: null}, intervals);
      });
      expect(plan.perElement).toBeAllClose(plain.perElement, {rtol: 1e-3, atol: 1e-6});
      expect(plan.input).toBeCloseTo(plain.input, 5);
      expect(Math.max(...plain.perElement)).toBeGreaterThan(1e-3);
    }
  });

  test("attention's derivatives are those of the plain form", async () => {
    const [plain, plan] = await bothWays((params) =>
      attentionGradients(params, inputs, config, (states) => {
        const weights = Float32Array.from({length: states.size}, (_, i) => Math.sin(i));
        return dot(states, tf.tensor(weights, states.shape));
      })
    );
    expect(plan.probs).toBeAllClose(plain.probs, {atol: 1e-6});
    expect(plan.gradients).toBeAllClose(plain.gradients, {atol: 1e-5});
    expect(Math.max(...plain.gradients)).toBeGreaterThan(0.05);
  });
});

describe("lowerGradients(config, request)", () => {
  test("gives plans without a fault for 300 random questions, heads included", () => {
    for (let seed = 0; seed < 300; ++seed) {
      const made = differentiatedCase(seed);
      const executor = new WasmGradients(made.config, smallestGradients(made.config, "encoder"));
      const {plan, layout} = executor.planFor(gradientRequestOf(made));
      expect(checkPlan(plan, layout), `seed ${seed}`).toEqual([]);
      const heads = new WasmGradients(made.config, smallestGradients(made.config, "head"));
      for (const request of smallestHeads(made.config)) {
        const head = heads.headFor({...request, parameters: [], ofStates: true});
        expect(checkPlan(head.plan, head.layout), `seed ${seed}`).toEqual([]);
      }
    }
  });

  test("does only what is asked for", () => {
    const made = differentiatedCase(3);
    const all = gradientRequestOf(made);
    const sizes = ([] as string[][])
      .concat([all.parameters.slice(), all.parameters.slice(0, 1), []])
      .map((parameters) => lowerGradients(made.config, {...all, parameters, sites: []}))
      .map(({instructions}) => instructions.reduce((sum, {flops}) => sum + flops, 0));
    expect(sizes[1]).toBeLessThan(0.8 * sizes[0]!);
    const nothing = lowerGradients(made.config, {...all, parameters: [], sites: []});
    expect(nothing.backward).toBe(nothing.instructions.length);
  });

  test("allocates what it predicts", () => {
    const {config} = differentiatedCase(5);
    const executor = new WasmGradients(config, smallestGradients(config, "encoder"));
    const parameters = parametersOf(smallestGradients(config, "encoder")[0]!);
    const [batch, sequence] = [31, 5];
    const capture = ["layer.0.attention.probs"];
    const request: GradientRequest = {
      ...{batch, sequence, capture, edits: new Map(), parameters},
      sites: []
    };
    const ready = executor.planFor(request);
    const data = tinyParameters(config);
    const inputIds = Array.from({length: batch}, () => Array<number>(sequence).fill(1));
    const {known} = executor.forward({
      ready,
      source: (name) => ({version: data, read: () => data.get(name)!.data}),
      fill: ({floats, ints}) =>
        fillInputs(ready.plan.inputs, flatInputs({inputIds}, config), floats, ints)
    });
    expect(known).toBeDefined();
    expect(executor.bytes).toBe(Math.ceil(executor.bytesFor(ready) / 65536) * 65536);
  });
});
