/** The word table of the stored model as a map, for the page /embedding. */
import {readdirSync, readFileSync} from "node:fs";
import {wordMap} from "../lib/experiments/wordMap.js";
import {loadModelFiles} from "../lib/engine/loadedModel.js";

const folder = "src/data/laptop";
const names = readdirSync(folder).filter((name) =>
  /^(config\.json|.*\.safetensors|spiece\.model)$/.test(name)
);
const files = new Map(names.map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))]));
const {data, tokenizer, config} = await loadModelFiles("stored model", files, () => {});
const words = data.get("albert.embeddings.word_embeddings.weight")!;
const E = words.shape[1]!;

/** Whole words of three letters or more; a piece's score falls with its frequency. */
const most = 220;
const ids = tokenizer!.pieces
  .map((piece, id) => ({piece, id, score: tokenizer!.scores[id]!}))
  .filter(({piece}) => /^▁\p{L}{3,}$/u.test(piece))
  .sort((a, b) => b.score - a.score)
  .slice(0, most);
const table = new Float32Array(ids.length * E);
ids.forEach(({id}, i) => table.set(words.data.subarray(id * E, (id + 1) * E), i * E));
const map = wordMap(
  ids.map(({piece}) => piece.slice(1)),
  {rows: ids.length, columns: E, data: table}
);
const short = (_: string, value: unknown) =>
  typeof value === "number" ? +value.toPrecision(4) : value;
process.stdout.write(JSON.stringify({...map, width: E, vocabulary: config.vocabSize}, short));
