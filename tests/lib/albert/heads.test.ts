import * as tf from "@tensorflow/tfjs-core";
import {beforeAll, describe, expect, test} from "vitest";
import type {AlbertConfig} from "../../../src/lib/albert/config.js";
import {forward, type HeadInputs} from "../../../src/lib/albert/heads.js";
import {lossOf, pretrainingLoss, type Labels} from "../../../src/lib/albert/loss.js";
import {disposeParameters, uploadParameters} from "../../../src/lib/albert/params.js";
import {InputError} from "../../../src/lib/errors.js";
import {exactBackends, useBackend} from "./backends.js";
import {meanCrossEntropy} from "./reference.js";
import {referenceOf, tinyBatch, tinyConfig, tinyInputs, tinyParameters} from "./tiny.js";

const close = {rtol: 2e-5, atol: 2e-5}; // logits are around 1

/** Logits and loss of a tiny model, read back, and the same model as the reference knows it. */
function run(partial: Partial<AlbertConfig>, labels: Labels, inputs: HeadInputs = tinyInputs) {
  const config = tinyConfig(partial);
  const data = tinyParameters(config);
  const params = uploadParameters(data);
  const logits = new Map<string, {shape: number[]; data: number[]}>();
  let loss: number | null = null;
  tf.tidy(() => {
    const output = forward(params, inputs, config);
    for (const [name, tensor] of output.logits)
      logits.set(name, {shape: tensor.shape, data: Array.from(tensor.dataSync())});
    loss = lossOf(output, labels, config)?.dataSync()[0] ?? null;
  });
  disposeParameters(params);
  const reference = referenceOf(config, data);
  const rows = tinyInputs.inputIds.map((ids, row) =>
    reference.encode(ids, tinyInputs.attentionMask[row]!, tinyInputs.tokenTypeIds[row]!)
  );
  const pieces = rows.flatMap(({last}) => last);
  const pooled = () => rows.map(({pooled}) => pooled!);
  return {logits, loss: loss as number | null, reference, pieces, pooled};
}

const labelled = (labels: readonly number[]) => labels.map((label) => (label === -100 ? 0 : 1));

describe.each(exactBackends)("forward(params, inputs, config) and lossOf(…) on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  const pieceLabels = Array.from({length: 21}, (_, i) => (i % 4 === 1 ? (i * 5) % 3 : -100));

  test("pretraining", () => {
    const words = pieceLabels.map((label, i) => (label === -100 ? label : (i * 7) % 29));
    const {logits, loss, reference, pieces, pooled} = run(
      {},
      {labels: words, sentenceOrderLabel: [1, 0, 1]}
    );
    const vocabulary = reference.maskedLm(pieces);
    const sentence = reference.linear(pooled(), "sop_classifier.classifier");
    expect(logits.get("prediction_logits")!.shape).toEqual([3, 7, 29]);
    expect(logits.get("prediction_logits")!.data).toBeAllClose(vocabulary.flat(), close);
    expect(logits.get("sop_logits")!.data).toBeAllClose(sentence.flat(), close);
    const expected =
      meanCrossEntropy(vocabulary, words, labelled(words)) + meanCrossEntropy(sentence, [1, 0, 1]);
    expect(loss!).toBeCloseTo(expected, 4);
  });

  test.each([true, false])("masked LM, decoder tied: %s", (tieWordEmbeddings) => {
    const {logits, loss, reference, pieces} = run(
      {architecture: "AlbertForMaskedLM", tieWordEmbeddings},
      {labels: pieceLabels}
    );
    const expected = reference.maskedLm(pieces);
    expect(logits.get("logits")!.data).toBeAllClose(expected.flat(), close);
    expect(loss!).toBeCloseTo(meanCrossEntropy(expected, pieceLabels, labelled(pieceLabels)), 4);
  });

  test("sequence classification into three", () => {
    const {logits, loss, reference, pooled} = run(
      {architecture: "AlbertForSequenceClassification", id2label: ["a", "b", "c"]},
      {labels: [2, -100, 0]}
    );
    const expected = reference.linear(pooled(), "classifier");
    expect(logits.get("logits")!.data).toBeAllClose(expected.flat(), close);
    expect(loss!).toBeCloseTo(meanCrossEntropy(expected, [2, 0, 0], [1, 0, 1]), 4);
  });

  test("regression", () => {
    const target = [0.3, -1, 2];
    const {loss, reference, pooled} = run(
      {architecture: "AlbertForSequenceClassification", id2label: ["score"]},
      {labels: target}
    );
    const errors = reference.linear(pooled(), "classifier").map(([x], i) => (x! - target[i]!) ** 2);
    expect(loss!).toBeCloseTo(errors.reduce((a, b) => a + b, 0) / 3, 4);
  });

  test("several labels", () => {
    const target = [
      [1, 0],
      [1, 1],
      [0, 0]
    ];
    const {loss, reference, pooled} = run(
      {architecture: "AlbertForSequenceClassification", problemType: "multi_label_classification"},
      {labels: target}
    );
    const terms = reference
      .linear(pooled(), "classifier")
      .flatMap((row, i) => row.map((x, j) => Math.log(1 + Math.exp(target[i]![j] ? -x : x))));
    expect(loss!).toBeCloseTo(terms.reduce((a, b) => a + b, 0) / 6, 4);
    const guessed = run({architecture: "AlbertForSequenceClassification"}, {labels: target});
    expect(guessed.loss).toBe(loss);
  });

  test("token classification", () => {
    const {logits, loss, reference, pieces} = run(
      {architecture: "AlbertForTokenClassification", id2label: ["O", "B", "I"]},
      {labels: pieceLabels}
    );
    const expected = reference.linear(pieces, "classifier");
    expect(logits.get("logits")!.shape).toEqual([3, 7, 3]);
    expect(logits.get("logits")!.data).toBeAllClose(expected.flat(), close);
    expect(loss!).toBeCloseTo(meanCrossEntropy(expected, pieceLabels, labelled(pieceLabels)), 4);
  });

  test("question answering ignores positions past the end and raises those below 0", () => {
    const {logits, loss, reference, pieces} = run(
      {architecture: "AlbertForQuestionAnswering"},
      {startPositions: [2, 40, -3], endPositions: [4, 7, 6]}
    );
    const both = reference.linear(pieces, "qa_outputs");
    const rows = (column: number) =>
      [0, 1, 2].map((row) => both.slice(row * 7, row * 7 + 7).map((pair) => pair[column]!));
    expect(logits.get("start_logits")!.data).toBeAllClose(rows(0).flat(), close);
    expect(logits.get("end_logits")!.data).toBeAllClose(rows(1).flat(), close);
    const start = meanCrossEntropy(rows(0), [2, 0, 0], [1, 0, 1]);
    const end = meanCrossEntropy(rows(1), [4, 0, 6], [1, 0, 1]);
    expect(loss!).toBeCloseTo((start + end) / 2, 4);
  });

  test("multiple choice", () => {
    const {logits, loss, reference, pooled} = run(
      {architecture: "AlbertForMultipleChoice"},
      {labels: [2]},
      {...tinyInputs, choices: 3}
    );
    const expected = reference.linear(pooled(), "classifier").flat();
    expect(logits.get("logits")!.shape).toEqual([1, 3]);
    expect(logits.get("logits")!.data).toBeAllClose(expected, close);
    expect(loss!).toBeCloseTo(meanCrossEntropy([expected], [2]), 4);
  });

  test("a bare model has a loss only for given cotangents", () => {
    const bare = {architecture: "AlbertModel"} as const;
    expect(run(bare, {}).loss).toBeNull();
    const weights = Array.from({length: 126}, (_, i) => Math.cos(i));
    const {loss, pieces} = run(bare, {cotangents: {sequenceOutput: weights}});
    const expected = pieces.flat().reduce((sum, x, i) => sum + x * weights[i]!, 0);
    expect(loss!).toBeCloseTo(expected, 3);
  });

  test("without labels there is no loss, and with none that count it is not a number", () => {
    const tokens = {architecture: "AlbertForTokenClassification"} as const;
    expect(run(tokens, {}).loss).toBeNull();
    expect(run(tokens, {labels: Array<number>(21).fill(-100)}).loss).toBeNaN();
  });

  test.each<[string, Partial<AlbertConfig>, Labels, RegExp]>([
    [
      "a class that does not exist",
      {architecture: "AlbertForTokenClassification"},
      {labels: Array<number>(21).fill(2)},
      /^labels: 2 at 0, expected 0 to 1, or -100/
    ],
    [
      "too few labels",
      {architecture: "AlbertForMaskedLM"},
      {labels: [1, 2]},
      /^labels: 2 numbers, expected 21/
    ],
    [
      "a fraction",
      {architecture: "AlbertForSequenceClassification"},
      {labels: [0.5, 0, 1]},
      /^labels: 0.5 at 0/
    ]
  ])("refuses %s", (_, partial, labels, message) => {
    expect(() => run(partial, labels)).toThrow(InputError);
    expect(() => run(partial, labels)).toThrow(message);
  });
});

describe.each(exactBackends)("pretrainingLoss(params, batch, config) on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  const read = (
    partial: Partial<AlbertConfig>,
    change: Partial<typeof tinyBatch> | {sentenceLabels: null}
  ) => {
    const config = tinyConfig(partial);
    const params = uploadParameters(tinyParameters(config));
    const before = tf.memory().numTensors;
    const parts = pretrainingLoss(params, {...tinyBatch, ...change}, config);
    const numbers = Object.fromEntries(
      Object.entries(parts).map(([name, tensor]) => [name, tensor?.dataSync()[0] ?? null])
    );
    tf.dispose(Object.values(parts).filter((tensor) => tensor !== null));
    expect(tf.memory().numTensors).toBe(before);
    disposeParameters(params);
    return numbers as Record<keyof typeof parts, number | null>;
  };

  test("is the loss over all pieces, computed at the masked ones only", () => {
    const config = tinyConfig();
    const data = tinyParameters(config);
    const {loss, mlmLoss, sentenceLoss, mlmCorrect, sentenceCorrect} = read({}, {});
    const words = Array<number>(21).fill(-100);
    tinyBatch.maskedPositions.forEach((at, i) => {
      if (tinyBatch.maskedWeights[i]) words[at] = tinyBatch.maskedLabels[i]!;
    });
    const whole = run({}, {labels: words, sentenceOrderLabel: tinyBatch.sentenceLabels});
    expect(loss!).toBeCloseTo(whole.loss!, 5);
    expect(mlmLoss! + sentenceLoss!).toBeCloseTo(loss!, 5);
    const reference = referenceOf(config, data);
    const best = (row: number[]) => row.indexOf(Math.max(...row));
    const right = reference
      .maskedLm([...tinyBatch.maskedPositions].map((at) => whole.pieces[at]!))
      .filter((row, i) => tinyBatch.maskedWeights[i] && best(row) === tinyBatch.maskedLabels[i]);
    expect(mlmCorrect).toBe(right.length);
    const sentences = reference
      .linear(whole.pooled(), "sop_classifier.classifier")
      .filter((row, i) => best(row) === tinyBatch.sentenceLabels[i]);
    expect(sentenceCorrect).toBe(sentences.length);
  });

  test("without a sentence objective or a head for it is the masked LM loss", () => {
    for (const parts of [
      read({}, {sentenceLabels: null}),
      read({architecture: "AlbertForMaskedLM"}, {})
    ]) {
      expect(parts.sentenceLoss).toBeNull();
      expect(parts.sentenceCorrect).toBeNull();
      expect(parts.loss).toBe(parts.mlmLoss);
    }
  });

  test("with no slot in use the masked LM part is 0", () => {
    const {loss, mlmLoss, sentenceLoss} = read({}, {maskedWeights: new Float32Array(5)});
    expect(mlmLoss).toBe(0);
    expect(loss).toBe(sentenceLoss);
  });
});
