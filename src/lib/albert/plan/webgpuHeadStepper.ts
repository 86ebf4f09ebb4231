import type {AlbertConfig} from "../config.js";
import type {HeadStepper} from "../headStepper.js";
import {logitsShape, squaredError, type LabelledRows} from "../objectives/labelledRows.js";
import type {ParameterData} from "../specs.js";
import {divergence, partsOf, type StepperSettings} from "../stepper.js";
import {lowerFineTuning} from "./lowerHead.js";
import {WebgpuTrainer, type Work} from "./webgpu/trainer.js";
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
      const parts = partsOf(rows);
      const update = {t: trainer.updates + 1, learningRate, batches: parts.length};
      const works: Work[] = [];
      for (const [i, part] of parts.entries()) {
        const program = await programFor(part);
        const {negatedTargets} = program.plan.inputs;
        const isLast = i === parts.length - 1;
        works.push({
          program,
          fill: (own) => own.setRows(part, {seed, step: step * parts.length + i}),
          isAdded: i > 0,
          update: isLast ? update : null,
          until: isLast ? "update" : "gradients",
          read: [negatedTargets ? program.plan.mlmLogits : program.plan.mlmOut]
        });
      }
      const results = await trainer.run(works);
      const {gradientNorm, isStopped} = results.at(-1)!;
      const lossOf = (part: LabelledRows, [numbers]: Float32Array[], {program}: Work) =>
        program.plan.inputs.negatedTargets ? squaredError(numbers!, part) : numbers![0]!;
      const loss =
        parts.reduce((sum, part, i) => sum + lossOf(part, results[i]!.values, works[i]!), 0) /
        parts.length;
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
