import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../albert/config.js";
import {predictMemory} from "../albert/flops.js";
import type {HeadStepper} from "../albert/headStepper.js";
import {plainHeadStepper} from "../albert/plainHeadStepper.js";
import {plainStepper} from "../albert/plainStepper.js";
import {lowerPretraining} from "../albert/plan/lower.js";
import {lowerFineTuning} from "../albert/plan/lowerHead.js";
import {lowerMaskedAnswers} from "../albert/plan/maskedAnswers.js";
import type {PlanShape} from "../albert/plan/plan.js";
import {webgpuDevice} from "../albert/plan/tfjsDevice.js";
import {wasmBytes} from "../albert/plan/wasm.js";
import {wasmHeadStepper} from "../albert/plan/wasmHeadStepper.js";
import {wasmStepper} from "../albert/plan/wasmStepper.js";
import {inferenceBytes} from "../albert/plan/webgpu/inference.js";
import {webgpuBytes} from "../albert/plan/webgpu/trainer.js";
import {webgpuHeadStepper} from "../albert/plan/webgpuHeadStepper.js";
import {webgpuStepper} from "../albert/plan/webgpuStepper.js";
import type {ParameterData} from "../albert/specs.js";
import type {Stepper, StepperSettings} from "../albert/stepper.js";
import {InputError} from "../errors.js";
import {hasPlan} from "./planTest.js";

/**
 * Bytes that training at a shape takes on the backend in use: of a compiled plan what will be
 * allocated, of the plain form an estimate.
 *
 * @param teacher what the model learns from besides the text
 */
export function predictStepBytes(
  config: AlbertConfig,
  shape: PlanShape,
  settings: StepperSettings,
  teacher: AlbertConfig | null = null
): number {
  const {batch, sequence, slots: predictions} = shape;
  const backend = tf.getBackend();
  if (!hasPlan(backend)) return predictMemory(config, batch, sequence, {predictions}).total;
  const plan = lowerPretraining(config, shape, teacher !== null);
  if (backend === "wasm") {
    const own = wasmBytes(plan);
    return teacher ? own + wasmBytes(lowerPretraining(teacher, shape, true)) : own;
  }
  const own = webgpuBytes(plan, settings);
  return teacher ? own + inferenceBytes(teacher, lowerMaskedAnswers(teacher, shape)) : own;
}

/** Predicted bytes above which a run is refused rather than left to crash the page. */
const mostBytes = 3 * 2 ** 30;

/** @throws InputError when a run needs more than a page may use */
export function checkFits(bytes: number): void {
  if (bytes > mostBytes)
    throw new InputError(
      `this run would need ${(bytes / 2 ** 30).toFixed(1)} GiB, over the ${mostBytes / 2 ** 30} GiB a page may use: make the batch, the sequence or the model smaller`
    );
}

/**
 * Bytes that a model with a head takes to train on rows of one length, as {@link predictStepBytes}.
 */
export function predictHeadStepBytes(
  config: AlbertConfig,
  {batch, sequence}: Pick<PlanShape, "batch" | "sequence">,
  settings: StepperSettings
): number {
  const backend = tf.getBackend();
  if (!hasPlan(backend)) return predictMemory(config, batch, sequence, {predictions: 0}).total;
  const plan = lowerFineTuning(config, {batch, sequence});
  return backend === "wasm" ? wasmBytes(plan) : webgpuBytes(plan, settings);
}

/**
 * What trains a model on the backend in use: its compiled plan where that is WebGPU or WebAssembly
 * with SIMD, the plain form on tfjs elsewhere and where the plan failed its test.
 */
export function makeStepper(
  config: AlbertConfig,
  initial: ParameterData,
  settings: StepperSettings
): Stepper {
  const backend = tf.getBackend();
  if (!hasPlan(backend)) return plainStepper(config, initial, settings);
  return backend === "wasm"
    ? wasmStepper(config, initial, settings)
    : webgpuStepper(webgpuDevice(), config, initial, settings);
}

/** The same for a model with a classification, tagging or answering head. */
export function makeHeadStepper(
  config: AlbertConfig,
  initial: ParameterData,
  settings: StepperSettings
): HeadStepper {
  const backend = tf.getBackend();
  if (!hasPlan(backend)) return plainHeadStepper(config, initial, settings);
  return backend === "wasm"
    ? wasmHeadStepper(config, initial, settings)
    : webgpuHeadStepper(webgpuDevice(), config, initial, settings);
}
