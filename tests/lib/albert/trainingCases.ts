/** The reference's trainings: settings, batches and what PyTorch came to in float64. */
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import {expect} from "vitest";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {readSafetensors, toFloat32} from "../../../src/lib/albert/checkpoint/safetensors.js";
import {modelInputs, namedInputsFromJson} from "../../../src/lib/albert/namedInputs.js";
import type {OptimizerOptions} from "../../../src/lib/albert/optimizers/optimizer.js";
import type {OptimizerName} from "../../../src/lib/albert/optimizers/rule.js";
import type {Schedule} from "../../../src/lib/albert/optimizers/schedule.js";
import type {ParameterData} from "../../../src/lib/albert/specs.js";

export const folder = process.env.ALBERT_PARITY_DIR;
export const names = folder
  ? readdirSync(join(folder, "training"))
      .filter((file) => file.endsWith(".json"))
      .map((file) => file.slice(0, -5))
  : [];
if (!folder) console.log("skipped: no ALBERT_PARITY_DIR");

export interface Case {
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

export const optimizerNames: Record<string, OptimizerName> = {
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

/** A case as its files hold it. */
export function readCase(name: string): Case {
  const path = join(folder!, "training", `${name}.json`);
  return JSON.parse(readFileSync(path, "utf8")) as Case;
}

/** Where a case starts from, its batches, and the settings of its updates. */
export async function startOf(about: Case) {
  const at = join(folder!, "models", about.init_model);
  const files = readdirSync(at).filter((file) => /^(config\.json|model.*)$/.test(file));
  const bytes = new Map(files.map((file) => [file, new Uint8Array(readFileSync(join(at, file)))]));
  const {config, parameters} = await readModelFolder(mapFiles(bytes), at);
  for (const name of about.zeroed_at_start) parameters.get(name)!.data.fill(0);
  const {lr, betas, eps, weight_decay, name} = about.optimizer;
  const decayed = new Set(about.weight_decay_tensors);
  const trainable = new Set(about.trainable_tensors);
  const optimizer = optimizerNames[name]!;
  const options: OptimizerOptions = {
    beta1: betas[0],
    beta2: betas[1],
    epsilon: eps,
    weightDecay: weight_decay,
    decays: (tensor) => decayed.has(tensor),
    trainable: (tensor) => trainable.has(tensor)
  };
  const schedule: Schedule = {
    decay: decays[about.schedule.name]!,
    warmupSteps: about.schedule.warmup_steps ?? 0,
    totalSteps: about.schedule.total_steps ?? about.per_step.length,
    power: about.schedule.power
  };
  const batches = about.batches.map((batch) => modelInputs(namedInputsFromJson(batch, "in"), "in"));
  return {config, parameters, optimizer, options, schedule, learningRate: lr, batches};
}

/** Compares every tensor with the reference's final ones; returns the largest share of the bound. */
export function compareFinal(name: string, about: Case, actual: ParameterData): number {
  const file = join(folder!, "training", `${name}.final.safetensors`);
  const expected = readSafetensors(new Uint8Array(readFileSync(file)), file);
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
