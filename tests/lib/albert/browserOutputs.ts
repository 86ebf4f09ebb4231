/** Runs in a browser: everything a model folder says about inputs, on a backend of the browser's. */
import * as tf from "@tensorflow/tfjs-core";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {modelInputs, type NumberArray} from "../../../src/lib/albert/namedInputs.js";
import {namedOutputs} from "../../../src/lib/albert/namedOutputs.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {isHalfPrecision} from "../../../src/lib/albert/tensor.js";
import "../../../src/lib/engine/browserBackends.js";
import {shareShaders} from "../../../src/lib/engine/webgl/sharedShaders.js";

/** One call, as it crosses into the browser. */
export interface BrowserCall {
  files: [string, number[]][];
  questions: {inputs: [string, NumberArray][]; gradients: boolean}[];
}

/** Null if the backend is not there, else its float precision in bits. */
export async function browserBackend(name: string): Promise<number | null> {
  try {
    shareShaders();
    if (!(await tf.setBackend(name))) return null;
    await tf.ready();
    return isHalfPrecision() ? 16 : 32;
  } catch {
    return null;
  }
}

export async function browserOutputs({files, questions}: BrowserCall) {
  const folder = mapFiles(new Map(files.map(([name, bytes]) => [name, Uint8Array.from(bytes)])));
  const {config, parameters} = await readModelFolder(folder, "folder");
  const before = tf.memory().numTensors;
  const params = uploadParameters(parameters);
  const answers: [string, number[]][][] = [];
  for (const {inputs: named, gradients} of questions) {
    const {inputs, labels} = modelInputs(new Map(named), "inputs");
    const outputs = await namedOutputs(params, inputs, labels, config, {gradients});
    answers.push(Array.from(outputs, ([name, {data}]) => [name, Array.from(data)]));
  }
  disposeParameters(params);
  return {answers, leaked: tf.memory().numTensors - before};
}
