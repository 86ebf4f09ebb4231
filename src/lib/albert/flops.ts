import type {AlbertConfig} from "./config.js";
import {countParameters, hasMaskedLm} from "./specs.js";
import {effectiveDepth} from "./sharing.js";

/**
 * Floating-point operations of the forward pass per piece, encoder only (a multiply and an add are
 * two): `L·(2(4H² + 2HF) + 4nH) + 2EH`. L counts applications, so sharing changes nothing.
 *
 * @param sequenceLength n, pieces attended to
 */
export function flopsPerToken(config: AlbertConfig, sequenceLength: number): number {
  const {hiddenSize: H, intermediateSize: F, embeddingSize: E, factorisation} = config;
  const layer = 2 * (4 * H * H + 2 * H * F) + 4 * sequenceLength * H;
  return effectiveDepth(config) * layer + (factorisation ? 2 * E * H : 0);
}

/** Forward operations of the masked LM head for one predicted piece: `2HE + 2EV`. */
export function maskedLmFlops({
  hiddenSize: H,
  embeddingSize: E,
  vocabSize: V
}: AlbertConfig): number {
  return 2 * H * E + 2 * E * V;
}

/**
 * Operations of one training step, forward and backward: three times the forward.
 *
 * @param predictions pieces that reach the vocabulary, by default 15 % of the batch
 */
export function trainingFlops(
  config: AlbertConfig,
  batch: number,
  sequenceLength: number,
  predictions = Math.ceil(0.15 * batch * sequenceLength)
): number {
  const body = batch * sequenceLength * flopsPerToken(config, sequenceLength);
  return 3 * (body + (hasMaskedLm(config) ? predictions * maskedLmFlops(config) : 0));
}

/** Bytes of the stored parameters, 4 each unless said otherwise. */
export function parameterBytes(config: AlbertConfig, bytesPerNumber = 4): number {
  return countParameters(config).total * bytesPerNumber;
}

/** Bytes by use. */
export interface MemoryPrediction {
  parameters: number;
  /** One gradient per parameter, while training. */
  gradients: number;
  /** Two moments per parameter, while training with Adam or LAMB. */
  optimizer: number;
  /** What the backward pass needs from every depth, or one depth's buffers when not training. */
  activations: number;
  total: number;
}

/**
 * Memory that a step in the plain form needs at most at once, in bytes. Per piece and depth a training step
 * keeps about `25H + 5F + 4·heads·n` numbers, with dropout `30H + 5F + 6·heads·n`, fitted to what TensorFlow.js
 * counts on the cpu backend; evaluation needs only one depth's.
 *
 * @param sequenceLength pieces per row, padding included
 */
export function predictMemory(
  config: AlbertConfig,
  batch: number,
  sequenceLength: number,
  {training = true, predictions = Math.ceil(0.15 * batch * sequenceLength)} = {}
): MemoryPrediction {
  const {hiddenSize: H, intermediateSize: F, embeddingSize: E, vocabSize: V} = config;
  const pieces = batch * sequenceLength;
  const wide = training && config.hiddenDropoutProb > 0 ? 30 : 25;
  const weights = training && config.attentionProbsDropoutProb > 0 ? 6 : 4;
  const depth = wide * H + 5 * F + weights * config.numAttentionHeads * sequenceLength;
  const embeddings = pieces * (3 * E + H);
  const vocabulary = hasMaskedLm(config) ? 2 * predictions * (V + 3 * E + H) : 0;
  const parameters = parameterBytes(config);
  const activations =
    4 * (embeddings + pieces * depth * (training ? effectiveDepth(config) : 1) + vocabulary);
  const gradients = training ? parameters : 0;
  const optimizer = training ? 2 * parameters : 0;
  return {
    parameters,
    gradients,
    optimizer,
    activations,
    total: parameters + gradients + optimizer + activations
  };
}
