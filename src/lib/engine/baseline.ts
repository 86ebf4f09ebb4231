/** What a run is measured against: guesses that know nothing but how often each piece occurs. */
import type {Batch} from "../albert/objectives/batch.js";

export interface Baseline {
  /** Id of the most frequent piece of the text. */
  majorityId: number;
  /** Share of the held-out masked slots that it gets right. */
  majorityAccuracy: number;
  /** −Σ p ln p over the pieces of the text, in nats: the loss of knowing frequencies only. */
  unigramEntropy: number;
}

/**
 * @param documents ids of each sentence of each document
 * @param heldOut batches whose masked slots are guessed
 */
export function frequencyBaseline(
  documents: readonly (readonly Int32Array[])[],
  vocabSize: number,
  heldOut: readonly Batch[]
): Baseline {
  const counts = new Float64Array(vocabSize);
  let total = 0;
  for (const sentences of documents)
    for (const ids of sentences) {
      for (const id of ids) counts[id]! += 1;
      total += ids.length;
    }
  let majorityId = 0;
  let unigramEntropy = 0;
  counts.forEach((count, id) => {
    if (count > counts[majorityId]!) majorityId = id;
    if (count > 0) unigramEntropy -= (count / total) * Math.log(count / total);
  });
  let right = 0;
  let slots = 0;
  for (const {maskedLabels, maskedWeights} of heldOut)
    maskedWeights.forEach((weight, i) => {
      if (weight === 0) return;
      slots += 1;
      if (maskedLabels[i] === majorityId) right += 1;
    });
  return {majorityId, majorityAccuracy: slots ? right / slots : 0, unigramEntropy};
}

/** Wilson's 95 % interval of a share. @param n at least 1 */
export function wilsonInterval(right: number, n: number): [number, number] {
  const z = 1.959963984540054;
  const p = right / n;
  const center = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [Math.max(0, center - half), Math.min(1, center + half)];
}
