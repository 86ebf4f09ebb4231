import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import type {AlbertConfig} from "../../../../src/lib/albert/config.js";
import {lossAndGradients} from "../../../../src/lib/albert/gradients.js";
import {forward} from "../../../../src/lib/albert/heads.js";
import {lossOf} from "../../../../src/lib/albert/loss.js";
import type {LabelledRows} from "../../../../src/lib/albert/objectives/labelledRows.js";
import {
  disposeParameters,
  initParameters,
  uploadParameters
} from "../../../../src/lib/albert/params.js";
import {plainHeadStepper} from "../../../../src/lib/albert/plainHeadStepper.js";
import {checkPlan} from "../../../../src/lib/albert/plan/check.js";
import {layOutBuffers} from "../../../../src/lib/albert/plan/layout.js";
import {lowerFineTuning} from "../../../../src/lib/albert/plan/lowerHead.js";
import {WasmExecutor} from "../../../../src/lib/albert/plan/wasm.js";
import {wasmHeadStepper} from "../../../../src/lib/albert/plan/wasmHeadStepper.js";
import {useBackend} from "../backends.js";
import {headCase, headParameters, shortened} from "./headCases.js";

beforeAll(() => useBackend("cpu"));

const labelsOf = ({labels, weights, batch}: LabelledRows, {architecture}: AlbertConfig) =>
  architecture === "AlbertForQuestionAnswering"
    ? {startPositions: labels.subarray(0, batch), endPositions: labels.subarray(batch)}
    : {labels, weights};

const dropout = {seed: 5, step: 3};

describe("lowerFineTuning(config, shape)", () => {
  test("gives plans without a fault for 500 random models", () => {
    for (let seed = 0; seed < 500; ++seed) {
      const {config, rows} = headCase(seed);
      const plan = lowerFineTuning(config, rows);
      const layout = layOutBuffers(plan.buffers, plan.instructions, 0);
      expect(checkPlan(plan, layout), `seed ${seed}`).toEqual([]);
    }
  });

  test("gives the logits and gradients of the plain form on 120 random models", () => {
    for (let seed = 0; seed < 120; ++seed) {
      const {config, rows} = headCase(seed);
      const data = headParameters(config, seed);
      const executor = new WasmExecutor(lowerFineTuning(config, rows));
      executor.setParameters(data);
      executor.setRows(rows, dropout);
      executor.runStep();
      const params = uploadParameters(data);
      tf.tidy(() => {
        const {result, gradients} = lossAndGradients(params, () => ({
          loss: lossOf(forward(params, rows, config, {dropout}), labelsOf(rows, config), config)!
        }));
        if (!executor.plan.inputs.negatedTargets)
          expect(executor.output(executor.plan.mlmOut).loss).toBeCloseTo(
            result.loss.dataSync()[0]!,
            4
          );
        const got = executor.gradients();
        const all = [...gradients.values()].map((g) => tf.max(tf.abs(g)).dataSync()[0]!);
        const largest = Math.max(...all);
        for (const [name, gradient] of gradients) {
          const expected = gradient.dataSync();
          const scale = Math.max(...expected.map(Math.abs), 0.01 * largest);
          const actual = got.get(name)!;
          let error = 0;
          for (let i = 0; i < expected.length; ++i)
            error = Math.max(error, Math.abs(actual[i]! - expected[i]!));
          expect(error / scale, `seed ${seed}: ${name}`).toBeLessThan(2e-3);
        }
      });
      disposeParameters(params);
    }
  });

  test("refuses a classifier on a model without a pooler", () => {
    const {config, rows} = headCase(0);
    expect(() => lowerFineTuning({...config, pooler: "none"}, rows)).toThrow(/needs a pooler/);
  });
});

describe("wasmHeadStepper and plainHeadStepper", () => {
  const settings = {
    optimizer: "adamw",
    options: {weightDecay: 0.01, epsilon: 1e-4},
    maxGradientNorm: 1,
    seed: 3
  } as const;

  test("refuses texts that are no pairs", () => {
    const {config, rows} = headCase(4);
    expect(config.architecture).toBe("AlbertForTextPairs");
    expect(() => lowerFineTuning(config, {...rows, batch: 3})).toThrow(/3 rows are no pairs/);
  });

  test.each([0, 1, 2, 3, 4, 5, 10, 11, 16, 17])(
    "take the same steps to the same parameters with batches of two lengths (model %i)",
    async (i) => {
      const {config, rows} = headCase(i);
      const short = shortened(rows, config);
      const data = headParameters(config, i);
      const steppers = [
        plainHeadStepper(config, data, settings),
        wasmHeadStepper(config, data, settings)
      ];
      const losses: number[][] = [];
      for (const stepper of steppers) {
        const own: number[] = [];
        for (let step = 0; step < 4; ++step) {
          const result = await stepper.step(step % 2 ? short : rows, step, 0.01);
          own.push("loss" in result ? result.loss : NaN);
        }
        losses.push(own);
      }
      losses[0]!.forEach((loss, step) => expect(losses[1]![step]).toBeCloseTo(loss, 3));
      const [plain, compiled] = await Promise.all(steppers.map((s) => s.logits(rows)));
      plain!.forEach((x, k) => expect(Math.abs(compiled![k]! - x)).toBeLessThan(0.01));
      const [expected, got] = await Promise.all(steppers.map((s) => s.parameters()));
      let [moved, apart] = [0, 0];
      for (const [name, {data: values}] of expected!) {
        // Softmax does not see the keys' bias: its gradient is rounding, which Adam makes steps of.
        if (name.endsWith("attention.key.bias")) continue;
        const [before, other] = [data.get(name)!.data, got!.get(name)!.data];
        values.forEach((x, k) => {
          moved += (x - before[k]!) ** 2;
          apart += (x - other[k]!) ** 2;
        });
      }
      expect(Math.sqrt(apart / moved)).toBeLessThan(0.01);
      steppers.forEach((stepper) => stepper.dispose());
    }
  );

  test("refuses a batch that no memory holds, before any is taken", async () => {
    const {config, rows} = headCase(0);
    const stepper = wasmHeadStepper(config, initParameters(config, 1), settings);
    const huge = {...rows, batch: 40_000, sequence: 200};
    await expect(stepper.step(huge, 0, 0.01)).rejects.toThrow(/rows of 200 pieces needs .* GiB/);
  });

  test("a restored stepper goes on to the last bit", async () => {
    const {config, rows} = headCase(2);
    const data = initParameters(config, 1);
    const first = wasmHeadStepper(config, data, settings);
    await first.step(rows, 0, 0.01);
    const second = wasmHeadStepper(config, initParameters(config, 9), settings);
    second.restore(await first.parameters(), await first.optimizerData());
    await first.step(rows, 1, 0.01);
    await second.step(rows, 1, 0.01);
    expect(await second.parameters()).toEqual(await first.parameters());
  });
});
