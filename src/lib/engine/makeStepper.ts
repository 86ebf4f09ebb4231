import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../albert/config.js";
import type {HeadStepper} from "../albert/headStepper.js";
import {plainHeadStepper} from "../albert/plainHeadStepper.js";
import {plainStepper} from "../albert/plainStepper.js";
import {hasWasmSimd} from "../albert/plan/kernels.js";
import {wasmHeadStepper} from "../albert/plan/wasmHeadStepper.js";
import {wasmStepper} from "../albert/plan/wasmStepper.js";
import type {ParameterData} from "../albert/specs.js";
import type {Stepper, StepperSettings} from "../albert/stepper.js";

/**
 * What trains a model on the backend in use: its compiled plan where that is WebAssembly with SIMD,
 * the plain form on tfjs elsewhere.
 */
export function makeStepper(
  config: AlbertConfig,
  initial: ParameterData,
  settings: StepperSettings
): Stepper {
  return tf.getBackend() === "wasm" && hasWasmSimd()
    ? wasmStepper(config, initial, settings)
    : plainStepper(config, initial, settings);
}

/** The same for a model with a classification, tagging or answering head. */
export function makeHeadStepper(
  config: AlbertConfig,
  initial: ParameterData,
  settings: StepperSettings
): HeadStepper {
  return tf.getBackend() === "wasm" && hasWasmSimd()
    ? wasmHeadStepper(config, initial, settings)
    : plainHeadStepper(config, initial, settings);
}
