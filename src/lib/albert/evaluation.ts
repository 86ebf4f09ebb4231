import type {Batch} from "./objectives/batch.js";
import type {BatchLosses} from "./stepper.js";

/** How well a model predicts masked rows; losses in nats, accuracies in [0, 1]. */
export interface PretrainingEvaluation {
  /** mlmLoss plus sentenceLoss. */
  loss: number;
  /** Mean over all masked slots. */
  mlmLoss: number;
  mlmAccuracy: number;
  /** Masked slots whose largest logit was the label's, and those scored. */
  mlmCorrect: number;
  mlmCount: number;
  /** Mean over all rows; null without a sentence objective. */
  sentenceLoss: number | null;
  sentenceAccuracy: number | null;
  /** Rows whose sentences were told right, and those scored. */
  sentenceCorrect: number;
  sentenceCount: number;
}

/**
 * Losses and accuracies over batches; every masked slot and every row counts alike.
 *
 * @param lossesOf the losses of one batch, without dropout
 * @returns NaN where nothing was masked
 */
export async function averageLosses(
  batches: Iterable<Batch>,
  lossesOf: (batch: Batch) => Promise<Omit<BatchLosses, "loss">>
): Promise<PretrainingEvaluation> {
  const sum = {mlm: 0, mlmCorrect: 0, mlmCount: 0, pair: 0, pairCorrect: 0, pairCount: 0};
  for (const batch of batches) {
    const losses = await lossesOf(batch);
    sum.mlm += losses.mlmLoss * losses.mlmCount;
    sum.mlmCorrect += losses.mlmCorrect;
    sum.mlmCount += losses.mlmCount;
    if (losses.sentenceLoss === null) continue;
    sum.pair += losses.sentenceLoss * batch.batch;
    sum.pairCorrect += losses.sentenceCorrect!;
    sum.pairCount += batch.batch;
  }
  const mlmLoss = sum.mlm / sum.mlmCount;
  const sentenceLoss = sum.pairCount > 0 ? sum.pair / sum.pairCount : null;
  return {
    loss: mlmLoss + (sentenceLoss ?? 0),
    mlmLoss,
    mlmAccuracy: sum.mlmCorrect / sum.mlmCount,
    mlmCorrect: sum.mlmCorrect,
    mlmCount: sum.mlmCount,
    sentenceLoss,
    sentenceAccuracy: sum.pairCount > 0 ? sum.pairCorrect / sum.pairCount : null,
    sentenceCorrect: sum.pairCorrect,
    sentenceCount: sum.pairCount
  };
}
