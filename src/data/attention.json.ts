/** What the page /attention shows before anyone types: the stored model's attention for an example. */
import {readdirSync, readFileSync} from "node:fs";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import {generateCorpus} from "../lib/corpus/generate.js";
import {attend} from "../lib/engine/ask.js";
import {compareMethods} from "../lib/engine/compareMethods.js";
import {measureEffect} from "../lib/engine/effect.js";
import {expectations} from "../lib/engine/expectations.js";
import {loadModelFiles, summarizeModel} from "../lib/engine/loadedModel.js";
import {queryKey} from "../lib/engine/queryKey.js";
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
const pairs = documents.flatMap(([first, second]) => (first && second ? [[first, second] as const] : []));
const fits = (text: string) => text.length >= 45 && text.length <= 75;
const sentences = pairs.map(([first]) => first).filter(fits);
const pair = pairs.find(([first, second]) => first.length + second.length < 90)!;
const blank = (text: string) => text.replace(/\b(the|a) \w+/, "$1 [MASK]");
const examples = [
  {text: sentences[0]!, pair: null},
  {text: pair[0], pair: pair[1]},
  {text: blank(sentences[1]!), pair: null},
  ...sentences.slice(2, 5).map((text) => ({text, pair: null}))
];

const {probs, ...result} = await attend(model, examples[0]!.text, examples[0]!.pair);
// The head that the page shows first, taken away: what the figure says before anyone asks.
const depths = probs.shape[0]!;
const {divergence, ...effect} = await measureEffect(model, examples[0]!.text, examples[0]!.pair, {
  kind: "head",
  head: 0,
  layer: depths - 1
});
// Where the first piece of the text looks in that head, and why.
const first = {...examples[0]!, layer: depths - 1, head: 0, from: 1};
const {query, keys, probs: weights, ...row} = await queryKey(model, first);
// The first example with a blank: what a guess rests on, by several methods.
const blanked = examples.find(({text}) => text.includes("[MASK]"))!;
const methods = await compareMethods(model, blanked.text, blanked.pair, () => {});
const shares = (values: Float32Array) => Array.from(values, (p) => Math.round(p * 1e4) / 1e4);
// The same with one word changed: what depends on it.
const side = async (text: string) => {
  const {probs, ...answer} = await attend(model, text, null);
  const {expected} = await expectations(model, text, null);
  return {
    attention: {...answer, probs: {shape: probs.shape, data: shares(probs.data)}},
    expected: expected!.map((list) => list.slice(0, 20).map(({piece, probability}) => ({piece, probability: +probability.toPrecision(4)})))
  };
};
const words = blanked.text.split(" ");
const changed = words.map((word, i) => (words[i - 1] === "[MASK]" ? (word === "Observatory" ? "Restaurant" : "Observatory") : word));
const difference = {a: await side(blanked.text), b: await side(changed.join(" "))};
process.stdout.write(
  JSON.stringify({
    examples,
    model: summarizeModel(model),
    recipe,
    hash: await recipeHash(recipe),
    effect: {...effect, divergence: divergence && Array.from(divergence)},
    methods,
    queryKey: {
      ...row,
      query: Array.from(query),
      keys: {...keys, data: Array.from(keys.data)},
      probs: Array.from(weights)
    },
    difference,
    attention: {...result, probs: {shape: probs.shape, data: shares(probs.data)}}
  })
);
