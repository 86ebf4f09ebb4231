import * as tf from "@tensorflow/tfjs-core";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {largestRelativeError} from "../../../src/lib/albert/accuracy.js";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {modelInputs} from "../../../src/lib/albert/namedInputs.js";
import {namedOutputs} from "../../../src/lib/albert/namedOutputs.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {exactBackends, useBackend} from "./backends.js";
import {caseNames, casesFolder, failures, loadCase, Worst} from "./parityCases.js";

describe.skipIf(!casesFolder).each(exactBackends)("the reference's models on %s", (backend) => {
  const worst = new Worst();

  beforeAll(() => useBackend(backend));
  afterAll(() => console.log(`largest errors on ${backend}, against float64\n${worst}`));

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
