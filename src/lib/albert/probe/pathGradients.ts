/** Attributions by gradients at the word embeddings: integrated gradients and gradient × input. */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import {lossAndGradients} from "../gradients.js";
import {flatInputs, type ModelInputs} from "../inputs.js";
import {dot} from "../ops/arithmetic.js";
import type {Parameters} from "../params.js";
import {bodyPrefix} from "../sharing.js";

/**
 * What is explained, `[rows]` or `[rows, 1]`: one number a row of the inputs. It runs the encoder with the parameters it is
 * given, whose table of word embeddings is another one; a head that reads that table must keep its own.
 */
export type ScoreFunction = (
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig
) => tf.Tensor;

/** A row of input and where its word embeddings start from. */
export interface PathQuestion {
  params: Parameters;
  config: AlbertConfig;
  /** One row. */
  inputs: ModelInputs;
  score: ScoreFunction;
  /** Pieces whose word embeddings the path starts from, `[pieces]`; null for zeros. */
  baseline: readonly number[] | null;
}

/** Integrated gradients of one row. */
export interface PathAttribution {
  /** `[pieces]`, each the sum over its dimensions. */
  perPiece: Float64Array;
  /** `[pieces, embedding]` */
  perElement: Float64Array;
  /** Score of the input and of the baseline. */
  input: number;
  baseline: number;
  /** Sum of the attributions less the difference of the scores; 0 for endless steps. */
  gap: number;
}

/** Points of a path computed at once. */
const pointsAtOnce = 16;

/**
 * Integrated gradients along the straight path from a baseline to the word embeddings, before token
 * types and positions are added, by the trapezoid rule: `(x − x₀) · ∫ ∂F/∂x`.
 *
 * @param intervals steps of the path, at least 1; `intervals + 1` points
 * @see Sundararajan, Taly and Yan 2017, "Axiomatic Attribution for Deep Networks", section 3
 */
export async function integratedGradients(
  question: PathQuestion,
  intervals: number
): Promise<PathAttribution> {
  const {x, x0, n, E} = await endsOf(question);
  const size = n * E;
  const sum = new Float64Array(size);
  let first = 0;
  let last = 0;
  for (let from = 0; from <= intervals; from += pointsAtOnce) {
    const count = Math.min(pointsAtOnce, intervals + 1 - from);
    const points = new Float32Array(count * size);
    for (let k = 0; k < count; ++k)
      for (let i = 0; i < size; ++i)
        points[k * size + i] = x0[i]! + ((from + k) / intervals) * (x[i]! - x0[i]!);
    const {scores, gradients} = await gradientsAt(question, points, count, n);
    for (let k = 0; k < count; ++k) {
      const at = from + k;
      if (at === 0) first = scores[k]!;
      if (at === intervals) last = scores[k]!;
      const weight = (at === 0 || at === intervals ? 0.5 : 1) / intervals;
      for (let i = 0; i < size; ++i) sum[i]! += weight * gradients[k * size + i]!;
    }
  }
  const perElement = sum.map((gradient, i) => gradient * (x[i]! - x0[i]!));
  const total = perElement.reduce((a, b) => a + b, 0);
  return {
    perElement,
    perPiece: sumsOf(perElement, n, E),
    input: last,
    baseline: first,
    gap: total - (last - first)
  };
}

/** Gradient × input, summed over a piece's dimensions, and the length of its gradient. */
export async function inputGradients(
  question: PathQuestion
): Promise<{timesInput: Float64Array; length: Float64Array}> {
  const {x, n, E} = await endsOf(question);
  const {gradients} = await gradientsAt(question, x, 1, n);
  const products = Float64Array.from(gradients, (gradient, i) => gradient * x[i]!);
  const squares = Float64Array.from(gradients, (gradient) => gradient * gradient);
  return {timesInput: sumsOf(products, n, E), length: sumsOf(squares, n, E).map(Math.sqrt)};
}

function sumsOf(values: Float64Array, n: number, width: number): Float64Array {
  return Float64Array.from({length: n}, (_, i) =>
    values.subarray(i * width, (i + 1) * width).reduce((a, b) => a + b, 0)
  );
}

const tableName = (config: AlbertConfig) =>
  `${bodyPrefix(config)}embeddings.word_embeddings.weight`;

/** Word embeddings of the input and of the baseline, `[pieces · embedding]`. */
async function endsOf({params, config, inputs, baseline}: PathQuestion): Promise<{
  x: Float32Array;
  x0: Float32Array;
  n: number;
  E: number;
}> {
  const {inputIds} = flatInputs(inputs, config);
  const n = inputIds.length;
  const table = params.get(tableName(config))!;
  const E = table.shape[1]!;
  const rowsOf = async (ids: ArrayLike<number>) => {
    const rows = tf.tidy(() => tf.gather(table, tf.tensor1d(Int32Array.from(ids), "int32")));
    const values = (await rows.data<"float32">()).slice();
    rows.dispose();
    return values;
  };
  const x = await rowsOf(inputIds);
  const x0 = baseline ? await rowsOf(baseline) : new Float32Array(n * E);
  return {x, x0, n, E};
}

/**
 * Scores and gradients at points of the space of word embeddings. The encoder is given the points as
 * its table of words, and the numbers of the table's rows as its input.
 *
 * @param points `[rows, pieces, embedding]`
 */
async function gradientsAt(
  {params, config, inputs, score}: PathQuestion,
  points: Float32Array,
  rows: number,
  n: number
): Promise<{scores: Float32Array; gradients: Float32Array}> {
  const {attentionMask, tokenTypeIds, positionIds} = flatInputs(inputs, config);
  const repeated = (numbers: ArrayLike<number>) =>
    Array.from({length: rows}, () => Array.from(numbers));
  const given: ModelInputs = {
    inputIds: Array.from({length: rows}, (_, row) =>
      Array.from({length: n}, (_, i) => row * n + i)
    ),
    attentionMask: attentionMask && repeated(attentionMask),
    tokenTypeIds: repeated(tokenTypeIds),
    positionIds: repeated(positionIds)
  };
  const name = tableName(config);
  const width = points.length / (rows * n);
  // As many rows whatever is asked: one model, whose plan need not be made again.
  const all = new Float32Array(pointsAtOnce * n * width);
  all.set(points);
  const table = tf.tensor2d(all, [pointsAtOnce * n, width]);
  const replaced: Parameters = new Map([...params, [name, table]]);
  const other = {...config, vocabSize: pointsAtOnce * n};
  const {result, gradients} = lossAndGradients(new Map([[name, table]]), () => {
    const scores = score(replaced, given, other);
    return {loss: dot(scores, tf.ones(scores.shape)), scores};
  });
  const found = gradients.get(name)!;
  const values = {
    scores: (await result.scores.data<"float32">()).slice(),
    gradients: (await found.data<"float32">()).slice(0, points.length)
  };
  for (const tensor of [table, found, result.loss, result.scores]) tensor.dispose();
  return values;
}
