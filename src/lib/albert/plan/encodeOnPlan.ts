/** The encoder by its compiled plan on WebAssembly, for callers that hold tensors of tfjs-wasm. */
import * as tf from "@tensorflow/tfjs-core";
import {captureSites, siteShape, capturePredicate} from "../capture.js";
import type {AlbertConfig} from "../config.js";
import type {EncodeExecutor} from "../forward.js";
import type {SiteValue} from "../interventions.js";
import {editsOf, type EditValue} from "./edits.js";
import type {ForwardRequest} from "./forwardPlan.js";
import {WasmForward} from "./wasmForward.js";

/** Arenas are kept for the next question up to this, the last one used first. */
const mostKeptBytes = 768 * 2 ** 20;
/** A pass that needs more is left to the plain form. */
const mostBytes = 3 * 2 ** 30;

/** Arenas by configuration, in the order of their last use. */
const kept = new Map<string, WasmForward>();

function executorFor(config: AlbertConfig): WasmForward {
  const key = JSON.stringify(config);
  const executor = kept.get(key) ?? new WasmForward(config);
  kept.delete(key);
  kept.set(key, executor);
  return executor;
}

function dropOldest(): void {
  let bytes = 0;
  for (const executor of kept.values()) bytes += executor.bytes;
  for (const [key, executor] of kept) {
    if (bytes <= mostKeptBytes) return;
    bytes -= executor.bytes;
    kept.delete(key);
  }
}

/** Gives back the arenas of all models. */
export function releaseForwardPlans(): void {
  kept.clear();
}

/**
 * What `encode` computes in the plain form, from the plan's buffers: the sites that are asked for are
 * copied out and no other, and interventions are instructions of the plan. Gives null where only the
 * plain form will do: while gradients are recorded, with dropout, with masks that differ from piece to
 * piece, and for more memory than there is.
 */
export const encodeOnPlan: EncodeExecutor = (
  params,
  given,
  config,
  {capture, dropout},
  changes
) => {
  const {batch, sequence, attentionMask} = given;
  const isRecording = tf.engine().state.gradientDepth > 0;
  if (tf.getBackend() !== "wasm" || isRecording || dropout) return null;
  if (attentionMask && attentionMask.length !== batch * sequence) return null;
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
  const executor = executorFor(config);
  if (executor.bytesFor(request) > mostBytes) return null;
  executor.load((name) => {
    const tensor = params.get(name)!;
    return {version: tensor.dataId, read: () => tensor.dataSync<"float32">()};
  });
  const {states, pooled, captured} = executor.run(request, given);
  dropOldest();
  const {hiddenSize} = config;
  return {
    sequenceOutput: tf.tensor3d(states, [batch, sequence, hiddenSize]),
    ...(pooled && {pooledOutput: tf.tensor2d(pooled, [batch, hiddenSize])}),
    captured: new Map(
      Array.from(captured, ([site, {shape, data}]) => [site, tf.tensor(data, shape)])
    )
  };
};

function numbersOf(value: SiteValue): EditValue {
  if (typeof value === "number") return {shape: [], data: [value]};
  if (value instanceof tf.Tensor) return {shape: value.shape, data: value.dataSync()};
  return value;
}
