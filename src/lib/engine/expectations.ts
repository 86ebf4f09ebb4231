/** What a model expects at every piece of a text, masked or not. */
import * as tf from "@tensorflow/tfjs-core";
import {encode} from "../albert/forward.js";
import {maskedLmLogits} from "../albert/heads.js";
import {hasMaskedLm} from "../albert/specs.js";
import type {Expected} from "../heads/difference.js";
import {encodeText, needTokenizer} from "./encodeText.js";
import {withParameters, type LoadedModel} from "./loadedModel.js";

/** What a text's pieces were expected to be. */
export interface Expectations {
  tokens: string[];
  /** `[pieces]`: the likeliest pieces of each place; null for a model without a masked LM head. */
  expected: Expected[] | null;
  model: string;
}

/** Calls about what a model expects. */
export interface ExpectationCalls {
  expect: {
    input: {text: string; pair: string | null};
    progress: never;
    output: Expectations;
  };
}

/** Pieces that are listed at each place. */
const listed = 50;

/**
 * The 50 likeliest pieces at every place.
 *
 * @throws InputError for an empty text, or a model without a tokenizer
 */
export async function expectations(
  model: LoadedModel,
  text: string,
  pair: string | null
): Promise<Expectations> {
  const {config} = model;
  const {pieces} = needTokenizer(model);
  const {encoding, inputs} = encodeText(model, text, pair);
  const {tokens, ids} = encoding;
  if (!hasMaskedLm(config)) return {tokens, expected: null, model: model.name};
  const k = Math.min(listed, config.vocabSize);
  const [values, indices] = await withParameters(model, async (params) => {
    const top = tf.tidy(() => {
      const {sequenceOutput} = encode(params, inputs, config);
      const rows = tf.reshape(sequenceOutput, [ids.length, config.hiddenSize]);
      return tf.topk(tf.softmax(maskedLmLogits(params, rows, config)), k, true);
    });
    const read = [
      (await top.values.data<"float32">()).slice(),
      (await top.indices.data<"int32">()).slice()
    ] as const;
    tf.dispose([top.values, top.indices]);
    return read;
  });
  const expected = ids.map((_, i) =>
    Array.from({length: k}, (_, rank) => ({
      piece: pieces[indices[i * k + rank]!]!,
      probability: values[i * k + rank]!
    }))
  );
  return {tokens, expected, model: model.name};
}
