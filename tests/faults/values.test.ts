/** R22–R26, R28: every file in JSON with every value replaced, and every file with every byte changed. */
import {describe, expect, test} from "vitest";
import {mapFiles, readModelFolder} from "../../src/lib/albert/checkpoint/folder.js";
import {readText} from "../../src/lib/corpus/readText.js";
import {parseSweepText} from "../../src/lib/experiments/parseSweep.js";
import {parseCurvePlan} from "../../src/lib/finetune/learningCurve.js";
import {parseFineTuneRecipeText} from "../../src/lib/finetune/recipe.js";
import {readTaskFile} from "../../src/lib/finetune/readTask.js";
import {fineTuneTask} from "../../src/lib/finetune/tasks.js";
import {readLinkFile} from "../../src/lib/link/link.js";
import {parseRecipeText} from "../../src/lib/recipe/recipe.js";
import {recipeLink} from "../../src/lib/recipe/url.js";
import {parseReport} from "../../src/lib/report/report.js";
import {readTable} from "../../src/lib/store/import/readTable.js";
import {readTokenizer} from "../../src/lib/tokenizer/load.js";
import {writeSpieceModel} from "../../src/lib/tokenizer/spieceModel.js";
import {tinyFolder} from "../lib/albert/checkpoint/tiny.js";
import {changedBytes, changedValues} from "../lib/jsonPlaces.js";
import {tame} from "../lib/mutations.js";
import {tinyModel, tinyTokenizer} from "../lib/tokenizer/tiny.js";
import {Tally} from "./tally.js";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const folder = tinyFolder({id2label: ["a", "b", "c"]});
const model = (file: string, bytes: Uint8Array) =>
  readModelFolder(mapFiles(new Map(folder).set(file, bytes)), "folder");
const shards = (index: Uint8Array) => {
  const files = new Map(folder).set("model.safetensors.index.json", index);
  files.set("model-1.safetensors", folder.get("model.safetensors")!);
  files.delete("model.safetensors");
  return readModelFolder(mapFiles(files), "folder");
};

const spiece = writeSpieceModel({...tinyModel, charsmap: new Uint8Array(0)});
const tokenizer = JSON.parse(tinyTokenizer().toTokenizerJson()) as {
  normalizer: {normalizers: {type: string}[]};
};
// without the rules, 400 kB in which changes would get lost
tokenizer.normalizer.normalizers = tokenizer.normalizer.normalizers.filter(
  ({type}) => type !== "Precompiled"
);
const encoded = (files: [string, Uint8Array][]) => {
  const {ids} = readTokenizer(new Map(files), "folder").encode("The cats, 9 [MASK] é\u0301");
  expect(ids.length).toBeGreaterThan(1);
};

const question = {id: "1", question: "Where?", answers: [{text: "Rome", answer_start: 15}]};
const squad = {
  version: "2.0",
  data: [{paragraphs: [{context: "Ann 😀 lives in Rome.", qas: [question]}]}]
};
const squadRows = [
  {id: "1", context: "In Rome.", question: "Where?", answers: {text: ["Rome"], answer_start: [3]}}
];
const rows = [
  {sentence1: "a b", sentence2: "c d", score: 2.5, x: {y: 1}},
  {sentence1: "a", sentence2: "d", score: 1, x: []}
];
const exhibit = {
  ...{kind: "exhibit", id: "b", title: "t", facts: "", caption: "", svg: "<svg/>", sql: null},
  ...{columns: ["a"], rows: [[1]], recipe: {a: 1}, isRun: false, recipeHash: "", dataHash: ""},
  ...{page: "/", addedAt: "2026"}
};
const recipe = {
  model: {embedding_size: 32, hidden_size: 64, sharing: {groups: 2, inner: 1}},
  tokenizer: {vocab_size: 1000},
  corpus: {generate: {documents: 4}},
  objective: {masking: {max_ngram: 3, probability: 0.15}, sentence: "sop"},
  optimizer: {name: "adamw", learning_rate: 0.002},
  schedule: {warmup_steps: 10, decay: "linear"},
  batch: {size: 16, sequence_length: 48},
  capture: {evaluate_every: 5},
  steps: 120,
  seed: 7
};
const sweep = {
  name: "a",
  base: {steps: 6},
  grid: {"model.embedding_size": [8, 16]},
  cases: {shared: {"model.sharing": "all"}},
  seeds: 2,
  measures: ["spectrum"]
};

/** Each file by its name: a sound one, and what reads it. */
const readers: Record<string, {sound: string; read: (bytes: Uint8Array) => unknown}> = {
  "config.json": {sound: decode(folder.get("config.json")!), read: (b) => model("config.json", b)},
  "model.safetensors.index.json": {
    sound: JSON.stringify({metadata: {total_size: 1}, weight_map: {a: "model-1.safetensors"}}),
    read: shards
  },
  "tokenizer.json": {
    sound: JSON.stringify(tokenizer),
    read: (b) => encoded([["tokenizer.json", b]])
  },
  "tokenizer_config.json": {
    sound: '{"do_lower_case": true, "keep_accents": false, "other": [1]}',
    read: (b) =>
      encoded([
        ["spiece.model", spiece],
        ["tokenizer_config.json", b]
      ])
  },
  "SQuAD's articles": {
    sound: JSON.stringify(squad),
    read: async (b) => {
      await tame(() => readText(b, "a.json"));
      return readTaskFile(b, "a.json", fineTuneTask("squad"));
    }
  },
  "SQuAD's rows": {
    sound: JSON.stringify(squadRows),
    read: (b) => readTaskFile(b, "a.json", fineTuneTask("squad"))
  },
  "rows of a task": {
    sound: JSON.stringify(rows),
    read: (b) => readTaskFile(b, "a.json", fineTuneTask("stsb"))
  },
  "a table": {sound: JSON.stringify(rows), read: (b) => readTable(b, "a.json")},
  "a corpus": {sound: JSON.stringify(rows), read: (b) => readText(b, "a.json")},
  "a report": {
    sound: JSON.stringify({
      version: 1,
      title: "Report",
      parts: [{kind: "words", id: "a", markdown: "x"}, exhibit]
    }),
    read: (b) => parseReport(decode(b), "a.json")
  },
  "a recipe": {
    sound: JSON.stringify(recipe),
    read: (b) => parseRecipeText(decode(b), "recipe.json")
  },
  "a recipe of fine-tuning": {
    sound: JSON.stringify({epochs: 3, batch: {size: 8}, class_weights: "balanced", seed: 1}),
    read: (b) => parseFineTuneRecipeText(decode(b), "recipe.json")
  },
  "a plan of a curve": {
    sound: JSON.stringify({
      task: "sst2",
      sizes: [10, 20],
      seeds: 2,
      dev: 50,
      settings: [{name: "a", model: "m", recipe: {epochs: 2}}]
    }),
    read: (b) => parseCurvePlan(decode(b), "plan.json")
  },
  "a sweep": {sound: JSON.stringify(sweep), read: (b) => parseSweepText(decode(b), "sweep.json")},
  "a page's state": {
    sound: JSON.stringify({
      "albert-observatory": "link",
      version: 1,
      page: "pretrain",
      state: {steps: "20", seed: "3"}
    }),
    read: (b) => readLinkFile(decode(b), recipeLink, "pretrain", "a.json")
  }
};

describe.each(Object.entries(readers))("%s", (name, {sound, read}) => {
  test("is read as it is", async () => {
    await read(encode(sound));
  });

  test("with any value replaced or left out, and any byte changed, is read or refused", async () => {
    const tally = new Tally("R22–R28", "files in JSON: every value replaced, every byte changed");
    for (const [what, text] of changedValues(sound))
      await tally.attempt(`${name}: ${what}`, () => tame(() => read(encode(text))).then(() => {}));
    for (const [what, bytes] of changedBytes(encode(sound), 300))
      await tally.attempt(`${name}: ${what}`, () => tame(() => read(bytes)).then(() => {}));
    expect(Object.keys(Object.prototype)).toEqual([]);
    tally.finish("nothing; each was read or refused in one sentence");
  });
});
