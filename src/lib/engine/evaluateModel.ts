import type {AlbertConfig} from "../albert/config.js";
import {averageLosses, type PretrainingEvaluation} from "../albert/evaluation.js";
import type {Batch} from "../albert/objectives/batch.js";
import type {ParameterData} from "../albert/specs.js";
import {makeStepper} from "./makeStepper.js";

/** Scores a model on one list of rows after the other. */
export interface ModelEvaluator {
  /** Losses and accuracies over batches, without dropout. */
  evaluate(batches: Iterable<Batch>): Promise<PretrainingEvaluation>;
  dispose(): void;
}

/** An evaluator that computes as training does on the backend in use: its compiled plan where it has one. */
export function modelEvaluator(config: AlbertConfig, data: ParameterData): ModelEvaluator {
  // nothing is updated: what an update depends on is never looked at
  const stepper = makeStepper(config, data, {
    optimizer: "adamw",
    options: {},
    maxGradientNorm: 0,
    seed: 0
  });
  return {
    evaluate: (batches) => averageLosses(batches, (batch) => stepper.evaluate(batch)),
    dispose: () => stepper.dispose()
  };
}
