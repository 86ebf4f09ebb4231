import * as tf from "@tensorflow/tfjs-core";
import {InputError} from "../errors.js";
import {captureSites} from "./capture.js";
import type {AlbertConfig} from "./config.js";
import {add, scaleRows, select} from "./ops/arithmetic.js";
import {broadcast, sumOverCopies} from "./ops/shape.js";

/** Values of a site: a tensor (gradients flow into it), or numbers in row-major order. */
export type SiteValue = tf.Tensor | {shape: readonly number[]; data: ArrayLike<number>} | number;

/** One change to the forward pass. */
export type Intervention =
  /** Sets the attention of heads to 0, at one depth or at every depth. */
  | {type: "maskHeads"; heads: readonly number[]; depth?: number}
  /** Adds to a site's value another, of its shape or one that broadcasts to it. */
  | {type: "add"; site: string; value: SiteValue}
  /**
   * Sets the attention of heads from some pieces to some pieces to 0, at one depth or at every
   * depth; with `renormalise` the rest of each row is then divided by its sum, as if the pieces
   * had not been there to be looked at.
   */
  | {
      type: "maskAttention";
      heads: readonly number[];
      from: readonly number[];
      to: readonly number[];
      depth?: number;
      renormalise?: boolean;
    }
  /**
   * Replaces a site's value by another (of the site's shape, or one that broadcasts to it), by
   * default everywhere; `rows`, `heads` and `positions` restrict it to those of the batch, of the
   * heads and of the sequence (for attention.probs: of the pieces that attend).
   */
  | {
      type: "replace";
      site: string;
      value: SiteValue;
      rows?: readonly number[];
      heads?: readonly number[];
      positions?: readonly number[];
    };

/**
 * The interventions of a forward pass by site, checked against the model.
 *
 * @throws InputError if a site, head or depth does not exist
 */
export function interventionsBySite(
  config: AlbertConfig,
  interventions: readonly Intervention[] = []
): Map<string, Intervention[]> {
  const bySite = new Map<string, Intervention[]>();
  if (interventions.length === 0) return bySite;
  const sites = captureSites(config).map(({site}) => site);
  const known = new Set(sites);
  const append = (site: string, intervention: Intervention): void => {
    if (!known.has(site))
      throw new InputError(
        `intervention: no site ${site} (there are ${sites[0]} to ${sites.at(-1)})`
      );
    const list = bySite.get(site);
    if (list) list.push(intervention);
    else bySite.set(site, [intervention]);
  };
  for (const intervention of interventions) {
    const heads = intervention.type === "add" ? [] : (intervention.heads ?? []);
    const wrong = heads.find((head) => !(head >= 0 && head < config.numAttentionHeads));
    if (wrong !== undefined)
      throw new InputError(
        `intervention: no head ${wrong} (the model has ${config.numAttentionHeads})`
      );
    if (intervention.type === "replace" || intervention.type === "add")
      append(intervention.site, intervention);
    else if (intervention.depth !== undefined)
      append(`layer.${intervention.depth}.attention.probs`, intervention);
    else
      for (const site of sites) if (site.endsWith(".attention.probs")) append(site, intervention);
  }
  return bySite;
}

/**
 * The value of a site after its interventions, in order.
 *
 * @param x in the site's shape: `[batch, heads, …]`, `[batch, seq, width]` or `[batch, hidden]`
 * @returns the shape of x
 */
export function intervene(x: tf.Tensor, interventions: readonly Intervention[]): tf.Tensor {
  return interventions.reduce((value, intervention) => {
    if (intervention.type === "maskAttention") return maskAttention(value, intervention);
    if (intervention.type === "add")
      return add(value, broadcast(siteTensor(intervention.value), value.shape));
    const replacement =
      intervention.type === "replace" ? siteTensor(intervention.value) : tf.scalar(0);
    const full = broadcast(replacement, value.shape);
    const mask = chosenMask(value.shape, chosenOf(intervention, value.rank));
    return mask ? select(mask, full, value) : full;
  }, x);
}

/**
 * Derivatives by the tensors that `intervene` was given as values, in order, from those by its result.
 *
 * @param interventions of which one that scales what is left counts as cutting alone
 * @param isAsked which values a derivative is wanted by
 */
export function interveneGradients(
  dy: tf.Tensor,
  interventions: readonly Intervention[],
  isAsked: (value: tf.Tensor) => boolean
): tf.Tensor[] {
  const gradients: tf.Tensor[] = [];
  let d = dy;
  for (const intervention of interventions.toReversed()) {
    const value = "value" in intervention ? intervention.value : null;
    const asked = value instanceof tf.Tensor && isAsked(value) ? value : null;
    if (intervention.type === "add") {
      if (asked) gradients.unshift(sumOverCopies(d, asked.shape));
      continue;
    }
    const mask = chosenMask(d.shape, chosenOf(intervention, d.rank));
    const zeros = tf.zerosLike(d);
    if (asked) gradients.unshift(sumOverCopies(mask ? tf.where(mask, d, zeros) : d, asked.shape));
    d = mask ? tf.where(mask, zeros, d) : zeros;
  }
  return gradients;
}

/** The weights without some cells; a row of which nothing is left becomes 0. */
function maskAttention(
  probs: tf.Tensor,
  intervention: Intervention & {type: "maskAttention"}
): tf.Tensor {
  const {heads, from, renormalise} = intervention;
  const mask = chosenMask(probs.shape, chosenOf(intervention, 4));
  const zeros = tf.zeros(probs.shape);
  const kept = mask ? select(mask, zeros, probs) : zeros;
  if (!renormalise) return kept;
  // Only rows that lost something: dividing another by its sum of almost 1 would move it a little.
  const rows = chosenMask(probs.shape, [undefined, heads, from]);
  return rows ? select(rows, scaleRows(kept), probs) : scaleRows(kept);
}

function siteTensor(value: SiteValue): tf.Tensor {
  if (typeof value === "number") return tf.scalar(value);
  if (value instanceof tf.Tensor) return value;
  return tf.tensor(Float32Array.from(value.data), value.shape.slice());
}

/** 1 where every axis' index is among the chosen ones (all, if none are named); null if all are. */
function chosenMask(
  shape: readonly number[],
  chosen: readonly (readonly number[] | undefined)[]
): tf.Tensor | null {
  let mask: tf.Tensor | null = null;
  for (const [axis, flags] of chosenFlags(shape, chosen).entries()) {
    if (!flags) continue;
    const along = tf.tensor(
      flags,
      shape.map((n, i) => (i === axis ? n : 1))
    );
    mask = mask ? tf.mul(mask, along) : along;
  }
  return mask ? tf.cast(tf.broadcastTo(mask, shape.slice()), "bool") : null;
}

/**
 * For each axis the chosen indices as 1, the others as 0; null where all are.
 *
 * @throws InputError if an index is outside its axis
 */
export function chosenFlags(
  shape: readonly number[],
  chosen: readonly (readonly number[] | undefined)[]
): (Float32Array | null)[] {
  return shape.map((size, axis) => {
    const indices = chosen[axis];
    if (!indices) return null;
    const flags = new Float32Array(size);
    for (const index of indices) {
      if (!(index >= 0 && index < size))
        throw new InputError(`intervention: index ${index} is outside an axis of ${size}`);
      flags[index] = 1;
    }
    return flags;
  });
}

/** The axes that an intervention other than `add` limits, by what of each it chooses. */
export function chosenOf(
  intervention: Exclude<Intervention, {type: "add"}>,
  rank: number
): (readonly number[] | undefined)[] {
  if (intervention.type === "maskAttention")
    return [undefined, intervention.heads, intervention.from, intervention.to];
  const {rows, positions} =
    intervention.type === "replace" ? intervention : {rows: undefined, positions: undefined};
  return [rows, ...(rank === 4 ? [intervention.heads] : []), positions];
}
