/** What a backend's self-test runs, compiled all at once: one kernel after another takes a second on a card. */
import * as tf from "@tensorflow/tfjs-core";
import {selfTestTrainer} from "./planTest.js";
import {recordSelfTest, selfTestShape} from "./selfTest.js";

/** tfjs compiles without running while it is set. */
const compileOnly = "WEBGPU_ENGINE_COMPILE_ONLY";

/**
 * Compiles the kernels of the plain form and of the plan on WebGPU, the backend in use. A kernel that
 * does not compile says so when it is run.
 */
export async function compileAhead(): Promise<void> {
  await Promise.allSettled([compilePlain(), compilePlan()]);
}

async function compilePlain(): Promise<void> {
  tf.env().set(compileOnly, true);
  try {
    recordSelfTest().dispose();
  } finally {
    tf.env().set(compileOnly, false);
  }
  const backend = tf.backend() as unknown as {checkCompileCompletionAsync(): Promise<void>};
  await backend.checkCompileCompletionAsync();
}

/** The forward pass and its heads need no kernel that a step has not. */
async function compilePlan(): Promise<void> {
  const trainer = selfTestTrainer();
  try {
    await trainer.programFor(selfTestShape);
  } finally {
    trainer.dispose();
  }
}
