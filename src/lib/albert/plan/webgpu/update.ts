/**
 * The update on the device: norm of the gradient, clipping, and the optimizer's rule, tensor by
 * tensor in chunks. Nothing is read back: a step that is not finite stops itself and all after it.
 */
import type {OptimizerOptions} from "../../optimizers/optimizer.js";
import {rules, type OptimizerName} from "../../optimizers/rule.js";
import {alignment} from "../layout.js";
import {gridOf, groupIndex, makeKernel, rowLanes, rowReductions, type Dispatch} from "./kernel.js";

/** Numbers that one workgroup updates. */
const chunkSize = 1024;
const workgroup = [rowLanes, 1] as const;

/** A trained tensor: `at` counts from where parameters, gradients and moments each begin. */
interface TrainedTensor {
  at: number;
  size: number;
  decay: number;
  isAdapted: boolean;
}

/** Numbers of a step that the update reads, in their order; `share` is one batch's of the gradient. */
export const stepWords = ["learningRate", "correction1", "correction2", "share"] as const;
/** What stays of the update: norm of the gradient, factor on it, and 1 once a step was not finite. */
export const controlSize = 3;

export interface UpdateTables {
  /** Four numbers a chunk: first number / 16 (whole up to 2²⁸ weights), how many, tensor, 0. */
  chunks: Float32Array;
  /** Six numbers a tensor: first chunk, chunks, λ of the update, λ of the gradient, whether adapted, 0. */
  tensors: Float32Array;
}
const chunkWords = 4;
/** Tensors, and with them chunks, begin at multiples of this. */
const place = alignment / 4;
const tensorWords = 6;

/** Where the update finds things, in numbers. */
export interface UpdatePlaces {
  weights: number;
  gradient: number;
  first: number;
  second: number;
  chunks: number;
  tensors: number;
  control: number;
  /** The numbers of `stepWords`. */
  step: number;
  /** Room of `updateScratch` numbers. */
  scratch: number;
  /** Losses that must be finite, one number each. */
  losses: readonly number[];
}

export interface UpdateRule {
  tables: UpdateTables;
  chunkCount: number;
  tensorCount: number;
  hasAdapted: boolean;
  reals: {beta1: number; rest1: number; beta2: number; rest2: number; epsilon: number};
  correction(t: number): {correction1: number; correction2: number};
}

/**
 * An optimizer's rule over tensors that stand at given places.
 *
 * @param tensors by name: where a tensor begins, counted from the first, and its size
 */
export function updateRule(
  optimizer: OptimizerName,
  options: OptimizerOptions,
  tensors: ReadonlyMap<string, {at: number; size: number}>
): UpdateRule {
  const rule = rules[optimizer];
  const {beta1 = 0.9, beta2 = 0.999, epsilon = rule.epsilon, weightDecay = 0} = options;
  const isTrainable = options.trainable ?? (() => true);
  const decays =
    options.decays ?? ((name: string) => !rule.exclude.some((part) => name.includes(part)));
  const trained = [...tensors.keys()]
    .filter(isTrainable)
    .sort()
    .map((name): TrainedTensor => {
      const isDecayed = decays(name);
      return {
        ...tensors.get(name)!,
        decay: isDecayed ? weightDecay : 0,
        isAdapted: rule.adapts === "all" || (rule.adapts === "decayed" && isDecayed)
      };
    });
  const chunks: number[] = [];
  const table = trained.flatMap(({at, size, decay, isAdapted}, tensor) => {
    const first = chunks.length / chunkWords;
    for (let from = 0; from < size; from += chunkSize)
      chunks.push((at + from) / place, Math.min(chunkSize, size - from), tensor, 0);
    const count = chunks.length / chunkWords - first;
    const [ofUpdate, ofGradient] = rule.isCoupled ? [0, decay] : [decay, 0];
    return [first, count, ofUpdate, ofGradient, isAdapted ? 1 : 0, 0];
  });
  return {
    tables: {chunks: Float32Array.from(chunks), tensors: Float32Array.from(table)},
    chunkCount: chunks.length / chunkWords,
    tensorCount: trained.length,
    hasAdapted: trained.some(({isAdapted}) => isAdapted),
    reals: {beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, epsilon},
    correction: (t) => ({
      correction1: rule.isCorrected ? 1 / (1 - beta1 ** t) : 1,
      correction2: rule.isCorrected ? 1 / (1 - beta2 ** t) : 1
    })
  };
}

/** Numbers of scratch: the squares of every chunk's weights and update, and every tensor's ratio. */
export const updateScratch = ({chunkCount, tensorCount}: UpdateRule) =>
  2 * chunkCount + tensorCount;

const chunk = `  let c = ${groupIndex};
  if (c >= count) { return; }
  let at = ${place}u * u32(a[chunks + ${chunkWords}u * c]);
  let n = u32(a[chunks + ${chunkWords}u * c + 1u]);
  let tensor = tensors + ${tensorWords}u * u32(a[chunks + ${chunkWords}u * c + 2u]);
`;
const each = (n: string) => `for (var j = lane; j < ${n}; j += ${rowLanes}u)`;

const squaresKernel = makeKernel({
  name: "squares of the gradient",
  integers: ["chunks", "gradient", "count", "out"],
  workgroup,
  declarations: rowReductions,
  body: `  let c = ${groupIndex};
  if (c >= count) { return; }
  let at = gradient + ${place}u * u32(a[chunks + ${chunkWords}u * c]);
  let n = u32(a[chunks + ${chunkWords}u * c + 1u]);
  var part = 0.0;
  ${each("n")} { part += a[at + j] * a[at + j]; }
  let sum = total(lane, part);
  if (lane == 0u) { a[out + c] = sum; }`
});

/** Bits, because a compiler may take every number for finite. */
const isFinite = `fn isFinite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }`;

const normKernel = makeKernel({
  name: "norm of the gradient",
  integers: ["squares", "count", "control", "loss0", "loss1", "step"],
  reals: ["most"],
  workgroup,
  declarations: `${rowReductions}\n${isFinite}`,
  body: `  var part = 0.0;
  ${each("count")} { part += a[squares + j]; }
  let share = a[step + 3u];
  let norm = sqrt(total(lane, part)) * share;
  if (lane == 0u) {
    a[control] = norm;
    a[control + 1u] = share * select(1.0, min(1.0, most / (norm + 1e-6)), most > 0.0);
    if (!isFinite(norm) || !isFinite(a[loss0]) || !isFinite(a[loss1])) { a[control + 2u] = 1.0; }
  }`
});

const moments = `    let w = a[weights + at + j];
    let g = a[gradient + at + j] * factor + ofGradient * w;
    let m = beta1 * a[first + at + j] + rest1 * g;
    let v = beta2 * a[second + at + j] + rest2 * g * g;
    let u = m * correction1 / (sqrt(v * correction2) + epsilon) + ofUpdate * w;`;

const updateParts = {
  integers: [
    ...["chunks", "tensors", "weights", "gradient", "first", "second"],
    ...["control", "step", "count", "squares", "ratios"]
  ],
  reals: ["beta1", "rest1", "beta2", "rest2", "epsilon"],
  workgroup
};
const stepNumbers = `  let factor = a[control + 1u];
  let rate = a[step];
  let correction1 = a[step + 1u];
  let correction2 = a[step + 2u];
  let ofUpdate = a[tensor + 2u];
  let ofGradient = a[tensor + 3u];
  let isStopped = a[control + 2u] != 0.0;
`;

const updateKernel = makeKernel({
  ...updateParts,
  name: "update",
  body: `${chunk}${stepNumbers}  if (isStopped) { return; }
  ${each("n")} {
${moments}
    a[first + at + j] = m;
    a[second + at + j] = v;
    a[weights + at + j] = w - rate * u;
  }`
});

/** The update takes the gradient's place, until the norms are known. */
const adaptedKernel = makeKernel({
  ...updateParts,
  name: "moments and squares of the update",
  declarations: rowReductions,
  body: `${chunk}${stepNumbers}  var ofWeights = 0.0;
  var ofUpdates = 0.0;
  if (!isStopped) {
    ${each("n")} {
${moments}
      a[first + at + j] = m;
      a[second + at + j] = v;
      a[gradient + at + j] = u;
      ofWeights += w * w;
      ofUpdates += u * u;
    }
  }
  let sumOfWeights = total(lane, ofWeights);
  let sumOfUpdates = total(lane, ofUpdates);
  if (lane == 0u) {
    a[squares + c] = sumOfWeights;
    a[squares + count + c] = sumOfUpdates;
  }`
});

const ratioKernel = makeKernel({
  name: "trust ratios",
  integers: ["tensors", "squares", "chunkCount", "ratios", "count"],
  workgroup,
  declarations: rowReductions,
  body: `  let t = ${groupIndex};
  if (t >= count) { return; }
  let tensor = tensors + ${tensorWords}u * t;
  let first = squares + u32(a[tensor]);
  var ofWeights = 0.0;
  var ofUpdates = 0.0;
  ${each("u32(a[tensor + 1u])")} {
    ofWeights += a[first + j];
    ofUpdates += a[first + chunkCount + j];
  }
  let w = sqrt(total(lane, ofWeights));
  let u = sqrt(total(lane, ofUpdates));
  if (lane == 0u) {
    let isUsed = a[tensor + 4u] != 0.0 && w > 0.0 && u > 0.0;
    a[ratios + t] = select(1.0, w / u, isUsed);
  }`
});

const applyKernel = makeKernel({
  ...updateParts,
  name: "apply the update",
  body: `${chunk}  if (a[control + 2u] != 0.0) { return; }
  let ratio = a[ratios + u32(a[chunks + ${chunkWords}u * c + 2u])];
  let rate = a[step] * ratio;
  ${each("n")} { a[weights + at + j] -= rate * a[gradient + at + j]; }`
});

/** The dispatches of an update. @param mostNorm longest gradient used as it is; 0 for no clipping */
export function updateDispatches(
  rule: UpdateRule,
  places: UpdatePlaces,
  mostNorm: number
): Dispatch[] {
  const {chunkCount: count, tensorCount, reals} = rule;
  if (count === 0) throw new Error("nothing is trained");
  const {losses, scratch, control, step, chunks, tensors} = places;
  const {weights, gradient, first, second} = places;
  const squares = scratch;
  const ratios = scratch + 2 * count;
  const words = {
    ...{chunks, tensors, weights, gradient, first, second},
    ...{control, step, count, squares, ratios, ...reals}
  };
  const groups = gridOf(count);
  const loss = {loss0: losses[0] ?? control, loss1: losses[1] ?? losses[0] ?? control};
  const most = mostNorm > 0 && mostNorm < Infinity ? mostNorm : 0;
  const norm: Dispatch[] = [
    {kernel: squaresKernel, words: {chunks, gradient, count, out: squares}, groups},
    {
      kernel: normKernel,
      words: {squares, count, control, ...loss, step, most},
      groups: [1, 1, 1]
    }
  ];
  if (!rule.hasAdapted) return [...norm, {kernel: updateKernel, words, groups}];
  return [
    ...norm,
    {kernel: adaptedKernel, words, groups},
    {
      kernel: ratioKernel,
      words: {tensors, squares, chunkCount: count, ratios, count: tensorCount},
      groups: gridOf(tensorCount)
    },
    {kernel: applyKernel, words, groups}
  ];
}
