import type {AlbertConfig} from "../config.js";
import type {Batch} from "../objectives/batch.js";
import type {ParameterData} from "../specs.js";
import type {DistillationWeights} from "../distillation.js";
import type {DropoutKey} from "../ops/dropout.js";
import {
  divergence,
  joinedLosses,
  partsOf,
  type BatchLosses,
  type GoOn,
  type StepRequest,
  type StepResult,
  type Stepper,
  type StepperSettings
} from "../stepper.js";
import {lowerPretraining} from "./lower.js";
import type {Plan, PlanShape} from "./plan.js";
import {WebgpuTeacher} from "./webgpu/teacher.js";
import {WebgpuTrainer, type Work, type WorkResult} from "./webgpu/trainer.js";

/** What the reader is told of this executor. */
export const webgpuExecutor = "compiled plan on WebGPU";

/**
 * A model trained by its compiled plan on WebGPU: one submission a step, and nothing read back but
 * losses and the norm of the gradient; `steps` reads those of several steps at once. A teacher runs on
 * the same device before the student's part of a step, and what it says never leaves it.
 *
 * @param device stays the caller's
 */
export function webgpuStepper(
  device: GPUDevice,
  config: AlbertConfig,
  initial: ParameterData,
  settings: StepperSettings
): Stepper {
  const {seed, teacher} = settings;
  const guide = teacher ? new WebgpuTeacher(device, teacher) : null;
  const lower = (shape: PlanShape) => lowerPretraining(config, shape, guide !== null);
  const trainer = new WebgpuTrainer(device, config, initial, lower, settings);

  const programFor = (
    {batch, sequence, maskedLabels}: Batch,
    onProgress?: (fraction: number) => void
  ) => trainer.programFor({batch, sequence, slots: maskedLabels.length}, onProgress);

  /** @param key of the dropout masks in a step that trains; null for the losses alone */
  async function workFor(batch: Batch, key: DropoutKey | null): Promise<Work> {
    const program = await programFor(batch);
    const {mlmOut, sentenceOut} = program.plan;
    const {taught} = program;
    const isTaught = key !== null && guide !== null;
    return {
      program,
      fill: (own) => own.setBatch(batch, key),
      ...(isTaught && {
        before: (encoder, arena) =>
          guide.record(encoder, batch, arena, {
            logits: program.at(taught!.logits),
            states: program.at(taught!.states)
          })
      }),
      update: null,
      until: key ? "update" : "losses",
      read: [mlmOut, ...(sentenceOut ? [sentenceOut] : []), ...(isTaught ? [taught!.out] : [])]
    };
  }

  /** Loss, weight that was right and sum of weights of each objective; then what the teacher adds. */
  function lossesOf({values}: WorkResult, {sentenceOut}: Plan, weights?: DistillationWeights) {
    const mlm = values[0]!;
    const sentence = sentenceOut ? values[1]! : null;
    const hasSentence = sentence !== null && sentence[2]! > 0;
    const [soft, apart] = weights ? values.at(-1)! : [];
    const losses: BatchLosses = {
      loss: weights
        ? weights.soft * soft! + weights.mlm * mlm[0]! + weights.cosine * apart!
        : mlm[0]! + (hasSentence ? sentence[0]! : 0),
      mlmLoss: mlm[0]!,
      mlmCorrect: mlm[1]!,
      mlmCount: mlm[2]!,
      sentenceLoss: hasSentence ? sentence[0]! : null,
      sentenceCorrect: hasSentence ? sentence[1]! : null
    };
    return losses;
  }

  async function steps(requests: readonly StepRequest[], goOn?: GoOn): Promise<StepResult[]> {
    const works: Work[] = [];
    for (const [i, {batch, step, learningRate}] of requests.entries()) {
      const parts = partsOf(batch);
      const update = {t: trainer.updates + 1 + i, learningRate, batches: parts.length};
      for (const [j, part] of parts.entries()) {
        const work = await workFor(part, {seed, step: step * parts.length + j});
        const isLast = j === parts.length - 1;
        works.push({
          ...work,
          isAdded: j > 0,
          ...(isLast ? {update} : {until: "gradients" as const})
        });
      }
    }
    const done = await trainer.run(works, goOn);
    const results: StepResult[] = [];
    for (const {batch, step} of requests) {
      if (done.length === 0) break; // not begun
      const count = partsOf(batch).length;
      const plans = works.splice(0, count).map(({program}) => program.plan);
      const own = done.splice(0, count);
      const measured = joinedLosses(
        own.map((result, i) => lossesOf(result, plans[i]!, teacher?.weights))
      );
      const {gradientNorm, isStopped} = own.at(-1)!;
      if (isStopped) {
        const reason = divergence(step, measured.loss, gradientNorm);
        return [...results, {diverged: reason ?? `step ${step + 1}: a loss is not finite`}];
      }
      results.push({...measured, gradientNorm});
    }
    return results;
  }

  return {
    executor: webgpuExecutor,

    async prepare(batch, onProgress) {
      await programFor(batch, onProgress);
    },

    steps,

    step: async (batch, step, learningRate) => (await steps([{batch, step, learningRate}]))[0]!,

    async evaluate(batch) {
      const work = await workFor(batch, null);
      const [result] = await trainer.run([work]);
      return lossesOf(result!, work.program.plan);
    },

    async logits(batch) {
      const program = await programFor(batch);
      const fill: Work["fill"] = (own) => own.setBatch(batch, null);
      const read = [program.plan.mlmLogits];
      const [result] = await trainer.run([{program, fill, update: null, until: "logits", read}]);
      return result!.values[0]!;
    },

    parameters: () => trainer.parameters(),
    optimizerData: () => trainer.optimizerData(),
    restore: (parameters, moments) => trainer.restore(parameters, moments),
    memoryBytes: () => trainer.bytes + (guide?.bytes ?? 0),
    dispose() {
      guide?.dispose();
      trainer.dispose();
    }
  };
}
