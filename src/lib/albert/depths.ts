/** What each depth of a model does to a batch, and what it asks of the tensors it uses. */
import * as tf from "@tensorflow/tfjs-core";
import {contractionRate, cosine, norm, type PointMap} from "../experiments/contraction.js";
import type {DepthsMeasure} from "../experiments/measures.js";
import type {AlbertConfig} from "./config.js";
import {disposeEncoded, encode, type Intervention} from "./forward.js";
import {gradients} from "./gradients.js";
import {maskedLmLogits} from "./heads.js";
import {pretrainingLoss} from "./loss.js";
import type {Batch} from "./objectives/batch.js";
import {crossEntropy} from "./ops/crossEntropy.js";
import {gatherRows} from "./ops/rows.js";
import {reshape} from "./ops/shape.js";
import {disposeParameters, uploadParameters, type Parameters} from "./params.js";
import {effectiveDepth, layerTensors, storageOf} from "./sharing.js";
import type {ParameterData} from "./specs.js";
import {untie} from "./untie.js";

/**
 * Everything that the page on sharing shows of one trained model.
 *
 * @param batches held-out batches; all are scored, the first is looked into
 */
export async function measureDepths(
  config: AlbertConfig,
  data: ParameterData,
  batches: readonly Batch[]
): Promise<DepthsMeasure> {
  const params = uploadParameters(data);
  try {
    const steps = await depthSteps(config, params, batches[0]!);
    const {norms, cosines} = await depthGradients(config, data, batches[0]!);
    return {
      ...steps,
      gradientNorm: norms,
      gradientCosine: cosines,
      contraction: await depthContraction(config, params, batches[0]!),
      lossAtDepth: config.sharing === "all" ? await lossAtDepths(config, params, batches) : []
    };
  } finally {
    disposeParameters(params);
  }
}

/**
 * Length of each depth's step and cosine between its input and output, means over pieces that are no
 * padding.
 *
 * @see paper section 3.1, Figure 1
 */
export async function depthSteps(
  config: AlbertConfig,
  params: Parameters,
  batch: Batch
): Promise<{stepNorm: number[]; stepCosine: number[]}> {
  const states = await hiddenStates(config, params, batch);
  const H = config.hiddenSize;
  const pieces = Array.from(batch.attentionMask, (used, i) => (used ? i : -1)).filter(
    (i) => i >= 0
  );
  const stepNorm: number[] = [];
  const stepCosine: number[] = [];
  for (let depth = 0; depth + 1 < states.length; ++depth) {
    let length = 0;
    let angle = 0;
    for (const i of pieces) {
      const before = states[depth]!.subarray(i * H, (i + 1) * H);
      const after = states[depth + 1]!.subarray(i * H, (i + 1) * H);
      length += norm(after.map((value, j) => value - before[j]!));
      angle += cosine(before, after);
    }
    stepNorm.push(length / pieces.length);
    stepCosine.push(angle / pieces.length);
  }
  return {stepNorm, stepCosine};
}

/**
 * The gradient of the pretraining loss that each depth sends to the tensors it uses: that of a clone
 * whose depths are untied. For a shared layer their sum is its gradient.
 *
 * @returns `vectors`, all tensors of a depth one after the other; their norms; their cosines
 */
export async function depthGradients(
  config: AlbertConfig,
  data: ParameterData,
  batch: Batch
): Promise<{vectors: Float32Array[]; norms: number[]; cosines: number[][]}> {
  const clone = untie(config, data);
  const params = uploadParameters(clone.parameters);
  const grads = gradients(params, () => pretrainingLoss(params, batch, clone.config).loss);
  const vectors: Float32Array[] = [];
  for (let depth = 0; depth < effectiveDepth(clone.config); ++depth) {
    const parts: Float32Array[] = [];
    for (const tensor of layerTensors)
      parts.push(await grads.get(storageOf(clone.config, depth, tensor))!.data<"float32">());
    vectors.push(joined(parts));
  }
  disposeParameters(grads);
  disposeParameters(params);
  return {
    vectors,
    norms: vectors.map(norm),
    cosines: vectors.map((a) => vectors.map((b) => cosine(a, b)))
  };
}

/**
 * Spectral radius of each depth's Jacobian at the hidden states of one row of the batch, padding cut
 * off. A layer's output is normalised, so it never grows; what counts is whether neighbours do.
 */
export async function depthContraction(
  config: AlbertConfig,
  params: Parameters,
  batch: Batch
): Promise<number[]> {
  const row = unpaddedRow(batch);
  const states = await hiddenStates(config, params, row);
  const shape = [1, row.sequence, config.hiddenSize];
  return states.slice(0, -1).map((state, depth) => {
    const layer = layerAlone(config, params, depth);
    const f: PointMap = (x) =>
      tf.tidy(() => {
        const value = {shape, data: x};
        const interventions: Intervention[] = [
          {type: "replace", site: "embeddings.projected", value}
        ];
        const {sequenceOutput} = encode(layer.params, row, layer.config, {interventions});
        return sequenceOutput.dataSync<"float32">().slice();
      });
    return contractionRate(f, state);
  });
}

/** A model whose only layer is the one that another has at a depth; the tensors are the other's. */
function layerAlone(
  config: AlbertConfig,
  params: Parameters,
  depth: number
): {config: AlbertConfig; params: Parameters} {
  const alone: AlbertConfig = {...config, numHiddenLayers: 1, sharing: "none"};
  const own = new Map(params);
  for (const tensor of layerTensors)
    own.set(storageOf(alone, 0, tensor), params.get(storageOf(config, depth, tensor))!);
  return {config: alone, params: own};
}

/**
 * Held-out masked loss of a shared layer applied 1 to 2L times, L being what it was trained at: the
 * states on the way through 2L of them, each given to the head.
 */
export async function lossAtDepths(
  config: AlbertConfig,
  params: Parameters,
  batches: readonly Batch[]
): Promise<{depth: number; mlmLoss: number}[]> {
  const deepest = {...config, numHiddenLayers: 2 * config.numHiddenLayers};
  const sums = new Float64Array(deepest.numHiddenLayers);
  let count = 0;
  for (const batch of batches) {
    const weights = batch.maskedWeights;
    const weight = weights.reduce((a, b) => a + b, 0);
    if (weight === 0) continue;
    const losses = tf.tidy(() => {
      const {captured} = encode(params, batch, deepest, {capture: ["layer.*.output"]});
      const slots = tf.tensor1d(batch.maskedPositions, "int32");
      return Array.from(sums, (_, depth) => {
        const states = captured.get(`layer.${depth}.output`)!;
        const rows = reshape(states, [batch.batch * batch.sequence, config.hiddenSize]);
        const logits = maskedLmLogits(params, gatherRows(rows, slots), config);
        return crossEntropy(logits, batch.maskedLabels, weights).loss;
      });
    });
    for (const [depth, loss] of losses.entries()) sums[depth]! += weight * (await loss.data())[0]!;
    tf.dispose(losses);
    count += weight;
  }
  return Array.from(sums, (sum, i) => ({depth: i + 1, mlmLoss: sum / count}));
}

/** Input of the first layer, then the output of every layer, each `[batch · seq · hidden]`. */
async function hiddenStates(
  config: AlbertConfig,
  params: Parameters,
  batch: Batch
): Promise<Float32Array[]> {
  const encoded = encode(params, batch, config, {
    capture: ["embeddings.projected", "layer.*.output"]
  });
  const states: Float32Array[] = [];
  const sites = Array.from({length: effectiveDepth(config)}, (_, depth) => `layer.${depth}.output`);
  for (const site of ["embeddings.projected", ...sites])
    states.push((await encoded.captured.get(site)!.data<"float32">()).slice());
  disposeEncoded(encoded);
  return states;
}

/** The longest row of a batch by itself, without its padding. */
function unpaddedRow({batch, sequence, inputIds, attentionMask, tokenTypeIds}: Batch): Batch {
  const lengths = Array.from({length: batch}, (_, row) =>
    attentionMask
      .subarray(row * sequence, (row + 1) * sequence)
      .reduce((sum, used) => sum + used, 0)
  );
  const row = lengths.indexOf(Math.max(...lengths));
  const cut = (array: Int32Array) => array.slice(row * sequence, row * sequence + lengths[row]!);
  return {
    batch: 1,
    sequence: lengths[row]!,
    inputIds: cut(inputIds),
    attentionMask: cut(attentionMask),
    tokenTypeIds: cut(tokenTypeIds),
    maskedPositions: new Int32Array(0),
    maskedLabels: new Int32Array(0),
    maskedWeights: new Float32Array(0),
    sentenceLabels: null
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
