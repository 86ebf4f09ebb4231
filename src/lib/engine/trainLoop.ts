/** Steps a run until it is told to stop, reporting often enough to look live and no oftener. */
import {Keeper} from "./keeper.js";
import type {CallContext} from "./listen.js";
import type {StepMetrics, TrainingOutcome} from "./trainingCalls.js";
import type {PretrainingRun} from "./run.js";
import {refuseLost} from "./runState.js";
import {yieldToMessages} from "./yield.js";

/** Milliseconds between reports: ten a second looks live and leaves the page its frames. */
const reportEveryMs = 100;

/** Steps that may be under way before their losses are read. */
const mostAtOnce = 32;

export interface TrainLoopOptions {
  /** Last step to take, counted from the start of the run. */
  until: number;
  report: CallContext<"train">["report"];
  signal: AbortSignal;
  /** Keeps the run. Without room the run pauses; any other failure is reported and it goes on. */
  save(run: PretrainingRun): Promise<void>;
  /** Whether this tab may still write the run. */
  isMine(): boolean;
  /** Whether the device is gone, so that what was read from it counts for nothing. */
  isDeviceLost(): boolean;
}

export async function trainLoop(
  run: PretrainingRun,
  {until, report, signal, save, isMine, isDeviceLost}: TrainLoopOptions
): Promise<TrainingOutcome> {
  const {evaluate_every, checkpoint_every} = run.recipe.capture;
  let rows: StepMetrics[] = [];
  let reported = performance.now();
  const flush = () => {
    if (rows.length) report({kind: "steps", rows});
    rows = [];
    reported = performance.now();
  };
  let reason = "finished" as TrainingOutcome["reason"];
  let message: string | null = null;
  const keeper = new Keeper({step: () => run.step, save: () => save(run), isMine, report});
  const evaluate = async () => {
    flush();
    const evaluation = await run.evaluate();
    report({kind: "evaluation", evaluation, predictions: await run.predictions()});
  };
  // Stop is heard between two steps, also of several that are under way
  const goOn = async () => {
    await yieldToMessages();
    return !signal.aborted;
  };
  let atOnce = 1;
  while (run.step < until) {
    if (signal.aborted) {
      reason = "paused";
      break;
    }
    const begun = performance.now();
    const results = await run.takeSteps(
      Math.min(
        atOnce,
        until - run.step,
        left(run.step, evaluate_every),
        toNextKept(run.step, checkpoint_every)
      ),
      goOn
    );
    refuseLost(isDeviceLost, run.step);
    const stepMs = (performance.now() - begun) / results.length;
    atOnce = Math.max(1, Math.min(mostAtOnce, Math.floor(reportEveryMs / stepMs)));
    for (const result of results) {
      if (!("diverged" in result)) {
        rows.push(result);
        continue;
      }
      reason = "diverged";
      message = result.diverged;
    }
    if (reason === "diverged") break;
    if (performance.now() - reported >= reportEveryMs) flush();
    if (evaluate_every > 0 && run.step % evaluate_every === 0 && run.step < until) await evaluate();
    if (isKept(run.step, checkpoint_every)) await keeper.keep();
    if (keeper.full !== null) break;
    await yieldToMessages();
  }
  flush();
  if (run.lastEvaluation?.step !== run.step) await evaluate();
  return {step: run.step, ...(await keeper.end(reason, message))};
}

/** Steps to the next of something that comes every `every` steps; 0 for never. */
const left = (step: number, every: number) => (every > 0 ? every - (step % every) : Infinity);

/** The first of the early steps that are kept. */
const firstKept = 32;

/**
 * Whether a run is kept at a step: at every `every`-th, and before the first of those at 32, 64, 128 …,
 * since a model changes most in its first steps. With `every` 0 at none.
 */
export function isKept(step: number, every: number): boolean {
  if (every === 0) return false;
  const isDouble = step >= firstKept && (step & (step - 1)) === 0;
  return step % every === 0 || (step < every && isDouble);
}

/** Steps to the next that is kept. */
function toNextKept(step: number, every: number): number {
  const double = step < firstKept ? firstKept : 2 ** (Math.floor(Math.log2(step)) + 1);
  return Math.min(left(step, every), every > 0 && double < every ? double - step : Infinity);
}
