/** What the page /probe shows before anyone asks: the stored model, probed. */
import {readdirSync, readFileSync} from "node:fs";
import {useNodeBackend} from "../../bin/nodeBackends.js";
import {generateCorpus} from "../lib/corpus/generate.js";
import {loadModelFiles, summarizeModel} from "../lib/engine/loadedModel.js";
import {attribute} from "../lib/engine/probing/attribute.js";
import {readLens} from "../lib/engine/probing/lens.js";
import {patchMany, patchPair} from "../lib/engine/probing/patch.js";
import {compareDepths} from "../lib/engine/probing/similarity.js";
import {recipeHash} from "../lib/recipe/hash.js";
import {parseRecipeText} from "../lib/recipe/recipe.js";

const folder = "src/data/laptop";
const recipeFile = "data/runs/laptop/recipe.json";
const names = readdirSync(folder).filter((name) => /^(config\.json|.*\.safetensors|spiece\.model)$/.test(name));

await useNodeBackend("wasm");
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
const patches = await patchMany(model, {kind: "agreement", pairs: 12, seed: recipe.seed + 1000}, {report: () => {}});
const patch = await patchPair(model, patches.example!);
const attribution = await attribute(model, {...examples[1]!, from: "zero"}, () => {});
const similarity = await compareDepths(model, {texts: null, seed: recipe.seed + 1000});
// `npm run -s albert -- probe`, see data/SOURCES.md.
const probes = JSON.parse(readFileSync("data/runs/probe/results.json", "utf8")) as object;

/** Typed arrays as lists, numbers to five digits; NaN as null. */
const plain = (_: string, value: unknown) => {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, short);
  return typeof value === "number" ? short(value) : value;
};
const short = (x: number) => (Number.isInteger(x) ? x : +x.toPrecision(5));
process.stdout.write(
  JSON.stringify(
    {
      examples,
      model: summarizeModel(model),
      recipe,
      hash: await recipeHash(recipe),
      lens,
      probes: {...probes, model: model.name},
      patch,
      patches,
      attribution,
      similarity
    },
    plain
  )
);
