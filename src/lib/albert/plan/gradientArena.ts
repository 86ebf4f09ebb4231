/** The arenas of models that are differentiated, for callers that hold tensors of tfjs. */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import type {ComparedPieces} from "../forward.js";
import type {FlatInputs} from "../inputs.js";
import type {Parameters} from "../params.js";
import {fillEdits, fillInputs, valuesThere} from "./forwardPlan.js";
import type {GradientRequest} from "./gradientBuilder.js";
import {
  smallestGradients,
  type DifferentiatedPart,
  type HeadGradientRequest
} from "./gradientPlan.js";
import {askKept, mostBytes, wasmSource, type KeptArena} from "./keptArenas.js";
import {fillPieces} from "./rowHead.js";
import {mostBytesOn, onDevice, tensorOf, webgpuDevice, webgpuSource} from "./tfjsDevice.js";
import {WasmGradients, type WasmPass} from "./wasmGradients.js";
import {WebgpuGradients, type WebgpuPass} from "./webgpu/gradients.js";

/** A question to one part of a model. */
export type DifferentiatedPass = {params: Parameters} & (
  | {part: "encoder"; request: GradientRequest; given: FlatInputs}
  | {
      part: "head";
      request: HeadGradientRequest;
      /** `[rows, hidden]` */
      states: tf.Tensor;
      pieces: ComparedPieces | undefined;
    }
);

/** An arena, whatever computes, for one part of a model. */
export interface GradientArena extends KeptArena {
  /** Whether there is so much memory. */
  fits(pass: DifferentiatedPass): boolean;
  /** What the pass gives, and by what it is known on the way back. */
  forward(pass: DifferentiatedPass): {values: tf.Tensor[]; known: object};
  /** Derivatives by what the request names, in its order, from those by the values. */
  backward(pass: DifferentiatedPass, known: object, cotangents: tf.Tensor[]): tf.Tensor[];
}

/** Asks the arena of a part on the backend in use, which is made where there is none; null on other backends. */
export function askGradients<T>(
  config: AlbertConfig,
  part: DifferentiatedPart,
  ask: (arena: GradientArena) => T
): T | null {
  const backend = tf.getBackend();
  if (backend !== "wasm" && backend !== "webgpu") return null;
  const make = () =>
    backend === "wasm" ? wasmArena(config, part) : webgpuArena(webgpuDevice(), config, part);
  const key = `${backend} gradients of the ${part} ${JSON.stringify(config)}`;
  return askKept(key, make, ask);
}

function wasmArena(config: AlbertConfig, part: DifferentiatedPart): GradientArena {
  const executor = new WasmGradients(config, smallestGradients(config, part));
  const passOf = (pass: DifferentiatedPass): WasmPass => {
    const source = wasmSource(pass.params);
    if (pass.part === "encoder") {
      const ready = executor.planFor(pass.request);
      const {plan} = ready;
      return {
        ready,
        source,
        fill({floats, ints}) {
          fillInputs(plan.inputs, pass.given, floats, ints);
          fillEdits(plan, pass.request, floats);
        }
      };
    }
    const ready = executor.headFor(pass.request);
    const {plan} = ready;
    return {
      ready,
      source,
      fill({floats, ints}) {
        floats(plan.states).set(pass.states.dataSync<"float32">());
        fillPieces(plan, pass.pieces, floats, ints);
      }
    };
  };
  return {
    get bytes() {
      return executor.bytes;
    },
    fits: (pass) => executor.bytesFor(passOf(pass).ready) <= mostBytes,
    forward(pass) {
      const made = passOf(pass);
      const {values, known} = executor.forward(made);
      const {outputs} = made.ready.plan;
      return {known, values: values.map((data, i) => tf.tensor(data, outputs[i]!.shape))};
    },
    backward(pass, known, cotangents) {
      const made = passOf(pass);
      const given = cotangents.map((tensor) => tensor.dataSync<"float32">());
      const {derivatives} = made.ready.plan;
      return executor
        .backward(made, known, given)
        .map((data, i) => tf.tensor(data, derivatives[i]!.shape));
    },
    dispose() {}
  };
}

function webgpuArena(
  device: GPUDevice,
  config: AlbertConfig,
  part: DifferentiatedPart
): GradientArena {
  const executor = new WebgpuGradients(device, config, smallestGradients(config, part));
  const most = mostBytesOn(device);
  const passOf = (pass: DifferentiatedPass): WebgpuPass => {
    const source = webgpuSource(pass.params);
    if (pass.part === "encoder") {
      const ready = executor.planFor(pass.request);
      const {plan} = ready;
      return {
        ready,
        source,
        fill(floats) {
          fillInputs(plan.inputs, pass.given, floats, floats);
          fillEdits(plan, pass.request, floats);
        },
        arriving: valuesThere(plan, pass.request).map(({read}) => read)
      };
    }
    const ready = executor.headFor(pass.request);
    return {
      ready,
      source,
      fill: (floats) => fillPieces(ready.plan, pass.pieces, floats, floats),
      arriving: [() => onDevice(pass.states)]
    };
  };
  return {
    get bytes() {
      return executor.bytes;
    },
    fits: (pass) => executor.bytesFor(passOf(pass).ready) <= most,
    forward(pass) {
      const {values, known} = executor.forward(passOf(pass));
      return {known, values: values.map(tensorOf)};
    },
    backward(pass, known, cotangents) {
      const given = cotangents.map((tensor) => () => onDevice(tensor));
      return executor.backward(passOf(pass), known, given).map(tensorOf);
    },
    dispose: () => executor.dispose()
  };
}
