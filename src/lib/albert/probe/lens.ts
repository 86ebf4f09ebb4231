/** The lens: every depth read by the model's own vocabulary head. */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import type {ModelInputs} from "../forward.js";
import {maskedLmLogits} from "../heads.js";
import {gatherRows} from "../ops/rows.js";
import type {Parameters} from "../params.js";
import {eachDepth} from "./states.js";

/**
 * Vocabulary logits of some pieces at every depth, through the head that reads the last one: for
 * ALBERT H → E, activation, normalisation, E → V. The last depth's are the model's own logits.
 *
 * @param places pieces as `row · seq + position`
 * @param read gets the depth and its logits `[places, vocab]`, depth 0 being the embeddings
 * @see nostalgebraist 2020, "interpreting GPT: the logit lens", there for a model that reads left to
 *   right
 */
export async function lensLogits(
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig,
  places: Int32Array,
  read: (depth: number, logits: Float32Array) => void
): Promise<void> {
  await eachDepth(params, inputs, config, async (depth, state) => {
    const logits = tf.tidy(() => {
      const [batch, seq, hidden] = state.shape;
      const pieces = tf.reshape(state, [batch * seq, hidden]);
      return maskedLmLogits(params, gatherRows(pieces, tf.tensor1d(places, "int32")), config);
    });
    read(depth, await logits.data<"float32">());
    logits.dispose();
  });
}
