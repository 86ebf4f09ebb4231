/** The compiled plan of a backend, tried before it is used: its forward and gradients are the plain form's. */
import {useForwardExecutor} from "../albert/forward.js";
import {onPlan} from "../albert/plan/onPlan.js";
import {hasWasmSimd} from "../albert/plan/kernels.js";
import {lowerPretraining} from "../albert/plan/lower.js";
import {threadCount} from "../albert/plan/threads.js";
import {webgpuDevice} from "../albert/plan/tfjsDevice.js";
import {WasmExecutor} from "../albert/plan/wasm.js";
import {WebgpuTrainer} from "../albert/plan/webgpu/trainer.js";
import {errorMessage} from "../errors.js";
import type {BackendName} from "./deviceCalls.js";
import {
  relativeError,
  selfTestAnswers,
  selfTestBatch,
  selfTestConfig,
  selfTestErrors,
  selfTestParameters,
  selfTestShape,
  type SelfTestResult
} from "./selfTest.js";

/** Backends whose compiled plan failed here; the plain form stands in for it. */
const refused = new Set<BackendName>();

/** Whether the backend in use has a compiled plan, and it did not fail its test. */
export function hasPlan(name: string): name is "wasm" | "webgpu" {
  if (refused.has(name as BackendName)) return false;
  return name === "webgpu" || (name === "wasm" && hasWasmSimd());
}

/**
 * Tries the compiled plan of the backend in use, and refuses it where it does not agree. The encoder
 * and the heads run on it from then on.
 *
 * @param expected what the plain form gives on the processor
 * @returns a sentence of what was found, or null where the backend has no plan
 */
export async function testPlan(
  name: BackendName,
  expected: SelfTestResult & {answers: Float32Array},
  tolerance: number
): Promise<string | null> {
  refused.delete(name);
  useForwardExecutor(null);
  if (!hasPlan(name)) return null;
  const start = performance.now();
  try {
    const actual = await (name === "wasm" ? wasmPlan : webgpuPlan)(expected.names);
    const {lossError, gradientError} = selfTestErrors(actual, expected);
    if (lossError <= tolerance && gradientError <= tolerance) {
      await useForwardPlan(expected.answers, tolerance);
      const found = `so does its compiled plan (${Math.ceil(performance.now() - start)} ms)`;
      return name === "wasm" ? `${found}, on ${threadWords()}` : found;
    }
    refused.add(name);
    return `its compiled plan is refused: forward is off by ${lossError.toExponential(1)}, gradient by ${gradientError.toExponential(1)} (allowed ${tolerance}); the plain form is used`;
  } catch (error) {
    refused.add(name);
    return `its compiled plan is refused: ${errorMessage(error)}; the plain form is used`;
  }
}

/** How many threads a plan on WebAssembly runs on, and why only one. */
function threadWords(): string {
  if (threadCount() > 1) return `${threadCount()} threads`;
  return globalThis.crossOriginIsolated === false
    ? "one thread: this site is served without the headers that allow more"
    : "one thread";
}

/** Lets the encoder and the heads run on their plans. @throws Error where those give other numbers */
async function useForwardPlan(expected: Float32Array, tolerance: number): Promise<void> {
  try {
    useForwardExecutor(onPlan);
    const error = relativeError(await selfTestAnswers(), expected);
    if (error > tolerance) throw new Error(`an answer is off by ${error.toExponential(1)}`);
  } catch (error) {
    useForwardExecutor(null);
    throw error;
  }
}

async function wasmPlan(names: readonly string[]): Promise<SelfTestResult> {
  const executor = new WasmExecutor(lowerPretraining(selfTestConfig, selfTestShape));
  executor.setParameters(selfTestParameters());
  executor.setBatch(selfTestBatch, null);
  executor.runStep();
  const {mlmOut, sentenceOut} = executor.plan;
  const loss = executor.output(mlmOut).loss + executor.output(sentenceOut!).loss;
  const gradient = endToEnd(executor.gradients(), names);
  executor.dispose();
  return {loss, names: [...names], gradient};
}

/** The model of the self-test on the device of the backend in use, WebGPU. */
export const selfTestTrainer = () =>
  new WebgpuTrainer(
    webgpuDevice(),
    selfTestConfig,
    selfTestParameters(),
    (of) => lowerPretraining(selfTestConfig, of),
    {optimizer: "adamw", options: {}, maxGradientNorm: 0}
  );

async function webgpuPlan(names: readonly string[]): Promise<SelfTestResult> {
  const trainer = selfTestTrainer();
  try {
    const program = await trainer.programFor(selfTestShape);
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
    const gradient = endToEnd(await trainer.gradients(), names);
    return {loss: mlm![0]! + sentence![0]!, names: [...names], gradient};
  } finally {
    trainer.dispose();
  }
}

function endToEnd(parts: ReadonlyMap<string, Float32Array>, names: readonly string[]) {
  return Float32Array.from(names.flatMap((name) => Array.from(parts.get(name)!)));
}
