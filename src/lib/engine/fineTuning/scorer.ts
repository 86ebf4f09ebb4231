/** Runs a model with a head over a data set. */
import type {HeadStepper} from "../../albert/headStepper.js";
import type {AlbertConfig} from "../../albert/config.js";
import {scoringBatches, type BatchOptions} from "../../finetune/batches.js";
import type {Dataset} from "../../finetune/dataset.js";
import type {FeatureRow} from "../../finetune/features.js";
import {
  predict,
  rowLoss,
  scoreOf,
  type Predictions,
  type RowLogits,
  type SetScore
} from "../../finetune/score.js";
import {yieldToMessages} from "../yield.js";

/** What a model says of a data set, and how good that is. */
export interface Scored {
  predictions: Predictions;
  score: SetScore;
  /** Loss of each example: mean over its labels; of several rows, of the last. */
  losses: number[];
}

/** Logits of every row, cut to its own length. @param onRows told how many rows are done */
export async function logitsOf(
  stepper: Pick<HeadStepper, "logits">,
  rows: readonly FeatureRow[],
  config: AlbertConfig,
  options: BatchOptions,
  onRows: (rows: number) => void = () => {}
): Promise<RowLogits[]> {
  const found = new Array<RowLogits>(rows.length);
  const classes = config.id2label.length;
  let done = 0;
  for (const {indices, rows: batch} of scoringBatches(rows, options)) {
    const logits = await stepper.logits(batch);
    indices.forEach((index, r) => {
      const {sequence, batch: size} = batch;
      const {length} = rows[index]!.ids;
      if (options.kind === "tags") {
        const from = r * sequence * classes;
        found[index] = logits.slice(from, from + length * classes);
      } else if (options.kind === "answers") {
        const both = new Float32Array(2 * length);
        both.set(logits.subarray(r * sequence, r * sequence + length));
        const end = (size + r) * sequence;
        both.set(logits.subarray(end, end + length), length);
        found[index] = both;
      } else found[index] = logits.slice(r * classes, (r + 1) * classes);
    });
    done += indices.length;
    onRows(done);
    await yieldToMessages();
  }
  return found;
}

/** Predictions, losses and metrics of a data set whose rows are labelled. */
export async function scoreRows(
  stepper: Pick<HeadStepper, "logits">,
  data: Dataset,
  rows: readonly FeatureRow[],
  config: AlbertConfig,
  options: BatchOptions,
  nullThreshold = 0,
  onRows?: (rows: number) => void
): Promise<Scored> {
  const logits = await logitsOf(stepper, rows, config, options, onRows);
  const predictions = predict(data, rows, logits, nullThreshold);
  const losses = new Array<number>(data.examples.length).fill(0);
  let sum = 0;
  let count = 0;
  rows.forEach((row, i) => {
    const own = rowLoss(data.kind, row, logits[i]!, config.id2label.length);
    sum += own.sum;
    count += own.count;
    losses[row.example] = own.count > 0 ? own.sum / own.count : 0;
  });
  return {predictions, losses, score: scoreOf(data, predictions, sum / count)};
}
