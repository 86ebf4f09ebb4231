/** Records of a sweep as if this browser had trained them: what a page draws of them, without training. */
import {readFileSync} from "node:fs";
import type {Page} from "@playwright/test";
import type {Measures} from "../../src/lib/experiments/measures.js";
import {parseSweep} from "../../src/lib/experiments/parseSweep.js";
import {resized} from "../../src/lib/experiments/resizeSweep.js";
import {runsOf, type SweepRun} from "../../src/lib/experiments/sweep.js";

/**
 * Puts a record for every run of a sweep into the browser's store. Load a page of the site before, and
 * the page that shows the sweep after.
 *
 * @param measure what the run of a cell found; numbers of a test, not of a model
 */
export async function keepRecords(
  page: Page,
  file: string,
  size: {seeds: number; steps: number},
  measure: (run: SweepRun) => {loss: number; sentence: number | null; measures: Measures}
): Promise<void> {
  const json = JSON.parse(readFileSync(file, "utf8")) as unknown;
  const runs = await runsOf(parseSweep(resized(json, size)));
  const files = runs.map((run): [string, string] => {
    const {loss, sentence, measures} = measure(run);
    const {num_hidden_layers, hidden_size} = run.recipe.model;
    const evaluations = [0, run.recipe.steps].map((step) => ({
      step,
      mlm_loss: loss + (step === 0 ? 1 : 0),
      mlm_accuracy: 0.3,
      sentence_loss: sentence === null ? null : 0.6,
      sentence_accuracy: sentence
    }));
    const record = {
      hash: run.hash,
      steps: run.recipe.steps,
      parameters: 1000 * num_hidden_layers * hidden_size,
      flops_per_token: 100 * num_hidden_layers * hidden_size,
      vocab_size: 800,
      masked_count: 500,
      diverged: null,
      evaluations,
      measures,
      executor: "a test",
      timing: {seconds: 1, tokens_per_second: 1000}
    };
    return [`${run.hash}.json`, JSON.stringify(record)];
  });
  await page.evaluate(async (entries) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle("sweeps", {create: true});
    const records = await folder.getDirectoryHandle("records", {create: true});
    for (const [name, text] of entries) {
      const handle = await records.getFileHandle(name, {create: true});
      const writable = await handle.createWritable();
      await writable.write(text);
      await writable.close();
    }
  }, files);
}
