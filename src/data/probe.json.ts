/** What the page /probe shows before anyone asks: the stored model, probed. */
import {readdirSync, readFileSync} from "node:fs";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {generateCorpus} from "../lib/corpus/generate.js";
import {loadModelFiles, summarizeModel} from "../lib/engine/loadedModel.js";
import {readLens} from "../lib/engine/probing/lens.js";
import {recipeHash} from "../lib/recipe/hash.js";
import {parseRecipeText} from "../lib/recipe/recipe.js";

const folder = "src/data/laptop";
const recipeFile = "data/runs/laptop/recipe.json";
const names = readdirSync(folder).filter((name) => /^(config\.json|.*\.safetensors|spiece\.model)$/.test(name));

tf.enableProdMode();
await tf.setBackend("cpu");
const recipe = parseRecipeText(readFileSync(recipeFile, "utf8"), recipeFile);
const files = new Map(names.map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))]));
const model = await loadModelFiles("stored model", files, () => {});

// Documents of a seed that the stored model was not trained on.
const {documents} = generateCorpus({documents: 40, seed: recipe.seed + 1000});
const sentences = documents.flat().filter((text) => /^[\w ,]{45,75}\.$/.test(text));
const blank = (text: string) => text.replace(/\b(the|a) \w+/, "$1 [MASK]");
const examples = [
  {text: sentences[3]!, pair: null},
  {text: blank(sentences[17]!), pair: null},
  ...sentences.slice(30, 33).map((text) => ({text, pair: null}))
];

const lens = await readLens(model, {...examples[0]!, isHidden: true});

/** Typed arrays as lists, numbers to five digits; NaN as null. */
const plain = (_: string, value: unknown) => {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, short);
  return typeof value === "number" ? short(value) : value;
};
const short = (x: number) => (Number.isInteger(x) ? x : +x.toPrecision(5));
process.stdout.write(
  JSON.stringify(
    {examples, model: summarizeModel(model), recipe, hash: await recipeHash(recipe), lens},
    plain
  )
);
