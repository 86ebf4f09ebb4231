/** Integrated gradients against captum's definition in float64: the files of ALBERT_PARITY_DIR. */
import {readFileSync} from "node:fs";
import {join} from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import {describe, expect, test} from "vitest";
import {mapFiles, readModelFolder} from "../../../src/lib/albert/checkpoint/folder.js";
import {forward} from "../../../src/lib/albert/heads.js";
import {column} from "../../../src/lib/albert/ops/shape.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {
  inputGradients,
  integratedGradients,
  type PathQuestion
} from "../../../src/lib/albert/probe/pathGradients.js";
import {useBackend} from "./backends.js";

const folder = process.env.ALBERT_PARITY_DIR;

interface PathCase {
  model: string;
  row: number;
  target_logit: number;
  input_ids: number[];
  attention_mask: number[];
  token_type_ids: number[];
  baseline: "zero" | "pad_embedding" | "mask_embedding_keep_specials";
  logit_input: number;
  logit_baseline: number;
  trapezoid_50_intervals: {per_token: number[]; completeness_gap: number};
  gradient_times_input_per_token: number[];
  gradient_l2_per_token: number[];
}

describe.skipIf(!folder)("gradients at the word embeddings", () => {
  const path = folder && join(folder, "numerics", "integrated_gradients.json");
  const cases = path ? (JSON.parse(readFileSync(path, "utf8")) as {cases: PathCase[]}).cases : [];
  test("there are cases", () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)("$model from $baseline: as captum's definition", async (c) => {
    await useBackend("cpu");
    const read = (name: string) =>
      new Uint8Array(readFileSync(join(folder!, "models", c.model, name)));
    const files = new Map(["config.json", "model.safetensors"].map((name) => [name, read(name)]));
    const {config, parameters} = await readModelFolder(mapFiles(files), c.model);
    const params = uploadParameters(parameters);
    const {numTensors} = tf.memory();
    const [pad, cls, sep, mask] = [0, 2, 3, 4];
    const question: PathQuestion = {
      params,
      config,
      inputs: {
        inputIds: [c.input_ids],
        attentionMask: [c.attention_mask],
        tokenTypeIds: [c.token_type_ids]
      },
      score: (replaced, inputs, other) => {
        const logits = forward(replaced, inputs, other).logits.get("logits")!;
        return column(logits, c.target_logit);
      },
      baseline:
        c.baseline === "zero"
          ? null
          : c.input_ids.map((id) =>
              c.baseline === "pad_embedding" ? pad : [pad, cls, sep].includes(id) ? id : mask
            )
    };
    const {perPiece, input, baseline, gap} = await integratedGradients(question, 50);
    const {timesInput, length} = await inputGradients(question);
    expect(tf.memory().numTensors).toBe(numTensors);
    disposeParameters(params);
    const close = (expected: number[]) => ({
      rtol: 0,
      atol: 1e-4 * Math.max(...expected.map(Math.abs))
    });
    const {per_token, completeness_gap} = c.trapezoid_50_intervals;
    expect(input).toBeCloseTo(c.logit_input, 5);
    expect(baseline).toBeCloseTo(c.logit_baseline, 5);
    expect(perPiece).toBeAllClose(per_token, close(per_token));
    expect(gap).toBeCloseTo(completeness_gap, 5);
    expect(timesInput).toBeAllClose(
      c.gradient_times_input_per_token,
      close(c.gradient_times_input_per_token)
    );
    expect(length).toBeAllClose(c.gradient_l2_per_token, close(c.gradient_l2_per_token));
  });
});
