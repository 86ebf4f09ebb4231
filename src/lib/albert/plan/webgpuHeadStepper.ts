import type {AlbertConfig} from "../config.js";
import type {HeadStepper} from "../headStepper.js";
import {logitsShape, squaredError, type LabelledRows} from "../objectives/labelledRows.js";
import type {ParameterData} from "../specs.js";
import {divergence, type StepperSettings} from "../stepper.js";
import {lowerFineTuning} from "./lowerHead.js";
import {WebgpuTrainer} from "./webgpu/trainer.js";
import {webgpuExecutor} from "./webgpuStepper.js";

/**
 * A model with a head, trained by compiled plans on WebGPU. Batches of different lengths each have a
 * plan of their own, all in one arena.
 *
 * @param device stays the caller's
 */
export function webgpuHeadStepper(
  device: GPUDevice,
  config: AlbertConfig,
  initial: ParameterData,
  settings: StepperSettings
): HeadStepper {
  const {seed} = settings;
  const lower = (shape: Parameters<typeof lowerFineTuning>[1]) => lowerFineTuning(config, shape);
  const trainer = new WebgpuTrainer(device, config, initial, lower, settings);

  const programFor = ({batch, sequence}: LabelledRows) =>
    trainer.programFor({
      batch,
      sequence,
      slots: logitsShape(config, batch, sequence).rows
    });

  return {
    executor: webgpuExecutor,

    async step(rows, step, learningRate) {
      const program = await programFor(rows);
      const {plan} = program;
      const isRegression = plan.inputs.negatedTargets !== null;
      const [result] = await trainer.run([
        {
          program,
          fill: (own) => own.setRows(rows, {seed, step}),
          update: {t: trainer.updates + 1, learningRate},
          until: "update",
          read: [isRegression ? plan.mlmLogits : plan.mlmOut]
        }
      ]);
      const {values, gradientNorm, isStopped} = result!;
      const loss = isRegression ? squaredError(values[0]!, rows) : values[0]![0]!;
      const diverged = divergence(step, loss, gradientNorm);
      if (isStopped) return {diverged: diverged ?? `step ${step + 1}: the loss is not finite`};
      return {loss, gradientNorm};
    },

    async logits(rows) {
      const program = await programFor(rows);
      const [result] = await trainer.run([
        {
          program,
          fill: (own) => own.setRows(rows, null),
          update: null,
          until: "logits",
          read: [program.plan.mlmLogits]
        }
      ]);
      return result!.values[0]!;
    },

    parameters: () => trainer.parameters(),
    optimizerData: () => trainer.optimizerData(),
    restore: (parameters, moments) => trainer.restore(parameters, moments),
    memoryBytes: () => trainer.bytes,
    dispose: () => trainer.dispose()
  };
}
