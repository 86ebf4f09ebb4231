import {describe, expect, test} from "vitest";
import type {AnswerDataset, Dataset, TagDataset} from "../../../src/lib/finetune/dataset.js";
import {featuresOf, type FeatureRow} from "../../../src/lib/finetune/features.js";
import {predict, softmax} from "../../../src/lib/finetune/score.js";
import {fineTuneTask} from "../../../src/lib/finetune/tasks.js";
import {tokenizer} from "./tokenizer.js";

const base = (task: string, labels: string[]) => ({
  task: fineTuneTask(task),
  name: "test",
  notes: [],
  labels
});
const tagged = (examples: {words: string[]; tags: string[]}[]): TagDataset => ({
  ...base("ner", ["O", "B-PER", "I-PER"]),
  kind: "tags",
  examples: examples.map((example) => ({...example, line: 1}))
});
const asked = (examples: AnswerDataset["examples"]): AnswerDataset => ({
  ...base("squad", ["start", "end"]),
  kind: "answers",
  examples
});

/** Logits that are right: 9 at the label of each piece. */
const tagLogits = ({labels}: FeatureRow, classes: number) =>
  Float32Array.from({length: labels.length * classes}, (_, i) =>
    labels[Math.floor(i / classes)] === i % classes ? 9 : 0
  );

describe("featuresOf texts", () => {
  const data = (text: string, pair: string | null = null): Dataset => ({
    ...base("mrpc", ["0", "1"]),
    kind: "classification",
    examples: [{text, pair, label: 1, line: 1}]
  });

  test("encodes a pair with its types, cuts the longer text, and says so", () => {
    const {rows, notes} = featuresOf(data("the old kettle is wet and old", "a garden"), tokenizer, {
      maxLength: 9,
      stride: 2
    });
    expect(rows[0]!.ids.length).toBe(9);
    expect(rows[0]!.labels).toEqual([1]);
    expect(rows[0]!.typeIds[0]).toBe(0);
    expect(rows[0]!.typeIds.at(-1)).toBe(1);
    expect(notes).toEqual(["1 text truncated to 9 pieces"]);
  });

  test("reads two texts apart where that is asked for, each as if it were alone", () => {
    const [first, second] = ["the old kettle is wet and old", "a garden"];
    const options = {maxLength: 6, stride: 2};
    const {rows, notes} = featuresOf(data(first, second), tokenizer, {...options, isApart: true});
    const alone = (text: string) => featuresOf(data(text), tokenizer, options).rows[0]!;
    expect(rows[0]).toEqual({
      ...alone(first),
      pair: {ids: alone(second).ids, typeIds: alone(second).typeIds}
    });
    expect(notes).toEqual(["1 text truncated to 6 pieces"]);
  });

  test("takes a text of a hundred thousand words in its stride", () => {
    const {rows, notes} = featuresOf(data("kettle ".repeat(1e5)), tokenizer, {
      maxLength: 16,
      stride: 2
    });
    expect(rows[0]!.ids.length).toBe(16);
    expect(notes.length).toBe(1);
  });
});

describe("featuresOf tags", () => {
  const sentences = [
    {words: ["mara", "watered", "zxqj", "roses"], tags: ["B-PER", "O", "O", "O"]},
    {
      words: ["nobody", "told", "mara", "watered", "of", "brennick", "kettle", "garden"],
      tags: ["O", "O", "B-PER", "I-PER", "O", "O", "O", "O"]
    }
  ];

  test.each([8, 9, 12, 40])(
    "gives every word back from its first piece, in rows of %i",
    (maxLength) => {
      const data = tagged(sentences);
      const {rows} = featuresOf(data, tokenizer, {maxLength, stride: 2});
      expect(Math.max(...rows.map(({ids}) => ids.length))).toBeLessThanOrEqual(maxLength);
      for (const {ids, labels, words} of rows) {
        expect(labels.length).toBe(ids.length);
        expect(labels[0]).toBe(-1);
        expect(words!.filter((word) => word >= 0).length).toBeGreaterThan(0);
      }
      const logits = rows.map((row) => tagLogits(row, 3));
      const predictions = predict(data, rows, logits);
      expect(predictions).toEqual({kind: "tags", tags: sentences.map(({tags}) => tags)});
    }
  );
});

describe("featuresOf answers", () => {
  const context =
    "Nobody in Brennick told Mara of the kettle. 🙂 A garden of old roses was watered by Mara in Brennick.";
  const question = "who watered the roses?";
  const text = "Mara in Brennick";
  const start = context.lastIndexOf(text);
  const data = asked([{id: "1", context, question, answers: [{text, start}]}]);

  test.each([[24], [28], [200]])("finds the answer again in windows of %i pieces", (maxLength) => {
    const {rows} = featuresOf(data, tokenizer, {maxLength, stride: 4});
    if (maxLength < 50) expect(rows.length).toBeGreaterThan(1);
    const holding = rows.filter(({labels}) => labels[0]! > 0);
    expect(holding.length).toBeGreaterThan(0);
    const logits = rows.map(({ids, labels}) => {
      const scores = new Float32Array(2 * ids.length);
      const weight = labels[0]! > 0 ? 9 : 1;
      scores[labels[0]!] = weight;
      scores[ids.length + labels[1]!] = weight;
      return scores;
    });
    const predictions = predict(data, rows, logits);
    if (predictions.kind !== "answers") throw new Error("expected answers");
    expect(predictions.answers[0]).toMatchObject({text, start});
  });

  test("cuts a question that leaves no room for its context", () => {
    const long = asked([{id: "1", context, question: question.repeat(20), answers: []}]);
    const {rows} = featuresOf(long, tokenizer, {maxLength: 24, stride: 4});
    expect(rows.every(({ids, labels}) => ids.length <= 24 && labels[0] === 0)).toBe(true);
  });

  test("a 2.0 model may say that there is no answer, a 1.1 model may not", () => {
    const {rows} = featuresOf(data, tokenizer, {maxLength: 200, stride: 4});
    const logits = rows.map(({ids}) => {
      const scores = new Float32Array(2 * ids.length);
      scores[0] = scores[ids.length] = 9;
      return scores;
    });
    const texts = (task: string) => {
      const predictions = predict({...data, task: fineTuneTask(task)}, rows, logits);
      return predictions.kind === "answers" ? predictions.answers.map((a) => a.text) : null;
    };
    expect(texts("squad2")).toEqual([""]);
    expect(texts("squad")![0]).not.toBe("");
  });
});

test("softmax does not overflow", () => {
  expect(softmax([1000, 1000 + Math.log(3)])).toBeAllClose([0.25, 0.75]);
});
