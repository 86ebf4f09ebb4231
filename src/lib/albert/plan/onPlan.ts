/** A model that is asked and not trained, by its compiled plans. */
import * as tf from "@tensorflow/tfjs-core";
import {captureSites, siteShape, capturePredicate} from "../capture.js";
import type {EncodeExecutor, ForwardExecutor, HeadExecutor} from "../forward.js";
import {intervene, type Intervention} from "../interventions.js";
import {recordingDepth} from "../tensor.js";
import {editsOf, type ValueSource} from "./edits.js";
import type {ForwardRequest} from "./forwardPlan.js";
import {askArena} from "./modelArena.js";
import {encodeRecorded, headRecorded} from "./recorded.js";
import type {HeadRequest} from "./rowHead.js";
import {onDevice} from "./tfjsDevice.js";

/**
 * What `encode` computes in the plain form, from the plan's buffers: the sites that are asked for are
 * copied out and no other, and interventions are instructions of the plan. On WebGPU nothing leaves the
 * device. While gradients are recorded the pass is one operation with the plan's own way back, from every
 * output and kept site to parameters and values of interventions. Gives null where only the plain form
 * will do:
 *
 * - with dropout, whose masks a plan has in training alone;
 * - for derivatives of derivatives;
 * - for more memory than there is.
 */
const encodeOnPlan: EncodeExecutor = (params, given, config, {capture, dropout}, changes) => {
  const {batch, sequence, attentionMask} = given;
  if (dropout || recordingDepth() > 1) return null;
  const isKept = capturePredicate(capture);
  const sites = captureSites(config);
  const requestFor = (by: typeof changes): ForwardRequest => ({
    batch,
    sequence,
    isMaskApart: attentionMask !== null && attentionMask.length > batch * sequence,
    capture: sites.map(({site}) => site).filter(isKept),
    edits: new Map(
      sites.flatMap((site) => {
        const list = by.get(site.site);
        if (!list) return [];
        return [[site.site, editsOf(siteShape(config, site, batch, sequence), list, values)]];
      })
    )
  });
  if (recordingDepth() > 0) {
    const recorded = encodeRecorded(params, given, config, requestFor, changes);
    if (recorded !== "constant") return recorded;
  }
  return askArena(config, (arena) => arena.encode(params, requestFor(changes), given));
};

/**
 * What a head makes of rows of states, of whatever depth, by its plan; on WebGPU nothing leaves the
 * device. While gradients are recorded it is one operation, as the encoder is. Gives null where that does.
 */
const headOnPlan: HeadExecutor = (params, states, config, head, pieces) => {
  if (recordingDepth() > 1) return null;
  const rows = states.shape[0];
  const request: HeadRequest =
    head === "alignment" ? {head, rows, sequence: pieces!.sequence} : {head, rows};
  if (recordingDepth() > 0) {
    const recorded = headRecorded(params, states, config, request, pieces);
    if (recorded !== "constant") return recorded;
  }
  return askArena(config, (arena) => arena.head(params, request, states, pieces));
};

/** Both parts of a model on their compiled plans, for callers that hold tensors of tfjs-wasm or tfjs-webgpu. */
export const onPlan: ForwardExecutor = {encode: encodeOnPlan, head: headOnPlan};

/** The same without their way back: while gradients are recorded the plain form computes. */
export const onPlanForward: ForwardExecutor = {
  encode: (...given) => (recordingDepth() > 0 ? null : encodeOnPlan(...given)),
  head: (...given) => (recordingDepth() > 0 ? null : headOnPlan(...given))
};

/** Values of interventions: numbers, and tensors of WebGPU, which stay where they are. */
const values: ValueSource = {
  numbersOf(value) {
    if (typeof value === "number") return {shape: [], data: [value]};
    if (value instanceof tf.Tensor) return {shape: value.shape, data: value.dataSync()};
    return value;
  },
  onDevice(shape, interventions) {
    if (tf.getBackend() !== "webgpu" || !interventions.some(hasTensor)) return null;
    return {
      read() {
        const made = tf.tidy(() => intervene(tf.zeros(shape.slice()), interventions.map(unscaled)));
        const {values: numbers, done} = onDevice(made);
        return {
          values: numbers,
          done() {
            done();
            made.dispose();
          }
        };
      }
    };
  }
};

/** Without the scaling of what is left, which is an edit of its own. */
const unscaled = (one: Intervention): Intervention =>
  one.type === "maskAttention" ? {...one, renormalise: false} : one;

function hasTensor(intervention: Intervention): boolean {
  return "value" in intervention && intervention.value instanceof tf.Tensor;
}
