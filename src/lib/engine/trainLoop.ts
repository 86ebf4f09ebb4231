/** Steps a run until it is told to stop, reporting often enough to look live and no oftener. */
import type {CallContext} from "./listen.js";
import type {StepMetrics, TrainingOutcome} from "./protocol.js";
import type {PretrainingRun} from "./run.js";
import {yieldToMessages} from "./yield.js";

/** Milliseconds between reports: ten a second looks live and leaves the page its frames. */
const reportEveryMs = 100;

export interface TrainLoopOptions {
  /** Last step to take, counted from the start of the run. */
  until: number;
  report: CallContext<"train">["report"];
  signal: AbortSignal;
  /** Keeps the run; a failure is reported and training goes on. */
  save(run: PretrainingRun): Promise<void>;
}

export async function trainLoop(
  run: PretrainingRun,
  {until, report, signal, save}: TrainLoopOptions
): Promise<TrainingOutcome> {
  const {evaluate_every, checkpoint_every} = run.recipe.capture;
  let rows: StepMetrics[] = [];
  let reported = performance.now();
  const flush = () => {
    if (rows.length) report({kind: "steps", rows});
    rows = [];
    reported = performance.now();
  };
  const keep = async () => {
    try {
      await save(run);
      report({kind: "saved", step: run.step});
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      report({kind: "note", message: `step ${run.step} could not be kept: ${why}`});
    }
  };
  const evaluate = async () => {
    flush();
    const evaluation = await run.evaluate();
    report({kind: "evaluation", evaluation, predictions: await run.predictions()});
  };
  let reason: TrainingOutcome["reason"] = "finished";
  let message: string | null = null;
  while (run.step < until) {
    if (signal.aborted) {
      reason = "paused";
      break;
    }
    const result = await run.takeStep();
    if ("diverged" in result) {
      reason = "diverged";
      message = result.diverged;
      break;
    }
    rows.push(result);
    if (performance.now() - reported >= reportEveryMs) flush();
    if (evaluate_every > 0 && run.step % evaluate_every === 0 && run.step < until) await evaluate();
    if (checkpoint_every > 0 && run.step % checkpoint_every === 0) await keep();
    await yieldToMessages();
  }
  flush();
  if (run.lastEvaluation?.step !== run.step) await evaluate();
  if (reason !== "diverged") await keep();
  return {step: run.step, reason, message};
}
