/** Learning from a teacher: its soft guesses, the true pieces, and the direction of its states. */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "./config.js";
import {encode, type EncodeOptions} from "./forward.js";
import {maskedLmLogits} from "./heads.js";
import type {PretrainingLoss} from "./loss.js";
import type {Batch} from "./objectives/batch.js";
import {sumOf} from "./ops/arithmetic.js";
import {crossEntropy} from "./ops/crossEntropy.js";
import {cosineDistance, softCrossEntropy} from "./ops/distil.js";
import {gatherRows} from "./ops/rows.js";
import {reshape} from "./ops/shape.js";
import type {Parameters} from "./params.js";
import type {ParameterData} from "./specs.js";
import {effectiveDepth, layerTensors, storageOf} from "./sharing.js";

/** How much each of the three losses counts. */
export interface DistillationWeights {
  /** What both models' logits are divided by, above 0. */
  temperature: number;
  /** Of `T² · KL(teacher ‖ student)` over the masked slots. */
  soft: number;
  /** Of the masked loss on the true pieces. */
  mlm: number;
  /** Of `1 − cos` between the two models' last states, over the pieces of the batch. */
  cosine: number;
}

/** DistilBERT's: temperature 2, weights 5, 2 and 1. @see huggingface/transformers distillation README */
export const distilbertWeights: DistillationWeights = {
  temperature: 2,
  soft: 5,
  mlm: 2,
  cosine: 1
};

/** A trained model to learn from, of the student's width and vocabulary. */
export interface Teacher {
  config: AlbertConfig;
  parameters: ParameterData;
  weights: DistillationWeights;
}

/** What a teacher says of a batch. */
export interface TeacherSignal {
  /** `[slots, vocab]` */
  logits: Float32Array;
  /** `[batch · sequence, hidden]` */
  states: Float32Array;
}

/**
 * A student's first weights: everything but the layers from the teacher, and of the layers every n-th,
 * so that depth d of the student begins as depth `floor(d · L_teacher / L_student)`.
 *
 * @param initial the student's parameters, which name what it stores
 */
export function studentFrom(
  teacher: {config: AlbertConfig; parameters: ParameterData},
  student: AlbertConfig,
  initial: ParameterData
): ParameterData {
  const made: ParameterData = new Map(
    [...initial].map(([name, {shape, data}]) => {
      const known = teacher.parameters.get(name);
      const fits = known && `${known.shape}` === `${shape}`;
      return [name, {shape, data: (fits ? known.data : data).slice()}];
    })
  );
  const [deep, shallow] = [effectiveDepth(teacher.config), effectiveDepth(student)];
  for (let depth = 0; depth < shallow; ++depth)
    for (const tensor of layerTensors) {
      const from = storageOf(teacher.config, Math.floor((depth * deep) / shallow), tensor);
      made.get(storageOf(student, depth, tensor))!.data.set(teacher.parameters.get(from)!.data);
    }
  return made;
}

/**
 * Adds the gradient of `soft · T² · KL(teacher ‖ student)`, a mean over the slots in use, to that of
 * the student's logits, after scaling what is there (the masked loss) by `mlm`.
 *
 * @param student logits of the student, `[slots, vocab]`
 * @param gradient of the masked loss at those logits; changed in place
 * @returns the loss in nats, before its weight
 */
export function softTargets(
  student: Float32Array,
  teacher: Float32Array,
  slotWeights: Float32Array,
  {temperature: T, soft, mlm}: DistillationWeights,
  gradient: Float32Array
): number {
  const slots = slotWeights.length;
  const vocab = student.length / slots;
  const used = slotWeights.reduce((sum, w) => sum + w, 0);
  const p = new Float64Array(vocab);
  const q = new Float64Array(vocab);
  let loss = 0;
  for (let slot = 0; slot < slots; ++slot) {
    const from = slot * vocab;
    const weight = slotWeights[slot]! / used;
    const logZ = [softmax(teacher, from, T, p), softmax(student, from, T, q)] as const;
    for (let v = 0; v < vocab; ++v) {
      const at = from + v;
      gradient[at] = mlm * gradient[at]! + soft * weight * T * (q[v]! - p[v]!);
      const difference = (teacher[at]! - student[at]!) / T - logZ[0] + logZ[1];
      loss += weight * T * T * p[v]! * difference;
    }
  }
  return loss;
}

/** Probabilities of a row of logits over T into `out`; returns ln of their normaliser. */
function softmax(logits: Float32Array, from: number, T: number, out: Float64Array): number {
  let most = -Infinity;
  for (let v = 0; v < out.length; ++v) most = Math.max(most, logits[from + v]! / T);
  let sum = 0;
  for (let v = 0; v < out.length; ++v) sum += out[v] = Math.exp(logits[from + v]! / T - most);
  for (let v = 0; v < out.length; ++v) out[v]! /= sum;
  return most + Math.log(sum);
}

/**
 * Adds the gradient of `weight · mean(1 − cos)` over the pieces that are no padding to that of the
 * student's states.
 *
 * @param gradient `[pieces, hidden]`, changed in place
 * @returns the loss, before its weight
 */
export function stateCosine(
  student: Float32Array,
  teacher: Float32Array,
  used: ArrayLike<number>,
  weight: number,
  gradient: Float32Array
): number {
  const width = student.length / used.length;
  let count = 0;
  for (let i = 0; i < used.length; ++i) count += used[i]!;
  let loss = 0;
  for (let i = 0; i < used.length; ++i) {
    if (used[i] === 0) continue;
    let [st, ss, tt] = [0, 0, 0];
    for (let j = i * width; j < (i + 1) * width; ++j) {
      st += student[j]! * teacher[j]!;
      ss += student[j]! ** 2;
      tt += teacher[j]! ** 2;
    }
    const lengths = Math.sqrt(ss * tt);
    loss += (1 - st / lengths) / count;
    for (let j = i * width; j < (i + 1) * width; ++j)
      gradient[j]! -=
        (weight / count) * (teacher[j]! / lengths - (st / lengths / ss) * student[j]!);
  }
  return loss;
}

/**
 * The same as tensors, differentiable: what the compiled form is tested against, and what backends
 * without one train by. The teacher's tensors are constants.
 */
export function distillationLoss(
  params: Parameters,
  batch: Batch,
  config: AlbertConfig,
  teacher: TeacherSignal,
  {temperature: T, soft, mlm, cosine}: DistillationWeights,
  options: EncodeOptions = {}
): PretrainingLoss {
  const result = tf.tidy(() => {
    const {sequenceOutput} = encode(params, batch, config, options);
    const pieces = batch.batch * batch.sequence;
    const states = reshape(sequenceOutput, [pieces, config.hiddenSize]);
    const rows = gatherRows(states, tf.tensor1d(batch.maskedPositions, "int32"));
    const logits = maskedLmLogits(params, rows, config, options);
    const {loss: mlmLoss, correct} = crossEntropy(logits, batch.maskedLabels, batch.maskedWeights);
    const slots = tf.tensor1d(batch.maskedWeights);
    const goal = tf.tensor2d(teacher.logits, logits.shape as [number, number]);
    const goalStates = tf.tensor2d(teacher.states, [pieces, config.hiddenSize]);
    const used = tf.tensor1d(Float32Array.from(batch.attentionMask));
    const loss = sumOf([
      sumOf([softCrossEntropy(logits, goal, slots, T)], soft),
      sumOf([mlmLoss], mlm),
      sumOf([cosineDistance(states, goalStates, used)], cosine)
    ]);
    return {
      loss,
      mlmLoss,
      sentenceLoss: null,
      mlmCorrect: correct,
      sentenceCorrect: null
    } as unknown as tf.TensorContainerObject;
  });
  return result as unknown as PretrainingLoss;
}

/** What a teacher says of a batch, by its plain form. */
export async function teacherSignal(
  params: Parameters,
  batch: Batch,
  config: AlbertConfig
): Promise<TeacherSignal> {
  const [logits, states] = tf.tidy(() => {
    const {sequenceOutput} = encode(params, batch, config);
    const rows = tf.reshape(sequenceOutput, [batch.batch * batch.sequence, config.hiddenSize]);
    const masked = gatherRows(rows, tf.tensor1d(batch.maskedPositions, "int32"));
    return [maskedLmLogits(params, masked, config), rows] as const;
  });
  const signal = {
    logits: (await logits.data<"float32">()).slice(),
    states: (await states.data<"float32">()).slice()
  };
  tf.dispose([logits, states]);
  return signal;
}
