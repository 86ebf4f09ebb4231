/** Fine-tuning over a channel: the calls of a page, answered by a worker's host. */
import {beforeAll, describe, expect, test} from "vitest";
import {writeModelFolder} from "../../../src/lib/albert/checkpoint/write.js";
import {makeConfig} from "../../../src/lib/albert/config.js";
import {initParameters} from "../../../src/lib/albert/specs.js";
import {wordsOf} from "../../../src/lib/engine/fineTuning/ask.js";
import {headConfig, withHead} from "../../../src/lib/engine/fineTuning/headModel.js";
import {FineTuningHost} from "../../../src/lib/engine/fineTuning/host.js";
import type {FineTuneProgress, TaskSource} from "../../../src/lib/engine/fineTuning/protocol.js";
import {parseFineTuneRecipe} from "../../../src/lib/finetune/recipe.js";
import {generatedDataset, generatedTasks} from "../../../src/lib/finetune/generated.js";
import {splitDataset} from "../../../src/lib/finetune/split.js";
import {useBackend} from "../albert/backends.js";
import {tokenizer} from "../finetune/tokenizer.js";

beforeAll(() => useBackend("wasm"));

const config = makeConfig({
  vocabSize: tokenizer.vocabSize,
  embeddingSize: 12,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 24,
  maxPositionEmbeddings: 96,
  initializerRange: 0.1
});
const model = {name: "tiny", config, tokenizer, notes: [], data: initParameters(config, 4)};
const recipe = (changes: object = {}) =>
  parseFineTuneRecipe({
    batch: {size: 8, sequence_length: 64},
    optimizer: {learning_rate: 0.01},
    steps: 12,
    capture: {evaluate_every: 4},
    ...changes
  }).recipe;
const generated: TaskSource = {kind: "generated", seed: 3, train: 48, dev: 16};
const context = <Name extends string>(progress: FineTuneProgress[] = [], signal?: AbortSignal) =>
  ({
    report: (value: FineTuneProgress) => void progress.push(value),
    signal: signal ?? new AbortController().signal
  }) as never as Parameters<FineTuningHost["fineTune"]>[1] & Record<Name, never>;

async function prepared(task: string, changes: object = {}, source = generated, start = model) {
  const host = new FineTuningHost({model: async () => start});
  const input = {task, recipe: recipe(changes), start: "pretrained" as const, source};
  const summary = await host.prepareFineTuning(input, context() as never);
  return {host, summary};
}

test("a comparison of texts learned for other labels is taken over, the classifier is not", () => {
  const apart = (labels: string[], kind: "regression" | "classification") =>
    headConfig(config, {kind, labels}, {}, true);
  const scores = apart(["score"], "regression");
  const {parameters} = withHead(scores, model, 1);
  const learned = {name: "scores", config: scores, data: parameters, tokenizer};
  const next = withHead(apart(["0", "1"], "classification"), learned, 2);
  expect(next.fresh).toEqual(["classifier.weight", "classifier.bias"]);
  const name = "alignment.context.weight";
  expect(next.parameters.get(name)!.data).toEqual(parameters.get(name)!.data);
});

test.each(["joint", "late_interaction"])(
  "a batch that would not fit is refused before anything is allocated (%s)",
  async (text_pairs) => {
    const large = makeConfig({
      ...config,
      hiddenSize: 256,
      intermediateSize: 1024,
      numHiddenLayers: 24
    });
    const start = {...model, config: large, data: initParameters(large, 4)};
    const changes = {batch: {size: 1024, sequence_length: 64}, text_pairs};
    await expect(prepared("stsb", changes, generated, start)).rejects.toThrow(
      /^this run would need [\d.]+ GiB, over the 3 GiB a page may use/
    );
  }
);

test("several batches per step learn what one batch of all their rows learns", async () => {
  const losses = async (batch: object) => {
    const changes = {
      model: {hidden_dropout_prob: 0, attention_probs_dropout_prob: 0, classifier_dropout_prob: 0},
      batch: {...batch, sequence_length: 64},
      steps: 4
    };
    const {host} = await prepared("sst2", changes, {...generated, train: 16} as TaskSource);
    const progress: FineTuneProgress[] = [];
    await host.fineTune({until: 4}, context(progress));
    return progress.flatMap((p) => (p.kind === "steps" ? p.rows : [])).map(({loss}) => loss);
  };
  // batches are of rows of like length: only those of a whole epoch are the same rows
  const several = await losses({size: 8, gradient_accumulation_steps: 2});
  const one = await losses({size: 16});
  expect(several).toHaveLength(4);
  several.forEach((loss, step) => expect(loss).toBeCloseTo(one[step]!, 4));
  expect(several[0]).not.toBeCloseTo((await losses({size: 8}))[0]!, 4);
});

describe("FineTuningHost", () => {
  test.each(generatedTasks)("%s: trains, evaluates, reports and answers", async (task) => {
    const {host, summary} = await prepared(task);
    expect(summary).toMatchObject({task, steps: 12, train: {examples: 48}, dev: {examples: 16}});
    expect(summary.baselines.length).toBeGreaterThan(0);
    const progress: FineTuneProgress[] = [];
    const outcome = await host.fineTune({until: 12}, context(progress));
    expect(outcome).toMatchObject({step: 12, reason: "finished"});
    const rows = progress.flatMap((p) => (p.kind === "steps" ? p.rows : []));
    expect(rows.map(({step}) => step)).toEqual(Array.from({length: 12}, (_, i) => i + 1));
    const evaluations = progress.filter((p) => p.kind === "evaluation");
    expect(evaluations.map((p) => p.evaluation.step)).toEqual([4, 8, 12]);
    const {report, evaluation} = evaluations.at(-1)!;
    expect(report.wrong).toBeGreaterThanOrEqual(report.errors.length);
    if (summary.kind === "classification") {
      const {counts} = report.confusion!;
      const right = counts.reduce((sum, row, i) => sum + row[i]!, 0);
      expect(counts.flat().reduce((x, y) => x + y)).toBe(16);
      expect(report.wrong).toBe(16 - right);
      expect(evaluation.dev.examples).toBe(16);
    }
    const answer = await host.askFineTuned({
      text: "mara watered the roses",
      pair: "a garden in brennick"
    });
    expect(answer.kind).toBe(summary.kind);
    await host.resetFineTuning();
    await expect(host.askFineTuned({text: "x", pair: null})).rejects.toThrow(/prepare one first/);
  });

  test("gives the same losses again, paused or not", async () => {
    const losses = async (stops: number[]) => {
      const {host} = await prepared("sst2");
      const progress: FineTuneProgress[] = [];
      for (const until of stops) await host.fineTune({until}, context(progress));
      return progress.flatMap((p) => (p.kind === "steps" ? p.rows.map((row) => row.loss) : []));
    };
    const whole = await losses([12]);
    expect(await losses([1, 5, 12])).toEqual(whole);
  });

  test("keeps the best weights and stops when nothing gets better", async () => {
    const {host, summary} = await prepared("sst2", {
      steps: 400,
      capture: {evaluate_every: 1},
      early_stopping: {patience: 3},
      optimizer: {learning_rate: 0}
    });
    await host.evaluateFineTuning();
    const outcome = await host.fineTune({until: summary.steps}, context());
    expect(outcome).toMatchObject({step: 3, stoppedEarly: true});
  });

  test("takes a file, holds part of it out, and refuses what does not fit", async () => {
    const rows = Array.from(
      {length: 20},
      (_, i) => `the film is ${i % 2 ? "dull" : "lovely"}\t${i % 2}\n`
    );
    const file = (text: string) => ({name: "a.tsv", bytes: new TextEncoder().encode(text)});
    const source = (text: string): TaskSource => ({
      kind: "files",
      train: file(text),
      dev: null,
      columns: {}
    });
    const {summary} = await prepared("sst2", {}, source(`sentence\tlabel\n${rows.join("")}`));
    expect([summary.train.examples, summary.dev.examples]).toEqual([17, 3]);
    expect(summary.notes.join()).toMatch(/3 of 20 examples held out/);
    await expect(prepared("sst2", {}, source("sentence\tlabel\nx\t9\n"))).rejects.toThrow(
      /line 2: label '9'/
    );
    await expect(prepared("qqp")).rejects.toThrow(/qqp: the grammar does not write it/);
  });

  test("exports a folder with the labels in its configuration", async () => {
    const {host} = await prepared("ner");
    const files = await host.exportFineTuned();
    const json = JSON.parse(new TextDecoder().decode(files.get("config.json"))) as {
      architectures: string[];
      id2label: Record<string, string>;
    };
    expect(json.architectures).toEqual(["AlbertForTokenClassification"]);
    expect(json.id2label[1]).toBe("B-LOC");
    expect(files.has("spiece.model")).toBe(true);
  });
});

describe("withHead", () => {
  const labels = ["a", "b"];
  const head = headConfig(config, {kind: "classification", labels});

  test("takes the body over and makes the head anew from the seed", () => {
    const {parameters, fresh} = withHead(head, model, 7);
    expect(fresh).toEqual(["classifier.weight", "classifier.bias"]);
    const name = "albert.embeddings.word_embeddings.weight";
    expect(parameters.get(name)!.data).toEqual(model.data.get(name)!.data);
    expect(withHead(head, model, 7).parameters).toEqual(parameters);
    expect(withHead(head, model, 8).parameters).not.toEqual(parameters);
  });

  test("keeps a head with the same labels, and no other", () => {
    const first = withHead(head, model, 7);
    const from = {...model, config: head, data: first.parameters};
    expect(withHead(head, from, 9)).toEqual({parameters: first.parameters, fresh: []});
    const other = headConfig(config, {kind: "classification", labels: ["a", "c"]});
    expect(withHead(other, from, 9).fresh).toEqual(["classifier.weight", "classifier.bias"]);
  });

  test("a written folder has all its tensors", () => {
    const {parameters} = withHead(head, model, 7);
    expect(writeModelFolder({config: head, parameters}).has("model.safetensors")).toBe(true);
  });
});

test("wordsOf sets punctuation apart and keeps places", () => {
  const text = "Mara's boat, e.g. @paul!";
  const words = wordsOf(text);
  expect(words.map((word) => word.text)).toEqual(["Mara's", "boat", ",", "e.g", ".", "@paul", "!"]);
  for (const {text: word, start, end} of words) expect(text.slice(start, end)).toBe(word);
});

test("splitDataset parts the examples without losing any", () => {
  const data = generatedDataset("sst2", {n: 11, seed: 1});
  const {train, dev} = splitDataset(data, 0.2, 5);
  expect(dev.examples.length).toBe(2);
  const all = [...train.examples, ...dev.examples] as object[];
  expect(new Set(all)).toEqual(new Set(data.examples as object[]));
});

test("splitDataset keeps the questions of a context together", () => {
  const made = generatedDataset("squad", {n: 9, seed: 1});
  if (made.kind !== "answers") throw new Error("expected answers");
  const twice = made.examples.flatMap((own) => [own, {...own, id: `${own.id}, again`}]);
  const {train, dev} = splitDataset({...made, examples: twice}, 0.3, 5);
  if (train.kind !== "answers" || dev.kind !== "answers") throw new Error("expected answers");
  const contexts = new Set(train.examples.map(({context}) => context));
  expect(dev.examples.length).toBe(6);
  expect(train.examples.length).toBe(12);
  expect(dev.examples.some(({context}) => contexts.has(context))).toBe(false);
  const [first] = made.examples;
  expect(() => splitDataset({...made, examples: [first!, first!]}, 0.3, 5)).toThrow(/one context/);
});
