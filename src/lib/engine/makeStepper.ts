import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../albert/config.js";
import type {HeadStepper} from "../albert/headStepper.js";
import {plainHeadStepper} from "../albert/plainHeadStepper.js";
import {plainStepper} from "../albert/plainStepper.js";
import {wasmHeadStepper} from "../albert/plan/wasmHeadStepper.js";
import {wasmStepper} from "../albert/plan/wasmStepper.js";
import {webgpuHeadStepper} from "../albert/plan/webgpuHeadStepper.js";
import {webgpuStepper} from "../albert/plan/webgpuStepper.js";
import type {ParameterData} from "../albert/specs.js";
import type {Stepper, StepperSettings} from "../albert/stepper.js";
import {hasPlan, webgpuDevice} from "./planTest.js";

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
  // a teacher's part of the gradient comes into the plan on WebAssembly only
  if (!hasPlan(backend) || (settings.teacher && backend !== "wasm"))
    return plainStepper(config, initial, settings);
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
