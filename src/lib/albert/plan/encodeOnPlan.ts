/** The encoder by its compiled plan, for callers that hold tensors of tfjs-wasm or tfjs-webgpu. */
import * as tf from "@tensorflow/tfjs-core";
import {captureSites, siteShape, capturePredicate} from "../capture.js";
import type {AlbertConfig} from "../config.js";
import type {Encoded, EncodeExecutor} from "../forward.js";
import type {FlatInputs} from "../inputs.js";
import type {Intervention, SiteValue} from "../interventions.js";
import {sourceOf} from "../lazyParameters.js";
import type {Parameters} from "../params.js";
import {editsOf, type EditValue} from "./edits.js";
import type {ForwardRequest} from "./forwardPlan.js";
import {onDevice, taken, tensorOf, webgpuDevice} from "./tfjsDevice.js";
import {WasmForward} from "./wasmForward.js";
import {WebgpuForward} from "./webgpu/forward.js";

/** Arenas are kept for the next question up to this, the last one used first. */
const mostKeptBytes = 768 * 2 ** 20;
/** A pass that needs more is left to the plain form. */
const mostBytes = 3 * 2 ** 30;

/** A model's arena, whatever computes. */
interface Encoder {
  readonly bytes: number;
  bytesFor(request: ForwardRequest): number;
  encode(params: Parameters, request: ForwardRequest, given: FlatInputs): Encoded;
  dispose(): void;
}

/** Arenas by device and configuration, in the order of their last use. */
const kept = new Map<string, Encoder>();

function encoderFor(backend: "wasm" | "webgpu", config: AlbertConfig): Encoder {
  const key = `${backend} ${JSON.stringify(config)}`;
  const encoder =
    kept.get(key) ??
    (backend === "wasm" ? wasmEncoder(config) : webgpuEncoder(webgpuDevice(), config));
  kept.delete(key);
  kept.set(key, encoder);
  return encoder;
}

function wasmEncoder(config: AlbertConfig): Encoder {
  const executor = new WasmForward(config);
  const {hiddenSize} = config;
  return {
    get bytes() {
      return executor.bytes;
    },
    bytesFor: (request) => executor.bytesFor(request),
    encode(params, request, given) {
      executor.load((name) => {
        const {version, numbers} = sourceOf(params, name);
        return {version, read: () => numbers ?? params.get(name)!.dataSync<"float32">()};
      });
      const {states, pooled, captured} = executor.run(request, given);
      return {
        sequenceOutput: tf.tensor3d(states, [given.batch, given.sequence, hiddenSize]),
        ...(pooled && {pooledOutput: tf.tensor2d(pooled, [given.batch, hiddenSize])}),
        captured: new Map(
          Array.from(captured, ([site, {shape, data}]) => [site, tf.tensor(data, shape)])
        )
      };
    },
    dispose() {}
  };
}

function webgpuEncoder(device: GPUDevice, config: AlbertConfig): Encoder {
  const executor = new WebgpuForward(device, config);
  return {
    get bytes() {
      return executor.bytes;
    },
    bytesFor: (request) => executor.bytesFor(request),
    encode(params, request, given) {
      executor.load((name) => {
        const {version, numbers} = sourceOf(params, name);
        return {version, read: () => (numbers ? taken(numbers) : onDevice(params.get(name)!))};
      });
      const {states, pooled, captured} = executor.run(request, given);
      return {
        sequenceOutput: tensorOf(states) as tf.Tensor3D,
        ...(pooled && {pooledOutput: tensorOf(pooled) as tf.Tensor2D}),
        captured: new Map(Array.from(captured, ([site, result]) => [site, tensorOf(result)]))
      };
    },
    dispose: () => executor.dispose()
  };
}

function dropOldest(): void {
  let bytes = 0;
  for (const encoder of kept.values()) bytes += encoder.bytes;
  for (const [key, encoder] of kept) {
    if (bytes <= mostKeptBytes) return;
    bytes -= encoder.bytes;
    encoder.dispose();
    kept.delete(key);
  }
}

/** Gives back the arenas of all models. */
export function releaseForwardPlans(): void {
  for (const encoder of kept.values()) encoder.dispose();
  kept.clear();
}

/** Bytes that one arena may have on the backend in use. */
function mostBytesOn(backend: "wasm" | "webgpu"): number {
  if (backend === "wasm") return mostBytes;
  const {maxBufferSize, maxStorageBufferBindingSize} = webgpuDevice().limits;
  return Math.min(mostBytes, maxBufferSize, maxStorageBufferBindingSize);
}

/**
 * What `encode` computes in the plain form, from the plan's buffers: the sites that are asked for are
 * copied out and no other, and interventions are instructions of the plan. On WebGPU nothing leaves the
 * device. Gives null where only the plain form will do: while gradients are recorded, with dropout, with
 * masks that differ from piece to piece, with values that would have to be read back from a device, and
 * for more memory than there is.
 */
export const encodeOnPlan: EncodeExecutor = (
  params,
  given,
  config,
  {capture, dropout},
  changes
) => {
  const {batch, sequence, attentionMask} = given;
  const backend = tf.getBackend();
  const isRecording = tf.engine().state.gradientDepth > 0;
  if ((backend !== "wasm" && backend !== "webgpu") || isRecording || dropout) return null;
  if (attentionMask && attentionMask.length !== batch * sequence) return null;
  if (backend === "webgpu" && [...changes.values()].flat().some(hasTensor)) return null;
  const isKept = capturePredicate(capture);
  const sites = captureSites(config);
  const request: ForwardRequest = {
    batch,
    sequence,
    capture: sites.map(({site}) => site).filter(isKept),
    edits: new Map(
      sites.flatMap((site) => {
        const list = changes.get(site.site);
        if (!list) return [];
        return [[site.site, editsOf(siteShape(config, site, batch, sequence), list, numbersOf)]];
      })
    )
  };
  const encoder = encoderFor(backend, config);
  if (encoder.bytesFor(request) > mostBytesOn(backend)) return null;
  const encoded = encoder.encode(params, request, given);
  dropOldest();
  return encoded;
};

function hasTensor(intervention: Intervention): boolean {
  return "value" in intervention && intervention.value instanceof tf.Tensor;
}

function numbersOf(value: SiteValue): EditValue {
  if (typeof value === "number") return {shape: [], data: [value]};
  if (value instanceof tf.Tensor) return {shape: value.shape, data: value.dataSync()};
  return value;
}
