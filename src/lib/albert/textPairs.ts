/** A head that compares two texts piece by piece, each read on its own. */
import * as tf from "@tensorflow/tfjs-core";
import {InputError} from "../errors.js";
import type {AlbertConfig} from "./config.js";
import {headOnExecutor, type EncodeOptions} from "./forward.js";
import {flatInputs, type ModelInputs} from "./inputs.js";
import {activation, softplus} from "./ops/activation.js";
import {add, affine} from "./ops/arithmetic.js";
import {dense} from "./ops/dense.js";
import {classifierDropoutSite, dropout} from "./ops/dropout.js";
import {embed} from "./ops/embedding.js";
import {lateInteraction, unitRows} from "./ops/lateInteraction.js";
import {reshape} from "./ops/shape.js";
import type {Parameters} from "./params.js";
import {bodyPrefix} from "./sharing.js";

/**
 * What the two shares of a pair are multiplied by, having been centred at a half: they differ by tenths,
 * from which a layer of small weights would learn slowly. The inverse of the usual temperature of
 * cosines.
 *
 * @see Gao et al. 2021 (SimCSE), section 3, τ = 0.05
 */
export const sharpness = 20;

/**
 * Logits of pairs of texts by late interaction: the encoder reads every text on its own; each piece
 * has a vector `v = word + W·h`, its embedding (no position, no type) with what the context adds, and a
 * weight `s = softplus(u·v)`, how much it matters. Each piece looks for its likeness in the other
 * text (`lateInteraction`), which gives two numbers a pair; a hidden layer of the embedding's width and
 * a classifier make logits of them. [CLS] and [SEP], the first and the last piece of a row, take no
 * part.
 *
 * With embeddings that tell words apart this is near a weighted word overlap before it has learned
 * anything, where a model that reads both texts in one row has to find out how to compare them.
 *
 * @param sequenceOutput `[2n, seq, hidden]`: n first texts, then their n partners in the same order
 * @returns `[n, labels]`
 * @throws InputError for an odd number of rows
 */
export function textPairLogits(
  params: Parameters,
  sequenceOutput: tf.Tensor3D,
  inputs: ModelInputs,
  config: AlbertConfig,
  {dropout: key, isPlain}: EncodeOptions
): tf.Tensor {
  const [rows, seq, hidden] = sequenceOutput.shape;
  if (rows % 2 !== 0)
    throw new InputError(`input_ids: ${rows} rows are no pairs (expected an even number)`);
  const {embeddingSize} = config;
  const layer = (x: tf.Tensor, name: string) =>
    dense(x, params.get(`${name}.weight`)!, params.get(`${name}.bias`)!);
  const given = flatInputs(inputs, config);
  const states = reshape(sequenceOutput, [rows * seq, hidden]) as tf.Tensor2D;
  const inner = innerPieces(given.attentionMask, rows, seq);
  const pieceNumbers = {sequence: seq, inputIds: given.inputIds, inner};
  const planned =
    key || isPlain ? null : headOnExecutor(params, states, config, "alignment", pieceNumbers);
  if (planned) return planned;
  const table = params.get(`${bodyPrefix(config)}embeddings.word_embeddings.weight`)!;
  const words = embed([{table, indices: tf.tensor1d(given.inputIds, "int32")}]);
  const context = layer(states, "alignment.context");
  const pieces = add(words, context); // [2n · seq, embedding]
  const importance = softplus(layer(pieces, "alignment.importance")); // [2n · seq, 1]
  const found = lateInteraction(
    reshape(unitRows(pieces), [rows, seq, embeddingSize]),
    reshape(importance, [rows, seq]),
    tf.tensor2d(inner, [rows, seq])
  ); // [n, 2]
  const spread = affine(found, sharpness, -sharpness / 2);
  const h = activation(layer(spread, "alignment.dense"), config.hiddenAct); // [n, embedding]
  const dropped = dropout(h, config.classifierDropoutProb, key, classifierDropoutSite);
  return layer(dropped, "classifier");
}

/** 1 for every piece between the first and the last that is attended to, else 0. */
export function innerPieces(
  mask: ArrayLike<number> | null,
  rows: number,
  seq: number
): Float32Array {
  const inner = new Float32Array(rows * seq);
  for (let row = 0; row < rows; ++row) {
    let last = seq - 1;
    while (mask && last > 0 && mask[row * seq + last] === 0) --last;
    for (let i = 1; i < last; ++i) inner[row * seq + i] = mask ? mask[row * seq + i]! : 1;
  }
  return inner;
}
