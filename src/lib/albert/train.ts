import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "./config.js";
import {distillationLoss, type DistillationWeights, type TeacherSignal} from "./distillation.js";
import {averageLosses, type PretrainingEvaluation} from "./evaluation.js";
import type {EncodeOptions} from "./forward.js";
import {lossAndGradients} from "./gradients.js";
import {forward, type HeadInputs} from "./heads.js";
import {lossOf, pretrainingLoss, type Labels} from "./loss.js";
import type {Batch} from "./objectives/batch.js";
import {
  addGradients,
  clipScale,
  globalNorm,
  readsCheaply,
  type ClipStyle,
  type Gradients
} from "./optimizers/gradients.js";
import type {Optimizer, OptimizerState} from "./optimizers/optimizer.js";
import {learningRateAt, type Schedule} from "./optimizers/schedule.js";
import type {Parameters} from "./params.js";

/** Rows with what their head should say, for fine-tuning. */
export interface LabelledBatch {
  inputs: HeadInputs;
  labels: Labels;
}

/** Rows to learn from: masked rows for pretraining, or labelled ones for any head. */
export type TrainingBatch = Batch | LabelledBatch;

/** Everything an update depends on besides weights, moments and rows. */
export interface TrainOptions {
  config: AlbertConfig;
  optimizer: Optimizer;
  /** Highest learning rate, in front of the schedule. */
  learningRate: number;
  /** Default: constant, without warm-up. */
  schedule?: Schedule;
  /** Seed of the dropout masks. Absent or null: no dropout. */
  seed?: number | null;
  /** Longest gradient that is used as it is; 0 (default) or Infinity for no clipping. */
  maxGradientNorm?: number;
  /** Default "torch". */
  clipStyle?: ClipStyle;
  /** What a teacher says of the batch, for masked rows that one batch makes an update of. */
  distillation?: {signal: TeacherSignal; weights: DistillationWeights};
}

/** One update in numbers. Losses in nats, accuracies in [0, 1], each over all rows of the update. */
export interface TrainMetrics {
  /** Updates made before this one: the step that schedule and dropout were computed for. */
  step: number;
  /** Loss before the update: the mean over the batches of an accumulated update. */
  loss: number;
  /** Masked LM part; null for labelled rows. */
  mlmLoss: number | null;
  /** Share of masked slots whose likeliest piece was the right one; null without any. */
  mlmAccuracy: number | null;
  /** Sentence part; null without a sentence objective. */
  sentenceLoss: number | null;
  sentenceAccuracy: number | null;
  /** Norm of all gradients together, before clipping. */
  gradientNorm: number;
  /** Factor that clipping put on the gradient, in (0, 1]. */
  clipFactor: number;
  learningRate: number;
}

/** An update, or the reason why none was made; `reason` names what was not finite. */
export type TrainResult =
  | {isFinite: true; params: Parameters; state: OptimizerState; metrics: TrainMetrics}
  | {isFinite: false; reason: "loss" | "gradient"; message: string; metrics: TrainMetrics};

/**
 * One update: the gradient of the loss, clipping, the schedule, the optimizer. A pure function: the
 * given parameters and state stay as they are and stay the caller's, who disposes them once it has
 * taken up the new ones. The step is `state.step`, so that a restored run goes on where it stopped.
 *
 * A loss or gradient that is not finite is found before any weight is computed: nothing is returned
 * but the metrics, and training can go on from the weights it had.
 *
 * @param batch one batch, or several whose mean loss makes one update (gradient accumulation)
 * @throws InputError if rows or labels do not fit the model
 */
export async function trainStep(
  params: Parameters,
  state: OptimizerState,
  batch: TrainingBatch | readonly TrainingBatch[],
  options: TrainOptions
): Promise<TrainResult> {
  const {config, optimizer, seed = null, maxGradientNorm = 0, clipStyle = "torch"} = options;
  const parts: readonly TrainingBatch[] = Array.isArray(batch) ? batch : [batch as TrainingBatch];
  const trained: Parameters = new Map(
    [...params].filter(([name]) => optimizer.isTrainable(name)) // others need no gradient
  );
  const {step} = state;
  const learningRate = options.schedule
    ? learningRateAt(options.schedule, options.learningRate, step)
    : options.learningRate;

  let grads: Gradients = new Map();
  const losses: LossNumbers[] = [];
  try {
    for (const [i, part] of parts.entries()) {
      const dropout = seed === null ? null : {seed, step: step * parts.length + i};
      const {result, gradients} = tf.tidy(() => {
        const {result, gradients} = lossAndGradients(trained, () =>
          lossTensors(params, part, config, {dropout, isPlain: true}, options.distillation)
        );
        for (const tensor of gradients.values()) tf.keep(tensor);
        for (const tensor of Object.values(result)) if (tensor) tf.keep(tensor);
        return {result, gradients} as unknown as tf.TensorContainerObject;
      }) as unknown as {result: LossTensors; gradients: Parameters};
      grads = addGradients(grads, readsCheaply() ? readBack(gradients) : gradients);
      losses.push(await readLosses(result, part));
    }
    const gradientNorm = (await globalNorm(grads)) / parts.length;
    const clipFactor = clipScale(gradientNorm, maxGradientNorm, clipStyle);
    const metrics = {step, ...joinLosses(losses), gradientNorm, clipFactor, learningRate};
    if (!Number.isFinite(metrics.loss)) return notFinite("loss", metrics.loss, metrics);
    if (!Number.isFinite(gradientNorm)) return notFinite("gradient", gradientNorm, metrics);
    const scale = clipFactor / parts.length;
    const next = optimizer.update(params, grads, state, {learningRate, scale});
    return {isFinite: true, ...next, metrics};
  } finally {
    for (const gradient of grads.values()) if (gradient instanceof tf.Tensor) gradient.dispose();
  }
}

function notFinite(reason: "loss" | "gradient", value: number, metrics: TrainMetrics): TrainResult {
  const what = reason === "loss" ? "the loss" : "the norm of the gradient";
  const message = `${what} is ${value} at step ${metrics.step}: the weights stay as they were`;
  return {isFinite: false, reason, message, metrics};
}

type LossTensors = {
  loss: tf.Scalar;
  mlmLoss: tf.Scalar | null;
  sentenceLoss: tf.Scalar | null;
  mlmCorrect: tf.Scalar | null;
  sentenceCorrect: tf.Scalar | null;
};

function lossTensors(
  params: Parameters,
  batch: TrainingBatch,
  config: AlbertConfig,
  options: EncodeOptions,
  distillation?: TrainOptions["distillation"]
): LossTensors {
  if (distillation && !("labels" in batch))
    return distillationLoss(
      params,
      batch,
      config,
      distillation.signal,
      distillation.weights,
      options
    );
  if (!("labels" in batch)) return pretrainingLoss(params, batch, config, options);
  const loss = lossOf(forward(params, batch.inputs, config, options), batch.labels, config);
  if (!loss) throw new Error(`no labels for ${config.architecture}`);
  return {loss, mlmLoss: null, sentenceLoss: null, mlmCorrect: null, sentenceCorrect: null};
}

/** Loss sums and counts of one batch, read back. */
interface LossNumbers {
  loss: number;
  mlmLoss: number | null;
  mlmCorrect: number;
  mlmCount: number;
  sentenceLoss: number | null;
  sentenceCorrect: number;
  sentenceCount: number;
}

/** Reads all scalars of a batch, together where each read waits for a device, and frees them. */
async function readLosses(tensors: LossTensors, batch: TrainingBatch): Promise<LossNumbers> {
  const keys = ["loss", "mlmLoss", "sentenceLoss", "mlmCorrect", "sentenceCorrect"] as const;
  const present = keys.filter((key) => tensors[key]);
  const scalars = present.map((key) => tensors[key]!);
  const numbers = readsCheaply()
    ? scalars.map((scalar) => scalar.dataSync()[0]!)
    : await readTogether(scalars);
  tf.dispose(scalars);
  const of = (key: (typeof keys)[number]) =>
    present.includes(key) ? numbers[present.indexOf(key)]! : null;
  const isMasked = !("labels" in batch);
  return {
    loss: of("loss")!,
    mlmLoss: of("mlmLoss"),
    mlmCorrect: of("mlmCorrect") ?? 0,
    mlmCount: isMasked ? batch.maskedWeights.reduce((sum, weight) => sum + weight, 0) : 0,
    sentenceLoss: of("sentenceLoss"),
    sentenceCorrect: of("sentenceCorrect") ?? 0,
    sentenceCount: isMasked && tensors.sentenceLoss ? batch.batch : 0
  };
}

async function readTogether(scalars: tf.Scalar[]): Promise<ArrayLike<number>> {
  const stacked = tf.tidy(() => tf.stack(scalars));
  const numbers = await stacked.data();
  stacked.dispose();
  return numbers;
}

function joinLosses(parts: LossNumbers[]) {
  const total = (key: "mlmCorrect" | "mlmCount" | "sentenceCorrect" | "sentenceCount") =>
    parts.reduce((sum, part) => sum + part[key], 0);
  const mean = (key: "loss" | "mlmLoss" | "sentenceLoss") =>
    parts.reduce((sum, part) => sum + part[key]!, 0) / parts.length;
  const share = (correct: number, count: number) => (count > 0 ? correct / count : null);
  return {
    loss: mean("loss"),
    mlmLoss: parts[0]!.mlmLoss === null ? null : mean("mlmLoss"),
    mlmAccuracy: share(total("mlmCorrect"), total("mlmCount")),
    sentenceLoss: parts[0]!.sentenceLoss === null ? null : mean("sentenceLoss"),
    sentenceAccuracy: share(total("sentenceCorrect"), total("sentenceCount"))
  };
}

/** Values of gradients in place of their tensors, which are freed. */
function readBack(gradients: Parameters): Gradients {
  const values: Gradients = new Map();
  for (const [name, tensor] of gradients) {
    values.set(name, tensor.dataSync<"float32">());
    tensor.dispose();
  }
  return values;
}

/** The plain form's losses and accuracies over batches, without dropout. */
export function evaluatePretraining(
  params: Parameters,
  batches: Iterable<Batch>,
  config: AlbertConfig
): Promise<PretrainingEvaluation> {
  return averageLosses(batches, async (batch) => {
    const numbers = await readLosses(
      pretrainingLoss(params, batch, config, {isPlain: true}),
      batch
    );
    return {...numbers, mlmLoss: numbers.mlmLoss ?? 0};
  });
}
