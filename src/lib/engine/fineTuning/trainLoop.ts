/** Steps a fine-tuning run until it is told to stop, it stops itself, or the steps are done. */
import {Keeper} from "../keeper.js";
import type {CallContext} from "../listen.js";
import {refuseLost} from "../runState.js";
import type {TrainingOutcome} from "../trainingCalls.js";
import {yieldToMessages} from "../yield.js";
import {KeepingPace} from "./keepingPace.js";
import type {FineTuneReport, FineTuneStep} from "./protocol.js";
import {reportOf} from "./report.js";
import type {FineTuningRun} from "./run.js";

/** Milliseconds between reports. */
const reportEveryMs = 100;

export interface FineTuneLoopOptions {
  /** Last step to take, counted from the start of the run. */
  until: number;
  report: CallContext<"fineTune">["report"];
  signal: AbortSignal;
  /** Keeps the run, with the report of the last evaluation. */
  save(run: FineTuningRun, report: FineTuneReport | null): Promise<void>;
  /** The report of the last evaluation before this call. */
  before: FineTuneReport | null;
  /** Whether this tab may still write the run. */
  isMine(): boolean;
  /** Whether the device is gone, so that what was read from it counts for nothing. */
  isDeviceLost(): boolean;
}

export async function fineTuneLoop(
  run: FineTuningRun,
  {until, report, signal, save, before, isMine, isDeviceLost}: FineTuneLoopOptions
): Promise<TrainingOutcome & {stoppedEarly: boolean}> {
  let rows: FineTuneStep[] = [];
  let reported = performance.now();
  let last = before;
  const flush = () => {
    if (rows.length) report({kind: "steps", rows});
    rows = [];
    reported = performance.now();
  };
  const evaluate = async () => {
    flush();
    const evaluation = await run.evaluate((fraction) => {
      if (performance.now() - reported < reportEveryMs) return;
      reported = performance.now();
      report({kind: "scoring", fraction});
    });
    refuseLost(isDeviceLost, run.step);
    last = reportOf(run.dev, run.last!, run.step);
    report({kind: "evaluation", evaluation, report: last});
  };
  const keeper = new Keeper({step: () => run.step, save: () => save(run, last), isMine, report});
  const pace = new KeepingPace();
  let reason: TrainingOutcome["reason"] = "finished";
  let message: string | null = null;
  while (run.step < until && !run.isStopped) {
    if (signal.aborted) {
      reason = "paused";
      break;
    }
    const result = await run.takeStep();
    refuseLost(isDeviceLost, run.step);
    if ("diverged" in result) {
      reason = "diverged";
      message = result.diverged;
      break;
    }
    rows.push(result);
    if (performance.now() - reported >= reportEveryMs) flush();
    if (run.step % run.evaluateEvery === 0) await evaluate();
    if (pace.isDue(run.step)) await pace.keep(() => keeper.keep());
    if (keeper.full !== null) break;
    await yieldToMessages();
  }
  flush();
  if (run.evaluations.at(-1)?.step !== run.step) await evaluate();
  const ended = await keeper.end(reason, message);
  return {step: run.step, ...ended, stoppedEarly: run.isStopped};
}
