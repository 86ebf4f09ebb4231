import type {LabelledRows} from "./objectives/labelledRows.js";
import type {OptimizerData} from "./optimizers/optimizer.js";
import type {ParameterData} from "./specs.js";
import type {Accumulated} from "./stepper.js";

/** One update, or the reason why none was made: the weights are then those before. */
export type HeadStepResult =
  | {
      /** Weighted mean over the batch: nats, or the squared error of a regression. */
      loss: number;
      gradientNorm: number;
    }
  | {diverged: string};

/**
 * A model with a classification, tagging or answering head in training. Batches may differ in
 * length from step to step; the same calls with the same arguments give the same numbers to the
 * last bit.
 */
export interface HeadStepper {
  /** What computes, for a person: "plan on WebAssembly SIMD". */
  readonly executor: string;
  /** One update. @param step from 0; with the seed it names the dropout masks */
  step(
    rows: Accumulated<LabelledRows>,
    step: number,
    learningRate: number
  ): Promise<HeadStepResult>;
  /** Logits without dropout, in the shape that `logitsShape` tells. */
  logits(rows: LabelledRows): Promise<Float32Array>;
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
