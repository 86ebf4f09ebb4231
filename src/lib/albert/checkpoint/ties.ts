import type {AlbertConfig} from "../config.js";
import {hasMaskedLm} from "../specs.js";
import {bodyPrefix} from "../sharing.js";
import {toFloat32} from "./safetensors.js";
import type {Weight} from "./weights.js";

/** A stored tensor that is not used because another one stands for it. */
export interface Tie {
  ignored: Weight;
  used: Weight;
  because: string;
}

/**
 * Settles which of the tensors that files store twice is the one: takes the other and the buffer
 * `position_ids` of old files out of `weights`, and gives a tensor stored under its other name its
 * own. As in transformers 5: a tied decoder is the piece embedding and `predictions.bias`; an untied
 * one has `predictions.decoder.bias`.
 *
 * @returns the pairs in which one was left out, for `resolveTies`
 */
export function checkTies(weights: Map<string, Weight>, config: AlbertConfig): Tie[] {
  const ties: Tie[] = [];
  weights.delete(`${bodyPrefix(config)}embeddings.position_ids`);
  if (!hasMaskedLm(config)) return ties;
  const alias = (used: string, ignored: string, because: string): void => {
    const other = weights.get(ignored);
    if (other === undefined) return;
    weights.delete(ignored);
    const own = weights.get(used);
    if (own === undefined) weights.set(used, other);
    else ties.push({used: own, ignored: other, because});
  };
  const tied = "tie_word_embeddings is true";
  if (config.tieWordEmbeddings) {
    const words = `${bodyPrefix(config)}embeddings.word_embeddings.weight`;
    if (weights.has(words)) alias(words, "predictions.decoder.weight", tied);
    alias("predictions.bias", "predictions.decoder.bias", tied);
  } else {
    alias("predictions.decoder.bias", "predictions.bias", "tie_word_embeddings is false");
  }
  return ties;
}

/** Says in `notes` where a tensor that was left out differs from the one that is used. */
export async function resolveTies(ties: readonly Tie[], notes: string[]): Promise<void> {
  for (const {ignored, used, because} of ties) {
    const a = toFloat32((await ignored.read()).data);
    const b = toFloat32((await used.read()).data);
    if (a.length !== b.length || a.some((x, i) => !Object.is(x, b[i])))
      notes.push(`${ignored.name} differs from ${used.name} and is not used, since ${because}`);
  }
}
