/** What each head of the stored model does over 400 sentences that it was not trained on. */
import {readFileSync} from "node:fs";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {studyHeads} from "../lib/engine/headStudy.js";
import {loadModelFiles} from "../lib/engine/loadedModel.js";
import {parseRecipeText} from "../lib/recipe/recipe.js";

const folder = "src/data/laptop";
const names = ["config.json", "model.safetensors", "spiece.model"];
const recipeFile = "data/runs/laptop/recipe.json";

tf.enableProdMode();
await tf.setBackend("cpu");
const {seed} = parseRecipeText(readFileSync(recipeFile, "utf8"), recipeFile);
const files = new Map(names.map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))]));
const model = await loadModelFiles("stored model", files, () => {});
const study = await studyHeads(model, {kind: "generated", seed: seed + 1000, sentences: 400}, () => {});
process.stdout.write(
  JSON.stringify(study, (_, value: unknown) => (typeof value === "number" ? +value.toPrecision(5) : value))
);
