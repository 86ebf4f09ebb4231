import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "./config.js";
import {lossAndGradients} from "./gradients.js";
import {forward, type HeadInputs, type ModelOutput} from "./heads.js";
import {lossOf, type Labels} from "./loss.js";
import type {Parameters} from "./params.js";
import {effectiveDepth} from "./sharing.js";

/** Tensors read back, by name. */
export type NamedOutputs = Map<string, {shape: number[]; data: Float32Array<ArrayBufferLike>}>;

/**
 * Everything a model says about inputs, under Hugging Face's names: `embedding_output`,
 * `hidden_states.i` (0 is the input of the first layer), `attentions.i`
 * `[batch, heads, from, to]`, `last_hidden_state`, `pooler_output`, the head's logits, `loss` where
 * labels are given, and with `gradients` `grad.<parameter>` for every parameter. Frees its tensors.
 */
export async function namedOutputs(
  params: Parameters,
  inputs: HeadInputs,
  labels: Labels,
  config: AlbertConfig,
  {gradients = false} = {}
): Promise<NamedOutputs> {
  const depth = effectiveDepth(config);
  const capture = [
    "embeddings",
    "embeddings.projected",
    "layer.*.output",
    "layer.*.attention.probs"
  ];
  const tensors = tf.tidy(() => {
    const output = forward(params, inputs, config, {capture});
    const named = nameOutputs(output, depth);
    const loss = lossOf(output, labels, config);
    return loss ? {...named, loss} : named;
  });
  if (gradients && tensors.loss) {
    const loss = () => ({loss: lossOf(forward(params, inputs, config), labels, config)!});
    const found = tf.tidy(() => Object.fromEntries(lossAndGradients(params, loss).gradients));
    for (const [name, gradient] of Object.entries(found)) tensors[`grad.${name}`] = gradient;
  }
  const read: NamedOutputs = new Map();
  for (const [name, tensor] of Object.entries(tensors)) {
    read.set(name, {shape: tensor.shape.slice(), data: (await tensor.data<"float32">()).slice()});
    tensor.dispose();
  }
  return read;
}

function nameOutputs(output: ModelOutput, depth: number): Record<string, tf.Tensor> {
  const {captured, logits, sequenceOutput, pooledOutput} = output;
  const named: Record<string, tf.Tensor> = {embedding_output: captured.get("embeddings")!};
  named["hidden_states.0"] = captured.get("embeddings.projected")!;
  for (let i = 0; i < depth; ++i) {
    named[`hidden_states.${i + 1}`] = captured.get(`layer.${i}.output`)!;
    named[`attentions.${i}`] = captured.get(`layer.${i}.attention.probs`)!;
  }
  named.last_hidden_state = sequenceOutput;
  if (pooledOutput) named.pooler_output = pooledOutput;
  for (const [name, tensor] of logits) named[name] = tensor;
  return named;
}
