/** Late interaction on the STS benchmark: what a model of random weights gets from the words alone. */
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {beforeAll, describe, expect, test} from "vitest";
import {makeConfig} from "../../../src/lib/albert/config.js";
import {initParameters} from "../../../src/lib/albert/specs.js";
import {FineTuningRun} from "../../../src/lib/engine/fineTuning/run.js";
import {ownTexts} from "../../../src/lib/finetune/ownText.js";
import {parseFineTuneRecipe} from "../../../src/lib/finetune/recipe.js";
import {readTask} from "../../../src/lib/finetune/readTask.js";
import {fineTuneTask} from "../../../src/lib/finetune/tasks.js";
import {trainUnigram} from "../../../src/lib/tokenizer/train.js";
import {useBackend} from "../albert/backends.js";

const folder = process.env.ALBERT_DATA_DIR;
const task = fineTuneTask("stsb");
const read = (file: string) =>
  readTask(new Uint8Array(readFileSync(join(folder!, "STS-B", file))), file, task);

describe.skipIf(!folder)("STS-B (skipped: no ALBERT_DATA_DIR)", () => {
  beforeAll(() => useBackend("wasm"));

  test("texts read apart correlate better than word overlap after 60 steps", async () => {
    const [train, dev] = [read("train.csv"), read("dev.csv")];
    const tokenizer = trainUnigram(ownTexts(train), {vocabSize: 3000, seed: 1});
    const config = makeConfig({
      vocabSize: tokenizer.vocabSize,
      embeddingSize: 48,
      hiddenSize: 16,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 24,
      maxPositionEmbeddings: 96
    });
    const start = {name: "random", config, tokenizer, data: initParameters(config, 1)};
    const {recipe} = parseFineTuneRecipe(
      {steps: 60, capture: {evaluate_every: 60}},
      "recipe",
      task
    );
    const run = await FineTuningRun.prepare(recipe, start, train, dev);
    while (run.step < run.steps) await run.takeStep();
    const {pearson} = (await run.evaluate()).dev.metrics;
    const [overlap] = run.baselines();
    console.log(
      `STS-B dev, random weights, 60 steps: Pearson ${pearson!.toFixed(3)}, word overlap ${overlap!.metrics.pearson!.toFixed(3)}`
    );
    run.dispose();
    expect(pearson!).toBeGreaterThan(overlap!.metrics.pearson!);
  });
});
