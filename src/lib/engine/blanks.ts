/** Held-out rows as sentences with blanks, and a model's guesses for them. */
import type {Batch} from "../albert/objectives/batch.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import type {BlankPrediction, SentencePrediction} from "./trainingCalls.js";

/** Guesses that are shown for a blank. */
const shown = 5;

/** Softmax of one row of logits: the most probable pieces, and the probability of one id. */
export function rankPieces(
  logits: Float32Array,
  pieces: readonly string[],
  truth: number | null
): Pick<BlankPrediction, "top" | "truthProbability"> {
  let largest = -Infinity;
  for (const x of logits) largest = Math.max(largest, x);
  let sum = 0;
  for (const x of logits) sum += Math.exp(x - largest);
  const probability = (id: number) => Math.exp(logits[id]! - largest) / sum;
  const best: number[] = [];
  logits.forEach((x, id) => {
    if (best.length === shown && x <= logits[best.at(-1)!]!) return;
    const at = best.findIndex((other) => logits[other]! < x);
    best.splice(at < 0 ? best.length : at, 0, id);
    best.length = Math.min(best.length, shown);
  });
  return {
    top: best.map((id) => ({piece: pieces[id]!, probability: probability(id)})),
    truthProbability: truth === null ? null : probability(truth)
  };
}

/**
 * The first rows of a batch as sentences with blanks.
 *
 * @param logits of every masked slot, `[slots, vocab]`
 * @param rows how many rows, at most those of the batch
 */
export function describeBlanks(
  {sequence, batch, inputIds, attentionMask, maskedPositions, maskedLabels, maskedWeights}: Batch,
  logits: Float32Array,
  tokenizer: Tokenizer,
  rows: number
): SentencePrediction[] {
  const {pieces} = tokenizer;
  const vocab = tokenizer.vocabSize;
  const sentences = Array.from({length: Math.min(rows, batch)}, (_, row): SentencePrediction => {
    const tokens: string[] = [];
    for (let i = row * sequence; i < (row + 1) * sequence && attentionMask[i] === 1; ++i)
      tokens.push(pieces[inputIds[i]!]!);
    return {tokens, blanks: []};
  });
  maskedWeights.forEach((weight, slot) => {
    const row = Math.floor(maskedPositions[slot]! / sequence);
    const sentence = sentences[row];
    if (weight === 0 || !sentence) return;
    const position = maskedPositions[slot]! % sequence;
    const truth = maskedLabels[slot]!;
    // A masked piece may have been left or replaced; to a reader it is a blank all the same.
    sentence.tokens[position] = pieces[tokenizer.special.mask]!;
    const row0 = slot * vocab;
    sentence.blanks.push({
      position,
      truth: pieces[truth]!,
      ...rankPieces(logits.subarray(row0, row0 + vocab), pieces, truth)
    });
  });
  for (const {blanks} of sentences) blanks.sort((a, b) => a.position - b.position);
  return sentences;
}
