/** Head ablation against transformers in float64: the files of ALBERT_PARITY_DIR. */
import {readFileSync} from "node:fs";
import {join} from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import {describe, expect, test} from "vitest";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {forward} from "../../../src/lib/albert/heads.js";
import type {Intervention} from "../../../src/lib/albert/interventions.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {exactBackends, useBackend} from "./backends.js";

const folder = process.env.ALBERT_PARITY_DIR;

interface AblationFile {
  model: string;
  inputs: {attention_mask: number[][]; input_ids: number[][]; token_type_ids: number[][]};
  baseline_logits: number[][];
  cases: {zeroed: [number, number][]; logits: number[][]}[];
}

describe.skipIf(!folder).each(exactBackends)("heads set to zero on %s", (backend) => {
  test("change the logits as they do in transformers", async () => {
    await useBackend(backend);
    const path = join(folder!, "numerics", "head_ablation.json");
    const {model, inputs, baseline_logits, cases} = JSON.parse(
      readFileSync(path, "utf8")
    ) as AblationFile;
    const read = (name: string) =>
      new Uint8Array(readFileSync(join(folder!, "models", model, name)));
    const names = ["config.json", "model.safetensors"];
    const files = new Map(names.map((name) => [name, read(name)]));
    const {config, parameters} = await readModelFolder(mapFiles(files), model);
    const params = uploadParameters(parameters);
    const logits = (interventions: Intervention[]) =>
      tf.tidy(() => {
        const given = {
          inputIds: inputs.input_ids,
          attentionMask: inputs.attention_mask,
          tokenTypeIds: inputs.token_type_ids
        };
        return forward(params, given, config, {interventions}).logits.get("logits")!.dataSync();
      });
    const close = {rtol: 0, atol: 1e-5};
    expect(logits([])).toBeAllClose(baseline_logits.flat(), close);
    expect(cases.length).toBeGreaterThan(0);
    for (const {zeroed, logits: expected} of cases) {
      const mask = zeroed.map(([depth, head]): Intervention => ({
        type: "maskHeads",
        heads: [head],
        depth
      }));
      expect(logits(mask)).toBeAllClose(expected.flat(), close);
    }
    disposeParameters(params);
  });
});
