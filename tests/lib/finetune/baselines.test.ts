import {generatedDataset} from "../../../src/lib/finetune/generated.js";
import {describe, expect, test} from "vitest";
import {baselinesOf, overlap} from "../../../src/lib/finetune/baselines/baselines.js";
import {
  logisticProbabilities,
  trainLogistic
} from "../../../src/lib/finetune/baselines/logistic.js";
import {overlapPairs} from "../../../src/lib/finetune/overlapPairs.js";
import {readTask} from "../../../src/lib/finetune/readTask.js";
import {submissionText} from "../../../src/lib/finetune/submission.js";
import {knownLabels} from "../../../src/lib/finetune/labels.js";
import {taskDefaults} from "../../../src/lib/finetune/taskDefaults.js";
import {parseFineTuneRecipe} from "../../../src/lib/finetune/recipe.js";
import {fineTuneTask} from "../../../src/lib/finetune/tasks.js";
import {lowerWords} from "../../../src/lib/finetune/words.js";
import {Random} from "../../../src/lib/random.js";

const read = (task: string, name: string, text: string) =>
  readTask(new TextEncoder().encode(text), name, fineTuneTask(task));

describe("trainLogistic", () => {
  const random = new Random(4, "splits");
  const rows = Array.from({length: 60}, () => ({
    indices: Int32Array.of(0, 1, 2),
    values: Float64Array.from({length: 3}, () => random.normal())
  }));
  const labels = rows.map(({values: [a, b, c]}) => {
    const scores = [a! + random.normal(), b! - c! + random.normal(), 0.3];
    return scores.indexOf(Math.max(...scores));
  });
  const size = {classes: 3, features: 3};

  test("ends where the gradient of the penalised loss is zero", () => {
    const model = trainLogistic(rows, labels, {...size, l2: 0.7});
    const gradient = model.weights.map((w, i) => (i % 4 === 3 ? 0 : 0.7 * w));
    rows.forEach((row, r) =>
      logisticProbabilities(model, row).forEach((p, c) => {
        const d = p - Number(labels[r] === c);
        row.values.forEach((x, k) => (gradient[c * 4 + k]! += d * x));
        gradient[c * 4 + 3]! += d;
      })
    );
    expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(0.05);
  });

  test("gives the closed form of a single yes-or-no count", () => {
    // 3 of 4 rows without features are of class 1: the intercepts differ by log 3.
    const empty = {indices: new Int32Array(0), values: new Float64Array(0)};
    const model = trainLogistic([empty, empty, empty, empty], [1, 1, 0, 1], {
      classes: 2,
      features: 1
    });
    expect(logisticProbabilities(model, empty)[1]).toBeCloseTo(0.75, 3);
  });
});

describe("baselinesOf(train, dev)", () => {
  const scores = (task: string, name: string, train: string, dev = train) =>
    baselinesOf(read(task, name, train), read(task, name, dev)).map(({name, score}) => [
      name,
      score
    ]);

  test("classes: majority and words", () => {
    const train =
      "sentence\tlabel\ngood film\t1\ngood story\t1\ngood end\t1\nbad film\t0\nbad end\t0\n";
    const dev = "sentence\tlabel\ngood boat\t1\nbad boat\t0\nfilm end\t0\nbad day\t0\n";
    expect(scores("sst2", "a.tsv", train, dev)).toEqual([
      ["majority class", 0.25],
      ["bag of words", 0.75]
    ]);
  });

  test("similarity: words in common", () => {
    const rows = "a b,a b,5\na b,a c,2\na b,c d,0\n";
    expect(scores("stsb", "a.csv", rows)[0]![1]).toBeGreaterThan(0.98);
    expect(overlap(lowerWords("The cat, the dog"), lowerWords("the DOG ran"))).toBeCloseTo(2 / 4);
  });

  test("tags: the most frequent one of each word", () => {
    const train = "Mara\tB-PER\nran\tO\n\nMara\tB-PER\n\nMara\tO\n";
    const dev = "Mara\tB-PER\nsaw\tO\nAda\tB-PER\n";
    const [baseline] = baselinesOf(read("ner", "a", train), read("ner", "a", dev));
    expect(baseline!.metrics).toMatchObject({precision: 1, recall: 0.5});
  });

  test("answers: the sentence that shares most words", () => {
    const qa = {
      id: "1",
      question: "What did Mara water?",
      answers: [{text: "the old roses", answer_start: 28}]
    };
    const context = "It rained. In May Mara did w the old roses. Ada slept."
      .replace("w the", "w  the")
      .replace("  ", " ");
    const start = context.indexOf("the old roses");
    const answers = [{...qa.answers[0]!, answer_start: start}];
    const json = JSON.stringify({data: [{paragraphs: [{context, qas: [{...qa, answers}]}]}]});
    expect(scores("squad", "a.json", json)[0]![1]).toBeGreaterThan(30);
  });
});

test("where questions may have no answer, saying so of all of them is a baseline", () => {
  const rows = generatedDataset("squad2", {n: 30, seed: 3});
  if (rows.kind !== "answers") throw new Error("expected answers");
  const open = rows.examples.filter(({answers}) => answers.length === 0).length;
  const [first, second] = baselinesOf(rows, rows);
  expect([first!.name, second!.name]).toEqual(["no answer", "most similar sentence"]);
  expect(first!.metrics.exact_match).toBeCloseTo((100 * open) / 30, 9);
  expect(first!.metrics.no_answer_f1).toBe(100);
  const one = generatedDataset("squad", {n: 4, seed: 3});
  expect(baselinesOf(one, one).map(({name}) => name)).toEqual(["most similar sentence"]);
});

describe("submissionText", () => {
  test("names the classes of inference tasks and numbers the others", () => {
    const rte = {task: fineTuneTask("rte"), labels: ["entailment", "not_entailment"]};
    const guess = {kind: "classification", labels: [1, 0], probabilities: []} as const;
    expect(submissionText(rte, {...guess, labels: [1, 0], probabilities: []})).toBe(
      "index\tprediction\n0\tnot_entailment\n1\tentailment\n"
    );
    const sst = {task: fineTuneTask("sst2"), labels: ["negative", "positive"]};
    expect(submissionText(sst, {...guess, labels: [1], probabilities: []})).toMatch(/^0\t1$/m);
    const sts = {task: fineTuneTask("stsb"), labels: ["score"]};
    expect(submissionText(sts, {kind: "regression", values: [5.3, -1]})).toMatch(
      /^0\t5.000\n1\t0.000$/m
    );
  });
});

describe("knownLabels", () => {
  const mnli = fineTuneTask("mnli");
  test("finds named classes in any order", () => {
    expect(knownLabels(["CONTRADICTION", "ENTAILMENT", "NEUTRAL"], mnli, "m").order).toEqual([
      1, 2, 0
    ]);
    expect(knownLabels(["LABEL_0", "LABEL_1", "LABEL_2"], mnli, "m").order).toBeNull();
  });
  test("refuses other names and other numbers", () => {
    expect(() => knownLabels(["a", "b", "c"], mnli, "m")).toThrow(
      /labels a, b, c, expected entail/
    );
    expect(() => knownLabels(["a", "b"], mnli, "m")).toThrow(/2 labels, expected 3 for mnli/);
  });
});

describe("parseFineTuneRecipe", () => {
  test("takes a pretraining recipe, and says what it leaves out", () => {
    const {recipe, notes} = parseFineTuneRecipe({
      model: {hidden_size: 64, hidden_dropout_prob: 0.1},
      tokenizer: {vocab_size: 1000},
      corpus: {path: "x"},
      optimizer: {name: "adamw", learning_rate: 0.002, weight_decay: 0.01},
      steps: 20
    });
    expect(recipe.model).toEqual({hidden_dropout_prob: 0.1});
    expect(recipe.steps).toBe(20);
    expect(notes).toEqual([
      "the sizes of model, tokenizer, corpus: of pretraining, not used in fine-tuning"
    ]);
  });
  test("takes a task's own defaults for what is left out, field by field", () => {
    const ner = fineTuneTask("ner");
    const given = {optimizer: {weight_decay: 0.2}, epochs: 2};
    const {recipe} = parseFineTuneRecipe(given, "r.json", ner);
    expect(recipe.optimizer.weight_decay).toBe(0.2);
    expect(recipe.optimizer.learning_rate).toBe(taskDefaults(ner).optimizer!.learning_rate);
    expect(recipe.epochs).toBe(2);
    expect(recipe.batch).toEqual(taskDefaults(ner).batch);
    expect(() => parseFineTuneRecipe({batch: {size: 0}}, "r.json", ner)).toThrow(
      /r.json: invalid batch.size/
    );
    for (const json of [null, 3, {batch: 7}])
      expect(() => parseFineTuneRecipe(json, "r.json", ner)).toThrow(/^r.json: invalid /);
  });
  test("names the field that is wrong", () => {
    expect(() => parseFineTuneRecipe({batch: {size: 0}}, "r.json")).toThrow(
      /r.json: invalid batch.size: 0 \(expected at least 1\)/
    );
    expect(() => parseFineTuneRecipe({epoch: 3})).toThrow(/unknown field epoch/);
  });
});

describe("overlapPairs", () => {
  const sentences = ["a b c d e", "f g h i", "a f k l m n", "o p"];
  const pairs = overlapPairs(sentences, {n: 400, seed: 3});

  test("scores each pair by the words it shares", () => {
    for (const {text, pair, label} of pairs)
      expect(Math.abs(label! - 5 * overlap(lowerWords(text), lowerWords(pair!)))).toBeLessThan(
        0.006
      );
    const labels = pairs.map(({label}) => label!);
    expect(Math.min(...labels)).toBe(0);
    expect(Math.max(...labels)).toBeGreaterThan(4);
  });

  test("row i does not depend on how many there are", () => {
    expect(overlapPairs(sentences, {n: 5, seed: 3})).toEqual(pairs.slice(0, 5));
  });
});
