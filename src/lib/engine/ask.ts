/** Questions to a model: what its heads attend to, and what it would fill a blank with. */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../albert/config.js";
import {disposeEncoded, encode} from "../albert/forward.js";
import {maskedLmLogits} from "../albert/heads.js";
import {gatherRows} from "../albert/ops/rows.js";
import {effectiveDepth, storageOf} from "../albert/sharing.js";
import {hasMaskedLm} from "../albert/specs.js";
import {InputError} from "../errors.js";
import {rankPieces} from "./blanks.js";
import {encodeText, needTokenizer} from "./encodeText.js";
import {withParameters, type LoadedModel} from "./loadedModel.js";
import type {AttentionResult} from "./attentionCalls.js";
import type {SentencePrediction} from "./trainingCalls.js";

/** Attention weights of a text or pair at every depth; longer texts are cut to the model's positions. */
export async function attend(
  model: LoadedModel,
  text: string,
  pair: string | null
): Promise<AttentionResult> {
  const {config} = model;
  const {encoding, inputs} = encodeText(model, text, pair);
  const {ids, tokens, wordIds, typeIds} = encoding;
  const depth = effectiveDepth(config);
  const sites = Array.from({length: depth}, (_, i) => `layer.${i}.attention.probs`);
  const size = config.numAttentionHeads * ids.length ** 2;
  const data = new Float32Array(depth * size);
  await withParameters(model, async (params) => {
    const encoded = encode(params, inputs, config, {capture: sites});
    try {
      for (const [i, site] of sites.entries())
        data.set(await encoded.captured.get(site)!.data<"float32">(), i * size);
    } finally {
      disposeEncoded(encoded);
    }
  });
  return {
    tokens,
    wordIds,
    typeIds,
    probs: {shape: [depth, config.numAttentionHeads, ids.length, ids.length], data},
    group: storedAttention(config, depth),
    model: model.name
  };
}

/** Which stored attention weights each depth uses, numbered in order of first use. */
function storedAttention(config: AlbertConfig, depth: number): number[] {
  const names = Array.from({length: depth}, (_, i) =>
    storageOf(config, i, "attention.query.weight")
  );
  const stored = [...new Set(names)];
  return names.map((name) => stored.indexOf(name));
}

/**
 * Guesses at every [MASK] of a text or pair.
 *
 * @throws InputError when there is none, or no masked LM head
 */
export async function fillMasks(
  model: LoadedModel,
  text: string,
  pair: string | null = null
): Promise<SentencePrediction> {
  const {config} = model;
  if (!hasMaskedLm(config))
    throw new InputError(`${model.name}: ${config.architecture} has no masked LM head`);
  const tokenizer = needTokenizer(model);
  const {encoding, inputs} = encodeText(model, text, pair);
  const {ids, tokens} = encoding;
  const positions = ids.flatMap((id, i) => (id === tokenizer.special.mask ? [i] : []));
  if (positions.length === 0) throw new InputError("no [MASK] in the text (expected at least one)");
  const logits = await withParameters(model, async (params) => {
    const scores = tf.tidy(() => {
      const {sequenceOutput} = encode(params, inputs, config);
      const rows = tf.reshape(sequenceOutput, [ids.length, config.hiddenSize]);
      const masked = gatherRows(rows, tf.tensor1d(Int32Array.from(positions), "int32"));
      return maskedLmLogits(params, masked, config);
    });
    const values = await scores.data<"float32">();
    scores.dispose();
    return values;
  });
  const V = config.vocabSize;
  return {
    tokens,
    blanks: positions.map((position, i) => ({
      position,
      truth: null,
      ...rankPieces(logits.subarray(i * V, (i + 1) * V), tokenizer.pieces, null)
    }))
  };
}
