/** The recorded run of the default recipe: what pages show before anyone presses Train. */
import {readFileSync} from "node:fs";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {readCorpus} from "../lib/engine/corpusSource.js";
import {metricsRow, parseMetrics} from "../lib/engine/metrics.js";
import type {Evaluation} from "../lib/engine/trainingCalls.js";
import {PretrainingRun} from "../lib/engine/run.js";
import {parseRecipeText} from "../lib/recipe/recipe.js";
import {readSpiece} from "../lib/tokenizer/spiece.js";

const folder = "data/runs/laptop";
const spiece = "src/data/laptop/spiece.model";
const rows = parseMetrics(readFileSync(`${folder}/metrics.csv`, "utf8"));
const evaluations = JSON.parse(readFileSync(`${folder}/evaluations.json`, "utf8")) as Evaluation[];
const every = Math.max(1, Math.round(rows.length / 400));

// What the run is measured against follows from its text; nothing is trained here.
tf.enableProdMode();
await tf.setBackend("cpu");
const recipe = parseRecipeText(readFileSync(`${folder}/recipe.json`, "utf8"), `${folder}/recipe.json`);
const corpus = await readCorpus(recipe, {kind: "recipe"}, () => {});
const run = await PretrainingRun.prepare(recipe, corpus, {
  id: "laptop",
  tokenizer: readSpiece(new Uint8Array(readFileSync(spiece)), spiece)
});

process.stdout.write(
  JSON.stringify({
    rows: rows.filter((_, i) => i % every === 0).map(metricsRow),
    evaluations,
    summary: run.summary()
  })
);
