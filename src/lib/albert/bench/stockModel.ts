/**
 * The benchmark's model as users of TensorFlow.js write it: its operations, its gradients, its Adam
 * and nothing of ours. Tables are read by one-hot products, since its wasm backend has no gradient of
 * `gather`.
 */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import type {Batch} from "../objectives/batch.js";
import type {ParameterData} from "../specs.js";

/** Adam's numbers in every contender: those of `tf.train.adam`, with this ε. */
export const benchAdam = {beta1: 0.9, beta2: 0.999, epsilon: 1e-6, learningRate: 1e-3};

const layer = "albert.encoder.albert_layer_groups.0.albert_layers.0";

export interface StockModel {
  /** One step of Adam; gives the loss before it. */
  step(): tf.Scalar;
  forward(): tf.Scalar;
  dispose(): void;
}

/**
 * AlbertForMaskedLM with all layers shared, no dropout and no padding.
 *
 * @param data weights under Hugging Face's names, dense ones `[out, in]`
 */
export function stockModel(config: AlbertConfig, data: ParameterData, batch: Batch): StockModel {
  const {hiddenSize, numAttentionHeads: heads, numHiddenLayers, vocabSize, layerNormEps} = config;
  const {batch: rows, sequence} = batch;
  const size = hiddenSize / heads;
  const tokens = rows * sequence;
  const variables = new Map<string, tf.Variable>();
  for (const [name, {shape, data: values}] of data) {
    const isDense = shape.length === 2 && !name.includes("embeddings.");
    const initial = tf.tidy(() => {
      const tensor = tf.tensor(values as Float32Array, shape);
      return isDense ? tf.transpose(tensor) : tensor;
    });
    variables.set(name, tf.variable(initial));
    initial.dispose();
  }
  const get = (name: string) => variables.get(name)!;
  const inputs = {
    ids: tf.tensor1d(batch.inputIds, "int32"),
    types: tf.tensor1d(batch.tokenTypeIds, "int32"),
    positions: tf.tensor1d(
      Int32Array.from({length: tokens}, (_, i) => i % sequence),
      "int32"
    ),
    masked: tf.tensor1d(batch.maskedPositions, "int32"),
    labels: tf.tensor1d(batch.maskedLabels, "int32")
  };
  const isEveryPosition = batch.maskedPositions.length === tokens;
  const tables = ["word", "position", "token_type"].map(
    (name) => `albert.embeddings.${name}_embeddings.weight`
  );
  const used = tables.concat([...variables.keys()].filter((name) => !tables.includes(name)));

  const dense = (x: tf.Tensor, name: string) =>
    tf.add(tf.matMul(x as tf.Tensor2D, get(`${name}.weight`)), get(`${name}.bias`));
  const norm = (x: tf.Tensor, name: string) => {
    const {mean, variance} = tf.moments(x, -1, true);
    const scale = tf.rsqrt(tf.add(variance, layerNormEps));
    const normal = tf.mul(tf.sub(x, mean), scale);
    return tf.add(tf.mul(normal, get(`${name}.weight`)), get(`${name}.bias`));
  };
  const gelu = (x: tf.Tensor) => {
    const cube = tf.mul(tf.mul(x, x), x);
    const inner = tf.mul(tf.add(x, tf.mul(cube, 0.044715)), Math.sqrt(2 / Math.PI));
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1));
  };
  const look = (table: string, ids: tf.Tensor1D) =>
    tf.matMul(tf.oneHot(ids, get(table).shape[0]!) as tf.Tensor2D, get(table) as tf.Tensor2D);
  const split = (x: tf.Tensor) =>
    tf.transpose(tf.reshape(x, [rows, sequence, heads, size]), [0, 2, 1, 3]);
  const attend = (h: tf.Tensor) => {
    const [query, key, value] = ["query", "key", "value"].map((name) =>
      split(dense(h, `${layer}.attention.${name}`))
    );
    const scores = tf.mul(tf.matMul(query!, key!, false, true), 1 / Math.sqrt(size));
    const context = tf.transpose(tf.matMul(tf.softmax(scores), value!), [0, 2, 1, 3]);
    return dense(tf.reshape(context, [tokens, hiddenSize]), `${layer}.attention.dense`);
  };
  const loss = (): tf.Scalar => {
    const summed = tf.add(
      tf.add(look(tables[0]!, inputs.ids), look(tables[1]!, inputs.positions)),
      look(tables[2]!, inputs.types)
    );
    const embedded = norm(summed, "albert.embeddings.LayerNorm");
    let h = dense(embedded, "albert.encoder.embedding_hidden_mapping_in");
    for (let depth = 0; depth < numHiddenLayers; ++depth) {
      h = norm(tf.add(h, attend(h)), `${layer}.attention.LayerNorm`);
      const fed = dense(gelu(dense(h, `${layer}.ffn`)), `${layer}.ffn_output`);
      h = norm(tf.add(h, fed), `${layer}.full_layer_layer_norm`);
    }
    const masked = isEveryPosition
      ? h
      : tf.matMul(tf.oneHot(inputs.masked, tokens) as tf.Tensor2D, h as tf.Tensor2D);
    const inner = norm(gelu(dense(masked, "predictions.dense")), "predictions.LayerNorm");
    const decoder = tf.matMul(inner as tf.Tensor2D, get(tables[0]!) as tf.Tensor2D, false, true);
    const logits = tf.add(decoder, get("predictions.bias"));
    return tf.losses.softmaxCrossEntropy(tf.oneHot(inputs.labels, vocabSize), logits);
  };

  const trained = used.map(get);
  const {beta1, beta2, epsilon, learningRate} = benchAdam;
  const optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);
  return {
    step: () => optimizer.minimize(loss, true, trained)!,
    forward: () => tf.tidy(loss),
    dispose() {
      for (const variable of variables.values()) variable.dispose();
      for (const tensor of Object.values(inputs)) tensor.dispose();
      optimizer.dispose();
    }
  };
}
