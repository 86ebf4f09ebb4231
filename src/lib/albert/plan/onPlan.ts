/** A model that is asked and not trained, by its compiled plans. */
import * as tf from "@tensorflow/tfjs-core";
import {captureSites, siteShape, capturePredicate} from "../capture.js";
import type {EncodeExecutor, ForwardExecutor, HeadExecutor} from "../forward.js";
import type {Intervention, SiteValue} from "../interventions.js";
import {editsOf, type EditValue} from "./edits.js";
import type {ForwardRequest} from "./forwardPlan.js";
import {askArena} from "./modelArena.js";

/**
 * What `encode` computes in the plain form, from the plan's buffers: the sites that are asked for are
 * copied out and no other, and interventions are instructions of the plan. On WebGPU nothing leaves the
 * device. Gives null where only the plain form will do:
 *
 * - while gradients are recorded: a pass takes the places of what it has read for what comes next, so
 *   nothing is left for a way back. Derivatives at inputs, attention weights or any other site, and those
 *   that `namedOutputs` and `depthGradients` ask for, are taken through the plain form;
 * - with dropout, whose masks a plan has in training alone;
 * - with masks that differ from piece to piece: the attention kernels take one number a piece;
 * - on WebGPU with an intervention's values in a tensor: a plan is sent numbers, and reading a tensor back
 *   has to be waited for;
 * - for more memory than there is.
 */
const encodeOnPlan: EncodeExecutor = (params, given, config, {capture, dropout}, changes) => {
  const {batch, sequence, attentionMask} = given;
  if (dropout) return null;
  if (attentionMask && attentionMask.length !== batch * sequence) return null;
  if (tf.getBackend() === "webgpu" && [...changes.values()].flat().some(hasTensor)) return null;
  return askArena(config, (arena) => {
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
    return arena.encode(params, request, given);
  });
};

/**
 * What a head makes of rows of states, of whatever depth, by its plan; on WebGPU nothing leaves the
 * device. Gives null while gradients are recorded, and for more memory than there is.
 */
const headOnPlan: HeadExecutor = (params, states, config, head, pieces) => {
  const rows = states.shape[0];
  if (head !== "alignment")
    return askArena(config, (arena) => arena.head(params, {head, rows}, states));
  const {sequence} = pieces!;
  return askArena(config, (arena) => arena.head(params, {head, rows, sequence}, states, pieces));
};

/** Both parts of a model on their compiled plans, for callers that hold tensors of tfjs-wasm or tfjs-webgpu. */
export const onPlan: ForwardExecutor = {encode: encodeOnPlan, head: headOnPlan};

function hasTensor(intervention: Intervention): boolean {
  return "value" in intervention && intervention.value instanceof tf.Tensor;
}

function numbersOf(value: SiteValue): EditValue {
  if (typeof value === "number") return {shape: [], data: [value]};
  if (value instanceof tf.Tensor) return {shape: value.shape, data: value.dataSync()};
  return value;
}
