import * as tf from "@tensorflow/tfjs-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {largestRelativeError} from "../../../src/lib/albert/accuracy.js";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {useForwardExecutor} from "../../../src/lib/albert/forward.js";
import {modelInputs} from "../../../src/lib/albert/namedInputs.js";
import {namedOutputs} from "../../../src/lib/albert/namedOutputs.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {onPlan} from "../../../src/lib/albert/plan/onPlan.js";
import {useBackend} from "./backends.js";
import {caseNames, casesFolder, failures, loadCase, Worst} from "./parityCases.js";
import {watched} from "./plan/forwardCases.js";

describe.skipIf(!casesFolder).each([
  ["cpu", "cpu", false],
  ["wasm", "wasm", false],
  ["the compiled plan", "wasm", true]
] as const)("the reference's models on %s", (executor, backend, isPlanned) => {
  const worst = new Worst();
  const planned = {encode: 0, head: 0};

  beforeAll(async () => {
    await useBackend(backend);
    useForwardExecutor(
      isPlanned ? watched(onPlan, (part, isTaken) => (planned[part] += Number(isTaken))) : null
    );
  });
  afterAll(() => {
    useForwardExecutor(null);
    for (const count of Object.values(planned)) expect(count > 0).toBe(isPlanned);
    console.log(`largest errors on ${executor}, against float64\n${worst}`);
  });

  test.each(caseNames)("%s", async (name) => {
    const model = loadCase(name);
    const {config, parameters} = await readModelFolder(mapFiles(model.files), name);
    const before = tf.memory().numTensors;
    const params = uploadParameters(parameters);
    const found: string[] = [];
    for (const question of model.questions) {
      const {inputs, labels} = modelInputs(question.inputs, name);
      const {gradients} = question;
      const outputs = await namedOutputs(params, inputs, labels, config, {gradients});
      found.push(...failures(model, question, outputs, largestRelativeError[backend], worst));
    }
    disposeParameters(params);
    expect(tf.memory().numTensors).toBe(before);
    if (!model.isInformative) expect(found).toEqual([]);
    else if (found.length) console.log(`${name} (informative): ${found.join("; ")}`);
  });
});
