/** The arenas of models that are asked and not trained, for callers that hold tensors of tfjs. */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import type {ComparedPieces, Encoded} from "../forward.js";
import type {FlatInputs} from "../inputs.js";
import type {Parameters} from "../params.js";
import type {ForwardRequest} from "./forwardPlan.js";
import type {HeadRequest} from "./rowHead.js";
import {askKept, mostBytes, wasmSource, type KeptArena} from "./keptArenas.js";
import {mostBytesOn, onDevice, tensorOf, webgpuDevice, webgpuSource} from "./tfjsDevice.js";
import {WasmForward} from "./wasmForward.js";
import {WebgpuForward} from "./webgpu/forward.js";

/** A model's arena, whatever computes. */
export interface ModelArena extends KeptArena {
  /** Null where there is not so much memory. */
  encode(params: Parameters, request: ForwardRequest, given: FlatInputs): Encoded | null;
  /** @param states `[rows, hidden]` */
  head(
    params: Parameters,
    request: HeadRequest,
    states: tf.Tensor2D,
    pieces?: ComparedPieces
  ): tf.Tensor2D | null;
}

/**
 * Asks the arena of a model on the backend in use, which is made where there is none. Gives null on other
 * backends.
 */
export function askArena<T>(config: AlbertConfig, ask: (arena: ModelArena) => T): T | null {
  const backend = tf.getBackend();
  if (backend !== "wasm" && backend !== "webgpu") return null;
  const make = () => (backend === "wasm" ? wasmArena(config) : webgpuArena(webgpuDevice(), config));
  return askKept(`${backend} ${JSON.stringify(config)}`, make, ask);
}

function wasmArena(config: AlbertConfig): ModelArena {
  const executor = new WasmForward(config);
  const {hiddenSize} = config;
  return {
    get bytes() {
      return executor.bytes;
    },
    encode(params, request, given) {
      const ready = executor.planFor(request);
      if (executor.bytesFor(ready) > mostBytes) return null;
      executor.load(ready, wasmSource(params));
      const {states, pooled, captured} = executor.run(request, given);
      return {
        sequenceOutput: tf.tensor3d(states, [given.batch, given.sequence, hiddenSize]),
        ...(pooled && {pooledOutput: tf.tensor2d(pooled, [given.batch, hiddenSize])}),
        captured: new Map(
          Array.from(captured, ([site, {shape, data}]) => [site, tf.tensor(data, shape)])
        )
      };
    },
    head(params, request, states, pieces) {
      const ready = executor.headFor(request);
      if (executor.bytesFor(ready) > mostBytes) return null;
      executor.load(ready, wasmSource(params));
      const {rows, columns} = ready.plan.logits;
      const logits = executor.runHead(request, states.dataSync<"float32">(), pieces);
      return tf.tensor2d(logits, [rows, columns]);
    },
    dispose() {}
  };
}

function webgpuArena(device: GPUDevice, config: AlbertConfig): ModelArena {
  const executor = new WebgpuForward(device, config);
  const most = mostBytesOn(device);
  return {
    get bytes() {
      return executor.bytes;
    },
    encode(params, request, given) {
      const ready = executor.planFor(request);
      if (executor.bytesFor(ready) > most) return null;
      executor.load(ready, webgpuSource(params));
      const {states, pooled, captured} = executor.run(request, given);
      return {
        sequenceOutput: tensorOf(states) as tf.Tensor3D,
        ...(pooled && {pooledOutput: tensorOf(pooled) as tf.Tensor2D}),
        captured: new Map(Array.from(captured, ([site, result]) => [site, tensorOf(result)]))
      };
    },
    head(params, request, states, pieces) {
      const ready = executor.headFor(request);
      if (executor.bytesFor(ready) > most) return null;
      executor.load(ready, webgpuSource(params));
      return tensorOf(executor.runHead(request, onDevice(states), pieces)) as tf.Tensor2D;
    },
    dispose: () => executor.dispose()
  };
}
