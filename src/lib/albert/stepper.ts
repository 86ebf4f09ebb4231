import type {Teacher} from "./distillation.js";
import type {Batch} from "./objectives/batch.js";
import type {OptimizerData, OptimizerOptions} from "./optimizers/optimizer.js";
import type {OptimizerName} from "./optimizers/rule.js";
import type {ParameterData} from "./specs.js";

/** Everything but the batch that an update depends on. */
export interface StepperSettings {
  optimizer: OptimizerName;
  options: OptimizerOptions;
  /** Longest gradient that is used as it is; 0 for no clipping. */
  maxGradientNorm: number;
  /** Seed of the dropout masks. */
  seed: number;
  /** A model to learn from besides the text. */
  teacher?: Teacher;
}

/** Losses of a batch, in nats, and what was counted. */
export interface BatchLosses {
  loss: number;
  mlmLoss: number;
  /** Masked slots whose largest logit was the label's. */
  mlmCorrect: number;
  /** Masked slots in use. */
  mlmCount: number;
  sentenceLoss: number | null;
  sentenceCorrect: number | null;
}

/** One update, or the reason why none was made: the weights are then those before. */
export type StepResult =
  | (BatchLosses & {gradientNorm: number})
  | {
      /** What was not finite, in a sentence. */
      diverged: string;
    };

/** A batch, or several whose mean loss makes one update: as much as one that would not fit. */
export type Accumulated<T> = T | readonly T[];

export const partsOf = <T>(batch: Accumulated<T>): readonly T[] =>
  Array.isArray(batch) ? (batch as readonly T[]) : [batch as T];

/** The numbers of an update from those of its batches: means of losses, sums of counts. */
export function joinedLosses(parts: readonly BatchLosses[]): BatchLosses {
  if (parts.length === 1) return parts[0]!;
  const sum = (key: keyof BatchLosses) => parts.reduce((total, part) => total + part[key]!, 0);
  const mean = (key: keyof BatchLosses) => sum(key) / parts.length;
  const hasSentence = parts.every(({sentenceLoss}) => sentenceLoss !== null);
  return {
    loss: mean("loss"),
    mlmLoss: mean("mlmLoss"),
    mlmCorrect: sum("mlmCorrect"),
    mlmCount: sum("mlmCount"),
    sentenceLoss: hasSentence ? mean("sentenceLoss") : null,
    sentenceCorrect: hasSentence ? sum("sentenceCorrect") : null
  };
}

/** What `Stepper.step` takes, for several steps at once. */
export interface StepRequest {
  batch: Accumulated<Batch>;
  step: number;
  learningRate: number;
}

/** Whether there is more to do; asked between two steps. */
export type GoOn = () => boolean | Promise<boolean>;

/**
 * A model in training. Whatever computes it, the same calls with the same arguments give the same
 * numbers to the last bit.
 */
export interface Stepper {
  /** What computes, for a person: "plan on WebAssembly SIMD". */
  readonly executor: string;
  /**
   * Makes ready for batches of the shape of this one, where that takes a while.
   *
   * @param onProgress told the share that is done, in [0, 1]
   */
  prepare?(batch: Batch, onProgress: (fraction: number) => void): Promise<void>;
  /**
   * One update.
   *
   * @param step from 0; with the seed it names the dropout masks
   */
  step(batch: Accumulated<Batch>, step: number, learningRate: number): Promise<StepResult>;
  /**
   * Several updates in a row, where that is faster than one by one: their results, the last of them
   * the first that diverged, if any did.
   *
   * @param goOn asked while they are under way; once it says no, no more are begun
   */
  steps?(requests: readonly StepRequest[], goOn?: GoOn): Promise<StepResult[]>;
  /** Losses of a batch without dropout. */
  evaluate(batch: Batch): Promise<BatchLosses>;
  /** Logits of the masked slots of a batch, `[slots, vocab]`, without dropout. */
  logits(batch: Batch): Promise<Float32Array>;
  /** Copies of the parameters. */
  parameters(): Promise<ParameterData>;
  /** Copies of the optimizer's moments. */
  optimizerData(): Promise<OptimizerData>;
  /** Replaces parameters and moments. */
  restore(parameters: ParameterData, optimizer: OptimizerData): void;
  /** Bytes of the model's numbers that are alive. */
  memoryBytes(): number;
  dispose(): void;
}

/** The sentence for a loss or gradient that is not finite, or null. */
export function divergence(step: number, loss: number, gradientNorm: number): string | null {
  if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) return null;
  const what = Number.isFinite(loss) ? "the gradient" : `the loss is ${loss} and the gradient`;
  return `step ${step + 1}: ${what} is not finite; the weights before it are kept (try a lower learning rate)`;
}
