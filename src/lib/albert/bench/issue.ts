/** What a step on WebGPU costs before the device works: the time to record and submit it. */
import {initParameters} from "../specs.js";
import {lowerPretraining} from "../plan/lower.js";
import {WebgpuTrainer, type Work} from "../plan/webgpu/trainer.js";
import {median} from "./byTurns.js";
import {benchAdam} from "./stockModel.js";
import {benchBatch, benchConfig, benchShapes, type BenchShapeName} from "./shapes.js";

/** Times to issue one step. */
export interface IssueTiming {
  dispatches: number;
  rounds: number;
  /** Milliseconds of the calling thread. */
  min: number;
  median: number;
  max: number;
}

/** Steps before any is counted. */
const warmUp = 10;

/**
 * Times filling the inputs, recording and submitting of single steps, the device drained in between.
 *
 * @param device one that computes, or one that does nothing
 */
export async function timeIssue(
  device: GPUDevice,
  name: BenchShapeName,
  rounds: number
): Promise<IssueTiming> {
  const shape = benchShapes[name];
  const config = benchConfig(shape);
  const batch = benchBatch(shape);
  const {batch: size, sequence, maskedLabels} = batch;
  const trainer = new WebgpuTrainer(
    device,
    config,
    initParameters(config, 1),
    (of) => lowerPretraining(config, of),
    {optimizer: "adam", options: {}, maxGradientNorm: 1}
  );
  try {
    const program = await trainer.programFor({batch: size, sequence, slots: maskedLabels.length});
    const times: number[] = [];
    for (let round = -warmUp; round < rounds; ++round) {
      const work: Work = {
        program,
        fill: (own) => own.setBatch(batch, null),
        update: {t: round + warmUp + 1, learningRate: benchAdam.learningRate},
        until: "update",
        read: [program.plan.mlmOut]
      };
      const begun = performance.now();
      const read = trainer.run([work]); // comes back as soon as the step is submitted
      const issued = performance.now() - begun;
      await read;
      if (round >= 0) times.push(issued);
    }
    times.sort((a, b) => a - b);
    return {
      dispatches: program.dispatchCount,
      rounds,
      min: times[0]!,
      median: median(times),
      max: times.at(-1)!
    };
  } finally {
    trainer.dispose();
  }
}
