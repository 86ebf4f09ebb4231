/** Training against the trajectories in ALBERT_PARITY_DIR/training, written by PyTorch in float64. */
import * as tf from "@tensorflow/tfjs-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {lossAndGradients} from "../../../src/lib/albert/gradients.js";
import {forward} from "../../../src/lib/albert/heads.js";
import {lossOf} from "../../../src/lib/albert/loss.js";
import {
  clipScale,
  globalNorm,
  type Gradients
} from "../../../src/lib/albert/optimizers/gradients.js";
import {disposeState, makeOptimizer} from "../../../src/lib/albert/optimizers/optimizer.js";
import {rules} from "../../../src/lib/albert/optimizers/rule.js";
import {learningRateAt} from "../../../src/lib/albert/optimizers/schedule.js";
import {
  disposeParameters,
  downloadParameters,
  uploadParameters,
  type Parameters
} from "../../../src/lib/albert/params.js";
import {trainStep, type TrainOptions} from "../../../src/lib/albert/train.js";
import {exactBackends, useBackend} from "./backends.js";
import {
  compareFinal,
  folder,
  names,
  optimizerNames,
  readCase,
  startOf,
  type Case
} from "./trainingCases.js";

async function load(about: Case) {
  const {config, parameters, optimizer, options: rule, batches, ...rest} = await startOf(about);
  const options: TrainOptions = {
    ...rest,
    config,
    optimizer: makeOptimizer(optimizer, rule),
    maxGradientNorm: about.clip?.max_norm ?? 0,
    clipStyle: about.clip?.style ?? "torch"
  };
  return {options, params: uploadParameters(parameters), batches};
}

/** The loss of a batch without an update. */
async function lossAfter(params: Parameters, {config}: TrainOptions, batch: Batches[number]) {
  const loss = tf.tidy(() => lossOf(forward(params, batch.inputs, config), batch.labels, config)!);
  const [value] = await loss.data();
  loss.dispose();
  return value!;
}
type Batches = Awaited<ReturnType<typeof load>>["batches"];

describe.skipIf(!folder).each(exactBackends)("the reference's training on %s", (backend) => {
  const lines: string[] = [];
  beforeAll(() => useBackend(backend));
  afterAll(() => console.log(`training on ${backend}, against float64\n${lines.join("\n")}`));

  test.each(names)("%s", async (name) => {
    const about = readCase(name);
    const before = tf.memory().numTensors;
    const {options, batches, params: start} = await load(about);
    // Where padding is attended to, PyTorch drops part of the gradient of the <pad> row; we do not,
    // and the reference gives the losses of that semantics too.
    const alternative = about.pad_row_gradient_matters
      ? about.alternative_without_padding_idx!
      : null;
    let params = start;
    let state = options.optimizer.init(params);
    let lossError = 0;
    let normError = 0;
    for (const [k, expected] of about.per_step.entries()) {
      const part = batches.slice(k * about.accumulation_steps, (k + 1) * about.accumulation_steps);
      const result = await trainStep(params, state, part, options);
      if (!result.isFinite) throw new Error(result.message);
      const {loss, gradientNorm, clipFactor, learningRate} = result.metrics;
      const wanted = alternative?.loss_before_update[k] ?? expected.loss_before_update;
      lossError = Math.max(lossError, Math.abs(loss - wanted));
      expect(Math.abs(loss - wanted), `loss at ${k}`).toBeLessThanOrEqual(2e-5);
      expect(learningRate).toBeCloseTo(expected.lr, 10);
      if (!alternative) {
        const off = Math.abs(gradientNorm / expected.grad_global_norm - 1);
        normError = Math.max(normError, off);
        expect(off, `gradient norm at ${k}`).toBeLessThan(5e-5);
        expect(Math.abs(clipFactor / expected.clip_factor - 1)).toBeLessThan(5e-5);
      }
      disposeParameters(params);
      disposeState(state);
      ({params, state} = result);
      if (!alternative) {
        let squares = 0;
        for (const tensor of params.values())
          for (const value of await tensor.data<"float32">()) squares += value * value;
        // Tensors whose gradient is nothing but noise are part of this norm.
        const off = Math.abs(Math.sqrt(squares) / expected.param_global_norm_after - 1);
        expect(off).toBeLessThan(2e-5);
      }
    }
    const last =
      alternative?.loss_on_first_batch_after_training ?? about.loss_on_first_batch_after_training;
    expect(Math.abs((await lossAfter(params, options, batches[0]!)) - last)).toBeLessThan(2e-5);
    const share = alternative ? null : compareFinal(name, about, await downloadParameters(params));
    lines.push(
      `  ${name.padEnd(28)} loss ${lossError.toExponential(1)}, gradient norm ${normError.toExponential(1)} relative` +
        (share === null ? "" : `, final tensors ${share.toFixed(2)} of the tolerance`)
    );
    disposeParameters(params);
    disposeState(state);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("follows PyTorch also where the <pad> row's look-up gradient is dropped", async () => {
    let followed = 0;
    for (const name of names) {
      const about = readCase(name);
      if (!about.pad_row_gradient_matters || about.accumulation_steps > 1) continue;
      const {options, batches, params: start} = await load(about);
      const {config, optimizer, schedule} = options;
      // With a tied decoder the row's gradient has a second part, which cannot be told apart here.
      const isTied = /PreTraining|MaskedLM/.test(config.architecture) && config.tieWordEmbeddings;
      let params = start;
      let state = optimizer.init(params);
      for (const [k, expected] of isTied ? [] : about.per_step.entries()) {
        const {inputs, labels} = batches[k]!;
        const {result, gradients} = lossAndGradients(params, () => ({
          loss: lossOf(forward(params, inputs, config), labels, config)!
        }));
        expect(Math.abs((await result.loss.data())[0]! - expected.loss_before_update)).toBeLessThan(
          2e-5
        );
        result.loss.dispose();
        const grads: Gradients = new Map();
        for (const [tensor, gradient] of gradients) {
          const values = (await gradient.data<"float32">()).slice();
          const width = config.embeddingSize;
          const pad = config.padTokenId * width;
          if (tensor.endsWith("word_embeddings.weight")) values.fill(0, pad, pad + width);
          grads.set(tensor, values);
          gradient.dispose();
        }
        const norm = await globalNorm(grads);
        expect(Math.abs(norm / expected.grad_global_norm - 1)).toBeLessThan(5e-5);
        const next = optimizer.update(params, grads, state, {
          learningRate: learningRateAt(schedule!, options.learningRate, k),
          scale: clipScale(norm, options.maxGradientNorm!, options.clipStyle)
        });
        disposeParameters(params);
        disposeState(state);
        ({params, state} = next);
      }
      if (!isTied) {
        const share = compareFinal(name, about, await downloadParameters(params));
        lines.push(`  ${name.padEnd(28)} as PyTorch: final tensors ${share.toFixed(2)}`);
        ++followed;
      }
      disposeParameters(params);
      disposeState(state);
    }
    if (followed === 0) console.log("no case where the <pad> row's gradient matters");
  });
});

describe.skipIf(!folder)("rules[name].exclude", () => {
  test("leaves out of decay what the reference leaves out", () => {
    let checked = 0;
    for (const name of names) {
      const about = readCase(name);
      const tensors = Object.keys(about.final);
      const {length} = about.weight_decay_tensors;
      if (length === 0 || length === tensors.length) continue; // decay of nothing or everything
      const {exclude} = rules[optimizerNames[about.optimizer.name]!];
      const decayed = tensors.filter((tensor) => !exclude.some((part) => tensor.includes(part)));
      expect(decayed.sort()).toEqual([...about.weight_decay_tensors].sort());
      ++checked;
    }
    expect(checked).toBeGreaterThan(0);
  });
});
