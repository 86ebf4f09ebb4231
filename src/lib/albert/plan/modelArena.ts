/** The arenas of models that are asked and not trained, for callers that hold tensors of tfjs. */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import type {ComparedPieces, Encoded} from "../forward.js";
import type {FlatInputs} from "../inputs.js";
import {sourceOf} from "../lazyParameters.js";
import type {Parameters} from "../params.js";
import type {ForwardRequest} from "./forwardPlan.js";
import type {HeadRequest} from "./rowHead.js";
import {onDevice, taken, tensorOf, webgpuDevice} from "./tfjsDevice.js";
import {WasmForward} from "./wasmForward.js";
import {WebgpuForward} from "./webgpu/forward.js";

/** Arenas are kept for the next question up to this, the last one used first. */
const mostKeptBytes = 768 * 2 ** 20;
/** A pass that needs more is left to the plain form. */
const mostBytes = 3 * 2 ** 30;

/** A model's arena, whatever computes. */
export interface ModelArena {
  readonly bytes: number;
  /** Null where there is not so much memory. */
  encode(params: Parameters, request: ForwardRequest, given: FlatInputs): Encoded | null;
  /** @param states `[rows, hidden]` */
  head(
    params: Parameters,
    request: HeadRequest,
    states: tf.Tensor2D,
    pieces?: ComparedPieces
  ): tf.Tensor2D | null;
  dispose(): void;
}

/** Arenas by device and configuration, in the order of their last use. */
const kept = new Map<string, ModelArena>();

/**
 * Asks the arena of a model on the backend in use, which is made where there is none; others are given
 * back where they are too many. Gives null on other backends, and while gradients are recorded.
 */
export function askArena<T>(config: AlbertConfig, ask: (arena: ModelArena) => T): T | null {
  const backend = tf.getBackend();
  const isRecording = tf.engine().state.gradientDepth > 0;
  if ((backend !== "wasm" && backend !== "webgpu") || isRecording) return null;
  const key = `${backend} ${JSON.stringify(config)}`;
  const arena =
    kept.get(key) ?? (backend === "wasm" ? wasmArena(config) : webgpuArena(webgpuDevice(), config));
  kept.delete(key);
  kept.set(key, arena);
  const answer = ask(arena);
  dropOldest();
  return answer;
}

function wasmArena(config: AlbertConfig): ModelArena {
  const executor = new WasmForward(config);
  const {hiddenSize} = config;
  const sources = (params: Parameters) => (name: string) => {
    const {version, numbers} = sourceOf(params, name);
    return {version, read: () => numbers ?? params.get(name)!.dataSync<"float32">()};
  };
  return {
    get bytes() {
      return executor.bytes;
    },
    encode(params, request, given) {
      const ready = executor.planFor(request);
      if (executor.bytesFor(ready) > mostBytes) return null;
      executor.load(ready, sources(params));
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
      executor.load(ready, sources(params));
      const {rows, columns} = ready.plan.logits;
      const logits = executor.runHead(request, states.dataSync<"float32">(), pieces);
      return tf.tensor2d(logits, [rows, columns]);
    },
    dispose() {}
  };
}

function webgpuArena(device: GPUDevice, config: AlbertConfig): ModelArena {
  const executor = new WebgpuForward(device, config);
  const {maxBufferSize, maxStorageBufferBindingSize} = device.limits;
  const most = Math.min(mostBytes, maxBufferSize, maxStorageBufferBindingSize);
  const sources = (params: Parameters) => (name: string) => {
    const {version, numbers} = sourceOf(params, name);
    return {version, read: () => (numbers ? taken(numbers) : onDevice(params.get(name)!))};
  };
  return {
    get bytes() {
      return executor.bytes;
    },
    encode(params, request, given) {
      const ready = executor.planFor(request);
      if (executor.bytesFor(ready) > most) return null;
      executor.load(ready, sources(params));
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
      executor.load(ready, sources(params));
      return tensorOf(executor.runHead(request, onDevice(states), pieces)) as tf.Tensor2D;
    },
    dispose: () => executor.dispose()
  };
}

function dropOldest(): void {
  let bytes = 0;
  for (const arena of kept.values()) bytes += arena.bytes;
  for (const [key, arena] of kept) {
    if (bytes <= mostKeptBytes) return;
    bytes -= arena.bytes;
    arena.dispose();
    kept.delete(key);
  }
}

/** Gives back the arenas of all models. */
export function releaseForwardPlans(): void {
  for (const arena of kept.values()) arena.dispose();
  kept.clear();
}
