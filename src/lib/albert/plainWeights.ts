/** Weights under training by the plain form of the operations: tensors of the active tfjs backend. */
import * as tf from "@tensorflow/tfjs-core";
import {disposeState, makeOptimizer, type OptimizerData} from "./optimizers/optimizer.js";
import {
  disposeParameters,
  downloadParameters,
  uploadParameters,
  type ParameterData,
  type Parameters
} from "./params.js";
import {divergence, type StepperSettings} from "./stepper.js";
import {trainStep, type TrainingBatch, type TrainMetrics, type TrainOptions} from "./train.js";

/** What an update depends on besides the weights, their moments and the settings of the run. */
export type UpdateOptions = Pick<TrainOptions, "config" | "learningRate" | "distillation">;

/** Weights and moments, which every update replaces; they are disposed with it. */
export class PlainWeights {
  readonly #settings: StepperSettings;
  readonly #optimizer: ReturnType<typeof makeOptimizer>;
  #params: Parameters;
  #state: ReturnType<ReturnType<typeof makeOptimizer>["init"]>;

  constructor(initial: ParameterData, settings: StepperSettings) {
    this.#settings = settings;
    this.#optimizer = makeOptimizer(settings.optimizer, settings.options);
    this.#params = uploadParameters(initial);
    this.#state = this.#optimizer.init(this.#params);
  }

  /** Name of what computes, for the device panel. */
  get executor(): string {
    return `plain operations on tfjs ${tf.getBackend()}`;
  }

  /** The weights as they are until the next update. */
  get params(): Parameters {
    return this.#params;
  }

  /**
   * One update. Where its loss or gradient is not finite, none is made, and the sentence says so.
   *
   * @throws Error if `step` is not the number of updates so far; InputError if rows do not fit the model
   */
  async update(
    parts: readonly TrainingBatch[],
    step: number,
    options: UpdateOptions
  ): Promise<TrainMetrics | {diverged: string}> {
    if (step !== this.#state.step)
      throw new Error(`step ${step} after ${this.#state.step} updates`);
    const {seed, maxGradientNorm} = this.#settings;
    const result = await trainStep(this.#params, this.#state, parts, {
      ...options,
      optimizer: this.#optimizer,
      seed,
      maxGradientNorm
    });
    if (!result.isFinite) {
      const {loss, gradientNorm} = result.metrics;
      return {diverged: divergence(step, loss, gradientNorm)!};
    }
    this.dispose();
    ({params: this.#params, state: this.#state} = result);
    return result.metrics;
  }

  parameters(): Promise<ParameterData> {
    return downloadParameters(this.#params);
  }

  optimizerData(): Promise<OptimizerData> {
    return this.#optimizer.save(this.#state);
  }

  restore(parameters: ParameterData, data: OptimizerData): void {
    this.dispose();
    this.#params = uploadParameters(parameters);
    this.#state = this.#optimizer.restore(this.#params, data);
  }

  dispose(): void {
    disposeParameters(this.#params);
    disposeState(this.#state);
  }
}
