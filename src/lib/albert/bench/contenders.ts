/** Who takes part in the benchmark: each trains the same weights on the same batch. */
import type {AlbertConfig} from "../config.js";
import type {Batch} from "../objectives/batch.js";
import {plainStepper} from "../plainStepper.js";
import {wasmStepper} from "../plan/wasmStepper.js";
import {webgpuStepper} from "../plan/webgpuStepper.js";
import {copyParameters, type ParameterData} from "../specs.js";
import type {Stepper, StepperSettings} from "../stepper.js";
import type {Turn} from "./byTurns.js";
import {benchAdam, stockModel} from "./stockModel.js";

/** One way to do the work of the benchmark. */
export interface Contender {
  name: string;
  /** One step of Adam, with the loss before it; null where it only reads. */
  step: (() => Promise<Turn>) | null;
  /** The loss, without a gradient. */
  forward(): Promise<Turn>;
  dispose(): void;
}

/** What a contender starts from. */
export interface Start {
  config: AlbertConfig;
  data: ParameterData;
  batch: Batch;
}

const settings: StepperSettings = {
  optimizer: "adam",
  options: {
    beta1: benchAdam.beta1,
    beta2: benchAdam.beta2,
    epsilon: benchAdam.epsilon,
    weightDecay: 0
  },
  maxGradientNorm: 0,
  seed: 1
};

/** The compiled step. */
export function planContender(name: string, {config, data, batch}: Start): Contender {
  return stepperContender(name, wasmStepper(config, copyParameters(data), settings), batch);
}

/** The compiled step on a WebGPU device, which stays the caller's. */
export function webgpuContender(
  name: string,
  device: GPUDevice,
  {config, data, batch}: Start
): Contender {
  return stepperContender(
    name,
    webgpuStepper(device, config, copyParameters(data), settings),
    batch
  );
}

/** The plain form of our operations on the active tfjs backend. */
export function plainContender(name: string, {config, data, batch}: Start): Contender {
  return stepperContender(name, plainStepper(config, data, settings), batch);
}

function stepperContender(name: string, stepper: Stepper, batch: Batch): Contender {
  let taken = 0;
  return {
    name,
    async step() {
      const result = await stepper.step(batch, taken++, benchAdam.learningRate);
      return {loss: "loss" in result ? result.loss : NaN};
    },
    async forward() {
      return {loss: (await stepper.evaluate(batch)).loss};
    },
    dispose: () => stepper.dispose()
  };
}

/** TensorFlow.js as its users write it, on the active backend. */
export function stockContender(name: string, {config, data, batch}: Start): Contender {
  const model = stockModel(config, data, batch);
  const read = async (loss: ReturnType<typeof model.forward>): Promise<Turn> => {
    const [value] = await loss.data();
    loss.dispose();
    return {loss: value!};
  };
  return {
    name,
    step: () => read(model.step()),
    forward: () => read(model.forward()),
    dispose: () => model.dispose()
  };
}
