/**
 * The plain form of a backend that has a compiled plan, tried before the first question that may need it and not
 * at start: on WebGPU it compiles a kernel for every operation, which takes a second on a card; on WebAssembly it
 * takes as long as the plan's own test.
 */
import * as tf from "@tensorflow/tfjs-core";
import {errorMessage} from "../errors.js";
import {
  faultOf,
  recordSelfTest,
  selfTest,
  selfTestErrors,
  type Expected,
  type SelfTestErrors
} from "./selfTest.js";

/** What is still to be tried on the backend in use, and what came of it. */
let owed: (() => Promise<string | null>) | null = null;
let found: Promise<string | null> | null = null;

/** Says that the plain form of the backend in use has passed, or how it is still to be tried. */
export function owePlainForm(expected: Expected | null, tolerance = 0): void {
  found = null;
  owed = expected && (() => plainFault(expected, tolerance));
}

/** Tries the plain form where it has not been. @returns what is wrong with it; null where nothing is */
export function plainFormFault(): Promise<string | null> {
  return (found ??= owed?.() ?? Promise.resolve(null));
}

/** @returns what is wrong with the plain form of the backend in use, in words */
async function plainFault(expected: Expected, tolerance: number): Promise<string | null> {
  try {
    return faultOf(await tryPlainForm(expected), tolerance);
  } catch (error) {
    return errorMessage(error);
  }
}

/** How far the plain form is off on the backend in use, its kernels compiled side by side where it has such. */
export async function tryPlainForm(expected: Expected): Promise<SelfTestErrors> {
  if (tf.getBackend() === "webgpu") await compilePlain();
  return selfTestErrors(await selfTest(), expected);
}

/** tfjs compiles without running while it is set. */
const compileOnly = "WEBGPU_ENGINE_COMPILE_ONLY";

/** Compiles all kernels of the plain form at once. One that does not compile says so when it is run. */
async function compilePlain(): Promise<void> {
  tf.env().set(compileOnly, true);
  try {
    recordSelfTest().dispose();
  } finally {
    tf.env().set(compileOnly, false);
  }
  const backend = tf.backend() as unknown as {checkCompileCompletionAsync(): Promise<void>};
  await backend.checkCompileCompletionAsync().catch(() => undefined);
}
