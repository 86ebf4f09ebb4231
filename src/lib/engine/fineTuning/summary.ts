import type {Dataset} from "../../finetune/dataset.js";
import {truthOf} from "../../finetune/score.js";
import type {FineTuneSummary, StartWeights} from "./protocol.js";
import type {FineTuningRun} from "./run.js";

/** What is known of a run before its first step, the baselines included. */
export function summaryOf(run: FineTuningRun, start: StartWeights): FineTuneSummary {
  const {train, dev, recipe} = run;
  return {
    recipe,
    task: train.task.id,
    taskName: train.task.name,
    scoreName: train.task.score,
    kind: train.kind,
    labels: train.labels,
    model: run.startName,
    start,
    train: {name: train.name, examples: train.examples.length},
    dev: {name: dev.name, examples: dev.examples.length},
    classCounts: classCounts(dev),
    steps: run.steps,
    stepsPerEpoch: run.stepsPerEpoch,
    parameters: run.parameterCount,
    executor: run.executor,
    baselines: run.baselines(),
    notes: [...run.notes]
  };
}

function classCounts(data: Dataset): number[] {
  if (data.kind !== "classification") return [];
  const counts = data.labels.map(() => 0);
  for (const label of truthOf(data)) counts[label]! += 1;
  return counts;
}
