/** Models of other families, against what transformers gives (families.py writes families.json). */
import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import {readModelFolder, mapFiles} from "../../../../src/lib/albert/checkpoint/folder.js";
import {writeSafetensors} from "../../../../src/lib/albert/checkpoint/safetensors.js";
import {modelInputs, namedInputsFromJson} from "../../../../src/lib/albert/namedInputs.js";
import {namedOutputs} from "../../../../src/lib/albert/namedOutputs.js";
import {disposeParameters, uploadParameters} from "../../../../src/lib/albert/params.js";
import {InputError} from "../../../../src/lib/errors.js";
import {useBackend} from "../backends.js";
import {cases} from "../../../fixtures/families.json";

type Case = (typeof cases)["BertModel"];
type Named = Record<string, number[]>;

/** A parameter's numbers, by the rule of families.py. */
function values(name: string, shape: readonly number[]): Float32Array {
  const code = Array.from(name, (c) => c.charCodeAt(0)).reduce((a, b) => a + b, 0);
  const one = /norm\.weight$/i.test(name) ? 1 : 0;
  return Float32Array.from(
    {length: shape.reduce((a, b) => a * b, 1)},
    (_, i) => one + 0.4 * Math.sin(1 + 0.37 * i + 0.61 * code)
  );
}

/** The folder of a case; names may be changed as other tools change them. */
function folderOf({config, parameters}: Case, rename = (name: string) => name) {
  const tensors = new Map(
    Object.entries(parameters as unknown as Named).map(([name, shape]) => [
      rename(name),
      {dtype: "F32" as const, shape, data: values(name, shape)}
    ])
  );
  return new Map([
    ["config.json", new TextEncoder().encode(JSON.stringify(config))],
    ["model.safetensors", writeSafetensors(tensors, {format: "pt"})]
  ]);
}

const all = Object.entries(cases as unknown as Record<string, Case>);
const ours: Record<string, string> = {seq_relationship_logits: "sop_logits"};

describe("other families' folders", () => {
  beforeAll(() => useBackend("cpu"));

  test.each(all)("%s gives the reference's numbers", async (_, each) => {
    const {config, parameters, notes} = await readModelFolder(mapFiles(folderOf(each)), "folder");
    expect(notes).toEqual([]);
    const {inputs, labels} = modelInputs(namedInputsFromJson(each.inputs, "inputs"), "inputs");
    const before = tf.memory().numTensors;
    const params = uploadParameters(parameters);
    const outputs = await namedOutputs(params, inputs, labels, config);
    disposeParameters(params);
    expect(tf.memory().numTensors).toBe(before);
    for (const [name, expected] of Object.entries(each.outputs as unknown as Named))
      expect(outputs.get(ours[name] ?? name)!.data, name).toBeAllClose(expected, {atol: 4e-6});
  });

  test.each([
    ["BertModel", "bert."],
    ["RobertaModel", "roberta."],
    ["DistilBertModel", "distilbert."]
  ] as const)("%s is read with the prefix %s as well", async (name, prefix) => {
    const each = cases[name] as unknown as Case;
    const bare = await readModelFolder(mapFiles(folderOf(each)), "folder");
    const prefixed = await readModelFolder(mapFiles(folderOf(each, (n) => prefix + n)), "folder");
    expect(prefixed.parameters).toEqual(bare.parameters);
  });

  test("names of old files and wrappers are undone, and what is left over is listed", async () => {
    const each = cases.BertForPreTraining as unknown as Case;
    const old = (name: string) =>
      `module.${name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")}`;
    const expected = await readModelFolder(mapFiles(folderOf(each)), "folder");
    const found = await readModelFolder(mapFiles(folderOf(each, old)), "folder");
    expect(found.parameters).toEqual(expected.parameters);
    const masked = await readModelFolder(mapFiles(folderOf(each)), "folder", {
      config: {architecture: "AlbertForMaskedLM"}
    });
    expect(masked.notes.join()).toMatch(
      /4 unused tensors.*bert\.pooler\.dense\.weight.*cls\.seq_relationship\.bias/
    );
  });

  test("a head that the file does not hold is new, and said to be", async () => {
    const each = cases.RobertaForMaskedLM as unknown as Case;
    const {notes, parameters} = await readModelFolder(mapFiles(folderOf(each)), "folder", {
      config: {architecture: "AlbertForTokenClassification"}
    });
    expect(parameters.get("classifier.weight")!.shape).toEqual([2, 6]);
    expect(notes.join()).toMatch(/newly initialised with seed 0: classifier\.weight/);
  });

  test("what is missing is named as the family names it", async () => {
    const each = cases.DistilBertModel as unknown as Case;
    const broken = folderOf(each, (name) => name.replace("layer.1.ffn.lin2.bias", "gone"));
    const reading = readModelFolder(mapFiles(broken), "folder");
    await expect(reading).rejects.toThrow(InputError);
    await expect(reading).rejects.toThrow(
      /missing tensor \S*transformer\.layer\.1\.ffn\.lin2\.bias/
    );
  });
});
