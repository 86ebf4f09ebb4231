/** The compiled plan of a backend, tried before it is used: its forward and gradients are the plain form's. */
import {useForwardExecutor} from "../albert/forward.js";
import {releaseForwardPlans} from "../albert/plan/keptArenas.js";
import {onPlan, onPlanForward} from "../albert/plan/onPlan.js";
import {hasWasmSimd} from "../albert/plan/kernels.js";
import {lowerPretraining} from "../albert/plan/lower.js";
import {threadCount} from "../albert/plan/threads.js";
import {webgpuDevice} from "../albert/plan/tfjsDevice.js";
import {WasmExecutor} from "../albert/plan/wasm.js";
import {WebgpuTrainer} from "../albert/plan/webgpu/trainer.js";
import {errorMessage} from "../errors.js";
import {gradientsOfAnswers} from "./derivativeTest.js";
import type {BackendName} from "./deviceCalls.js";
import {
  faultOf,
  relativeError,
  selfTestAnswers,
  selfTestBatch,
  selfTestConfig,
  selfTestErrors,
  selfTestParameters,
  selfTestShape,
  type Expected,
  type SelfTestResult
} from "./selfTest.js";

/** Backends whose compiled plan failed here; the plain form stands in for it. */
const refused = new Set<BackendName>();

/** Whether the backend in use has a compiled plan, and it did not fail its test. */
export function hasPlan(name: string): name is "wasm" | "webgpu" {
  if (refused.has(name as BackendName)) return false;
  return name === "webgpu" || (name === "wasm" && hasWasmSimd());
}

/** What is found of a plan of which nothing is refused begins so. */
const agrees = "its compiled plan agrees with the cpu";

/** Whether what was found of a plan refuses nothing of it. */
export const agreesWhole = (words: string) => words.startsWith(agrees) && !/refused/.test(words);

/** Uses every compiled plan of a backend of which all of them passed before. */
export function trustPlan(name: BackendName): void {
  refused.delete(name);
  useForwardExecutor(onPlan);
}

/** What the test of a compiled plan found. */
export interface PlanFinding {
  /** Whether it trains and answers; its way back of answers may be refused even so. */
  passes: boolean;
  /** Largest error of a gradient of training over the largest gradient; null where there is none. */
  gradientError: number | null;
  /** Milliseconds until the step was compiled; null where it was not. */
  compileMs: number | null;
  /** A sentence of what was found. */
  words: string;
}

/**
 * Tries the compiled plans of the backend in use: a step of training, answers, and their way back. What does
 * not agree is refused and named; the encoder and the heads run on the others from then on.
 *
 * @returns null where the backend has no plan
 */
export async function testPlan(
  name: BackendName,
  expected: Expected,
  tolerance: number
): Promise<PlanFinding | null> {
  const start = performance.now();
  refused.delete(name);
  useForwardExecutor(null);
  if (!hasPlan(name)) return null;
  let gradientError: number | null = null;
  let compileMs: number | null = null;
  const compiled = () => (compileMs = performance.now() - start);
  try {
    const step = await (name === "wasm" ? wasmPlan(compiled) : webgpuPlan(compiled));
    const errors = selfTestErrors(step, expected);
    gradientError = errors.gradientError;
    const wrong = faultOf(errors, tolerance);
    if (wrong) throw new Error(wrong);
    useForwardExecutor(onPlan);
    const answerError = relativeError(await selfTestAnswers(), expected.answers);
    if (!(answerError <= tolerance))
      throw new Error(`an answer is off by ${answerError.toExponential(1)}`);
    const fault = await derivativeFault(expected, tolerance);
    if (fault) useForwardExecutor(onPlanForward);
    const words = [
      agrees,
      ...(name === "wasm" ? [`on ${threadWords()}`] : []),
      ...(fault
        ? [`but derivatives of its answers are refused: ${fault}; the plain form gives them`]
        : [])
    ].join(", ");
    return {passes: true, gradientError, compileMs, words};
  } catch (error) {
    refused.add(name);
    useForwardExecutor(null);
    const words = `its compiled plan is refused: ${errorMessage(error)}; the plain form is used`;
    return {passes: false, gradientError, compileMs, words};
  } finally {
    releaseForwardPlans();
  }
}

/** What is wrong with the way back of answers; null where nothing is. */
async function derivativeFault(
  {names, gradient}: SelfTestResult,
  tolerance: number
): Promise<string | null> {
  try {
    const error = relativeError(endToEnd(await gradientsOfAnswers(), names), gradient);
    if (error <= tolerance) return null;
    return `a gradient is off by ${error.toExponential(1)} (allowed ${tolerance})`;
  } catch (error) {
    return errorMessage(error);
  }
}

/** How many threads a plan on WebAssembly runs on, and why only one. */
function threadWords(): string {
  if (threadCount() > 1) return `${threadCount()} threads`;
  return globalThis.crossOriginIsolated === false
    ? "one thread: this site is served without the headers that allow more"
    : "one thread";
}

/** Names of all gradients, in the order of the plain form. */
const gradientNames = () => [...selfTestParameters().keys()];

/** @param compiled told when the plan is ready to run */
async function wasmPlan(compiled: () => void): Promise<SelfTestResult> {
  const executor = new WasmExecutor(lowerPretraining(selfTestConfig, selfTestShape));
  compiled();
  executor.setParameters(selfTestParameters());
  executor.setBatch(selfTestBatch, null);
  executor.runStep();
  const {mlmOut, sentenceOut} = executor.plan;
  const loss = executor.output(mlmOut).loss + executor.output(sentenceOut!).loss;
  const names = gradientNames();
  const gradient = endToEnd(executor.gradients(), names);
  executor.dispose();
  return {loss, names, gradient};
}

/** @param compiled told when the plan is ready to run */
async function webgpuPlan(compiled: () => void): Promise<SelfTestResult> {
  const trainer = new WebgpuTrainer(
    webgpuDevice(),
    selfTestConfig,
    selfTestParameters(),
    (of) => lowerPretraining(selfTestConfig, of),
    {optimizer: "adamw", options: {}, maxGradientNorm: 0}
  );
  try {
    const program = await trainer.programFor(selfTestShape);
    compiled();
    const {mlmOut, sentenceOut} = program.plan;
    const [result] = await trainer.run([
      {
        program,
        fill: (own) => own.setBatch(selfTestBatch, null),
        update: null,
        until: "gradients",
        read: [mlmOut, sentenceOut!]
      }
    ]);
    const [mlm, sentence] = result!.values;
    const names = gradientNames();
    const gradient = endToEnd(await trainer.gradients(), names);
    return {loss: mlm![0]! + sentence![0]!, names, gradient};
  } finally {
    trainer.dispose();
  }
}

function endToEnd(parts: ReadonlyMap<string, Float32Array>, names: readonly string[]) {
  return Float32Array.from(names.flatMap((name) => Array.from(parts.get(name)!)));
}
