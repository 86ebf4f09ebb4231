import * as tf from "@tensorflow/tfjs-core";
import {InputError} from "../errors.js";
import type {AlbertConfig} from "./config.js";
import {
  encode,
  headOnExecutor,
  type Encoded,
  type EncodeOptions,
  type ModelInputs,
  type RowHead
} from "./forward.js";
import {activation} from "./ops/activation.js";
import {dense} from "./ops/dense.js";
import {classifierDropoutSite, dropout} from "./ops/dropout.js";
import {layerNorm} from "./ops/layerNorm.js";
import {column, reshape} from "./ops/shape.js";
import {textPairLogits} from "./textPairs.js";
import type {Parameters} from "./params.js";
import {bodyPrefix} from "./sharing.js";

/** Inputs of a model with its head. */
export interface HeadInputs extends ModelInputs {
  /** Multiple choice: rows that belong to one question, in order; the batch is a multiple of it. */
  choices?: number;
}

/** The encoder's output and what the head makes of it. */
export interface ModelOutput extends Encoded {
  /**
   * Logits by their Hugging Face name: `prediction_logits` `[batch, seq, vocab]` and `sop_logits`
   * `[batch, labels]` (pretraining); `logits` `[batch, seq, vocab]` (masked LM), `[batch, labels]`
   * (sequence classification), `[batch / 2, labels]` (text pairs), `[batch, seq, labels]` (token classification) or
   * `[batch / choices, choices]` (multiple choice); `start_logits` and `end_logits` `[batch, seq]`.
   */
  logits: Map<string, tf.Tensor>;
}

/** How a head computes: by the executor in use, or in the plain form whatever there is. */
export type HeadOptions = Pick<EncodeOptions, "isPlain">;

/**
 * The whole model: `encode` and the head that `config.architecture` names (a bare model has none).
 * Tensors belong to the enclosing `tf.tidy` or to the caller.
 */
export function forward(
  params: Parameters,
  inputs: HeadInputs,
  config: AlbertConfig,
  options: EncodeOptions = {}
): ModelOutput {
  const result = tf.tidy(() => {
    const {captured, ...encoded} = encode(params, inputs, config, options);
    const logits =
      config.architecture === "AlbertForTextPairs"
        ? {logits: textPairLogits(params, encoded.sequenceOutput, inputs, config, options)}
        : headLogits(params, encoded, config, options, inputs.choices);
    return {...encoded, captured: Object.fromEntries(captured), logits};
  });
  return {
    ...result,
    captured: new Map(Object.entries(result.captured)),
    logits: new Map(Object.entries(result.logits))
  };
}

function headLogits(
  params: Parameters,
  {sequenceOutput, pooledOutput}: Omit<Encoded, "captured">,
  config: AlbertConfig,
  options: EncodeOptions,
  choices: number | undefined
): Record<string, tf.Tensor> {
  const [batch, seq, hidden] = sequenceOutput.shape;
  const pieces = () => reshape(sequenceOutput, [batch * seq, hidden]);
  const drop = (x: tf.Tensor) =>
    dropout(x, config.classifierDropoutProb, options.dropout, classifierDropoutSite);
  const head = (x: tf.Tensor, name: Exclude<RowHead, "vocabulary">) =>
    denseHead(params, x, config, name, options);
  const vocabulary = () =>
    reshape(maskedLmLogits(params, pieces(), config, options), [batch, seq, config.vocabSize]);
  const labels = config.id2label.length;
  switch (config.architecture) {
    case "AlbertModel":
    case "AlbertForTextPairs":
      return {};
    case "AlbertForMaskedLM":
      return {logits: vocabulary()};
    case "AlbertForPreTraining":
      return pooledOutput
        ? {
            prediction_logits: vocabulary(),
            sop_logits: sentenceLogits(params, pooledOutput, config, options)
          }
        : {prediction_logits: vocabulary()};
    case "AlbertForSequenceClassification":
      return {logits: head(drop(pooled(pooledOutput, config)), "classifier")};
    case "AlbertForTokenClassification":
      return {logits: reshape(head(drop(pieces()), "classifier"), [batch, seq, labels])};
    case "AlbertForQuestionAnswering": {
      const both = head(pieces(), "qa_outputs"); // [batch · seq, 2]
      const logits = (i: number) => reshape(column(both, i), [batch, seq]);
      return {start_logits: logits(0), end_logits: logits(1)};
    }
    case "AlbertForMultipleChoice": {
      const rows = choices ?? batch;
      if (batch % rows !== 0)
        throw new InputError(`input_ids: ${batch} rows are no multiple of ${rows} choices`);
      const each = head(drop(pooled(pooledOutput, config)), "classifier"); // [batch, 1]
      return {logits: reshape(each, [batch / rows, rows])};
    }
  }
}

function pooled(pooledOutput: tf.Tensor2D | undefined, {architecture}: AlbertConfig): tf.Tensor2D {
  if (!pooledOutput) throw new InputError(`${architecture}: needs a pooler, the model has none`);
  return pooledOutput;
}

/**
 * Vocabulary logits of some pieces: `LN(act(Wd·h))·Wordᵀ + bias`, the decoder being the piece
 * embedding unless it is untied.
 *
 * @param h `[rows, hidden]`
 * @returns `[rows, vocab]`
 */
export function maskedLmLogits(
  params: Parameters,
  h: tf.Tensor,
  config: AlbertConfig,
  {isPlain = false}: HeadOptions = {}
): tf.Tensor {
  const planned = isPlain ? null : headOnExecutor(params, h as tf.Tensor2D, config, "vocabulary");
  if (planned) return planned;
  const get = (name: string) => params.get(`predictions.${name}`)!;
  const transformed = layerNorm(
    activation(dense(h, get("dense.weight"), get("dense.bias")), config.hiddenAct),
    get("LayerNorm.weight"),
    get("LayerNorm.bias"),
    config.layerNormEps
  ); // [rows, embedding]
  const words = params.get(`${bodyPrefix(config)}embeddings.word_embeddings.weight`)!;
  return config.tieWordEmbeddings
    ? dense(transformed, words, get("bias"))
    : dense(transformed, get("decoder.weight"), get("decoder.bias"));
}

/**
 * Logits of the sentence task from the pooled output; label 0 is in order, 1 swapped. Without
 * dropout, as in Google's pretraining.
 *
 * @param pooledOutput `[batch, hidden]`
 * @returns `[batch, labels]`
 */
export function sentenceLogits(
  params: Parameters,
  pooledOutput: tf.Tensor,
  config: AlbertConfig,
  options: HeadOptions = {}
): tf.Tensor {
  return denseHead(params, pooledOutput, config, "sop_classifier.classifier", options);
}

function denseHead(
  params: Parameters,
  x: tf.Tensor,
  config: AlbertConfig,
  name: Exclude<RowHead, "vocabulary">,
  {isPlain}: HeadOptions
): tf.Tensor {
  const planned = isPlain ? null : headOnExecutor(params, x as tf.Tensor2D, config, name);
  return planned ?? dense(x, params.get(`${name}.weight`)!, params.get(`${name}.bias`)!);
}
