/** Training against the trajectories in ALBERT_PARITY_DIR/training, written by PyTorch in float64. */
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {readSafetensors, toFloat32} from "../../../src/lib/albert/checkpoint/safetensors.js";
import {lossAndGradients} from "../../../src/lib/albert/gradients.js";
import {forward} from "../../../src/lib/albert/heads.js";
import {lossOf} from "../../../src/lib/albert/loss.js";
import {modelInputs, namedInputsFromJson} from "../../../src/lib/albert/namedInputs.js";
import {
  clipScale,
  globalNorm,
  type Gradients
} from "../../../src/lib/albert/optimizers/gradients.js";
import {disposeState, makeOptimizer} from "../../../src/lib/albert/optimizers/optimizer.js";
import {rules, type OptimizerName} from "../../../src/lib/albert/optimizers/rule.js";
import {learningRateAt, type Schedule} from "../../../src/lib/albert/optimizers/schedule.js";
import {
  disposeParameters,
  downloadParameters,
  uploadParameters,
  type Parameters
} from "../../../src/lib/albert/params.js";
import {trainStep, type TrainOptions} from "../../../src/lib/albert/train.js";
import {exactBackends, useBackend} from "./backends.js";

const folder = process.env.ALBERT_PARITY_DIR;
const names = folder
  ? readdirSync(join(folder, "training"))
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -5))
  : [];
if (!folder) console.log("skipped: no ALBERT_PARITY_DIR");

interface Case {
  init_model: string;
  accumulation_steps: number;
  optimizer: {name: string; lr: number; betas: [number, number]; eps: number; weight_decay: number};
  schedule: {name: string; warmup_steps?: number; total_steps?: number; power?: number};
  clip: {style: "torch" | "tf"; max_norm: number} | null;
  weight_decay_tensors: string[];
  trainable_tensors: string[];
  zeroed_at_start: string[];
  batches: Record<string, unknown>[];
  per_step: {
    lr: number;
    loss_before_update: number;
    grad_global_norm: number;
    clip_factor: number;
    param_global_norm_after: number;
  }[];
  loss_on_first_batch_after_training: number;
  pad_row_gradient_matters: boolean;
  alternative_without_padding_idx: {
    loss_before_update: number[];
    loss_on_first_batch_after_training: number;
  } | null;
  tensors_whose_f32_run_is_noise: string[];
  final: Record<string, {moved_by: number; f32_run_max_abs_difference: number}>;
}

const optimizerNames: Record<string, OptimizerName> = {
  "torch.AdamW": "adamw",
  "torch.Adam": "adam",
  adamw_google: "adamw_google",
  lamb_google: "lamb_google",
  lamb_paper: "lamb_paper"
};
const decays: Record<string, Schedule["decay"]> = {
  hf_linear: "linear",
  google_polynomial: "polynomial",
  constant: "constant"
};

async function load(about: Case) {
  const at = join(folder!, "models", about.init_model);
  const files = readdirSync(at).filter((file) => /^(config\.json|model.*)$/.test(file));
  const bytes = new Map(files.map((file) => [file, new Uint8Array(readFileSync(join(at, file)))]));
  const {config, parameters} = await readModelFolder(mapFiles(bytes), at);
  for (const name of about.zeroed_at_start) parameters.get(name)!.data.fill(0);
  const {lr, betas, eps, weight_decay, name} = about.optimizer;
  const decayed = new Set(about.weight_decay_tensors);
  const trainable = new Set(about.trainable_tensors);
  const optimizer = makeOptimizer(optimizerNames[name]!, {
    beta1: betas[0],
    beta2: betas[1],
    epsilon: eps,
    weightDecay: weight_decay,
    decays: (tensor) => decayed.has(tensor),
    trainable: (tensor) => trainable.has(tensor)
  });
  const schedule: Schedule = {
    decay: decays[about.schedule.name]!,
    warmupSteps: about.schedule.warmup_steps ?? 0,
    totalSteps: about.schedule.total_steps ?? about.per_step.length,
    power: about.schedule.power
  };
  const options: TrainOptions = {
    config,
    optimizer,
    learningRate: lr,
    schedule,
    maxGradientNorm: about.clip?.max_norm ?? 0,
    clipStyle: about.clip?.style ?? "torch"
  };
  const batches = about.batches.map((batch) => modelInputs(namedInputsFromJson(batch, "in"), "in"));
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

  /** Compares every tensor with the reference's final ones; returns the largest share of the bound. */
  async function compareFinal(name: string, about: Case, params: Parameters): Promise<number> {
    const file = join(folder!, "training", `${name}.final.safetensors`);
    const expected = readSafetensors(new Uint8Array(readFileSync(file)), file);
    const actual = await downloadParameters(params);
    const noisy = new Set(about.tensors_whose_f32_run_is_noise);
    let worst = 0;
    let compared = 0;
    for (const [tensor, {data}] of expected) {
      if (noisy.has(tensor)) continue;
      const values = toFloat32(data);
      const got = actual.get(tensor)!.data;
      expect(got.length).toBe(values.length);
      // Adam amplifies the rounding of a gradient near 0; PyTorch's own float32 run shows how much.
      const {moved_by, f32_run_max_abs_difference} = about.final[tensor]!;
      const tolerance = Math.max(1e-4 * moved_by + 1e-6, 4 * f32_run_max_abs_difference);
      const off = values.reduce((max, value, i) => Math.max(max, Math.abs(value - got[i]!)), 0);
      expect(off, `${name}: ${tensor}`).toBeLessThanOrEqual(tolerance);
      worst = Math.max(worst, off / tolerance);
      ++compared;
    }
    expect(compared).toBeGreaterThan(expected.size / 2);
    return worst;
  }

  test.each(names)("%s", async (name) => {
    const path = join(folder!, "training", `${name}.json`);
    const about = JSON.parse(readFileSync(path, "utf8")) as Case;
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
    const share = alternative ? null : await compareFinal(name, about, params);
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
      const path = join(folder!, "training", `${name}.json`);
      const about = JSON.parse(readFileSync(path, "utf8")) as Case;
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
        const share = await compareFinal(name, about, params);
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
      const path = join(folder!, "training", `${name}.json`);
      const about = JSON.parse(readFileSync(path, "utf8")) as Case;
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
