/**
 * Trains by a recipe and writes down what the model is at steps that double, as JSON on stdout:
 * `npx tsx bin/throughTraining.ts RECIPE.json TEXT`.
 */
import {readFileSync} from "node:fs";
import {readCorpus} from "../src/lib/engine/corpusSource.js";
import {studyHeads} from "../src/lib/engine/headStudy.js";
import type {LoadedModel} from "../src/lib/engine/loadedModel.js";
import {describeMoment, type Moment} from "../src/lib/engine/moment.js";
import {PretrainingRun} from "../src/lib/engine/run.js";
import {parseRecipeText} from "../src/lib/recipe/recipe.js";
import {useNodeBackend} from "./nodeBackends.js";

const [recipePath, text] = process.argv.slice(2);
if (!recipePath || !text) throw new Error("expected RECIPE.json and a text");
const recipe = parseRecipeText(readFileSync(recipePath, "utf8"), recipePath);
await useNodeBackend("wasm");
const corpus = await readCorpus(recipe, {kind: "recipe"}, () => {});
const run = await PretrainingRun.prepare(recipe, corpus);
const isShown = (step: number) => (step & (step - 1)) === 0 || step === recipe.steps;

interface RecordedMoment extends Moment {
  heldOutLoss: number;
  /** Means over 100 sentences by measure, `[depth · heads]`. */
  measures: Record<string, number[]>;
}
const moments: RecordedMoment[] = [];

async function note(): Promise<void> {
  const model: LoadedModel = {
    name: `step ${run.step}`,
    config: run.config,
    tokenizer: run.tokenizer,
    notes: [],
    data: await run.parameters()
  };
  const source = {kind: "generated", seed: recipe.seed + 1000, sentences: 100} as const;
  const {measures} = await studyHeads(model, source, () => {});
  const {mlmLoss} = await run.evaluate();
  moments.push({
    ...(await describeMoment(model, run.step, text!, null)),
    heldOutLoss: mlmLoss,
    measures: Object.fromEntries(
      measures.map(({name, values}) => [name, values.map(({mean}) => mean)])
    )
  });
  process.stderr.write(`step ${run.step}: held-out loss ${mlmLoss.toFixed(3)}\n`);
}

await note();
while (run.step < recipe.steps) {
  const result = await run.takeStep();
  if ("diverged" in result) throw new Error(result.diverged);
  if (isShown(run.step)) await note();
}
const rounded = (_: string, value: unknown) => {
  if (value instanceof Float32Array) return Array.from(value, (x) => +x.toFixed(4));
  return typeof value === "number" && !Number.isInteger(value) ? +value.toPrecision(5) : value;
};
process.stdout.write(
  `${JSON.stringify({hash: run.hash, seed: recipe.seed, versions: run.versions, text, moments}, rounded)}\n`
);
