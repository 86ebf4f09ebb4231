import {describe, expect, test} from "vitest";
import {
  balancedWeights,
  packRows,
  scoringBatches,
  TrainingBatches,
  type BatchOptions
} from "../../../src/lib/finetune/batches.js";
import type {FeatureRow} from "../../../src/lib/finetune/features.js";

const rowOf = (example: number, length: number, labels: number[]): FeatureRow => ({
  example,
  ids: Array.from({length}, () => 10 + example),
  typeIds: Array.from({length}, (_, i) => Number(i > length / 2)),
  labels
});
const options: BatchOptions = {
  kind: "classification",
  size: 4,
  maxLength: 40,
  padId: 0,
  typeVocabSize: 2
};
const rows = Array.from({length: 19}, (_, i) => rowOf(i, 3 + ((i * 7) % 31), [i % 3]));
const ids = (batch: {inputIds: Int32Array; sequence: number; batch: number}) =>
  Array.from({length: batch.batch}, (_, r) => batch.inputIds[r * batch.sequence]! - 10);

describe("TrainingBatches", () => {
  test("uses each row at most once in an epoch, in another order the next time", () => {
    const batches = new TrainingBatches(rows, options, 3);
    const epoch = (from: number) =>
      Array.from({length: batches.perEpoch}, (_, i) => ids(batches.at(from + i))).flat();
    const [first, second] = [epoch(0), epoch(batches.perEpoch)];
    expect(batches.perEpoch).toBe(4);
    expect(new Set(first).size).toBe(16);
    expect(first).not.toEqual(second);
  });

  test("depends on the step and the seed alone", () => {
    const batches = new TrainingBatches(rows, options, 3);
    const fourth = batches.at(4);
    batches.at(0);
    expect(batches.at(4)).toEqual(fourth);
    expect(new TrainingBatches(rows, options, 4).at(4)).not.toEqual(fourth);
  });

  test("repeats rows where there are fewer than a batch", () => {
    expect(ids(new TrainingBatches(rows.slice(0, 3), options, 1).at(0)).sort()).toHaveLength(4);
  });
});

describe("packRows(rows, options)", () => {
  test("of texts that are read apart, first ones come before second ones, a label for each pair", () => {
    const pairOf = (example: number, first: number, second: number) => {
      const {ids, typeIds} = rowOf(example + 10, second, []);
      return {...rowOf(example, first, [example]), pair: {ids, typeIds}};
    };
    const batch = packRows([pairOf(1, 3, 17), pairOf(2, 5, 4)], options);
    expect([batch.batch, batch.sequence]).toEqual([4, 32]);
    expect(ids(batch)).toEqual([1, 2, 11, 12]);
    expect([...batch.labels]).toEqual([1, 2]);
    expect(batch.attentionMask.reduce((a, b) => a + b)).toBe(3 + 5 + 17 + 4);
  });

  test("pads to a multiple of 16, no further than the longest row may be", () => {
    const short = packRows([rowOf(0, 5, [1]), rowOf(1, 17, [2])], options);
    expect(short.sequence).toBe(32);
    expect(packRows([rowOf(0, 35, [1])], options).sequence).toBe(40);
    expect(short.attentionMask.reduce((a, b) => a + b)).toBe(22);
    expect([...short.labels]).toEqual([1, 2]);
  });

  test("weighs classes, and pieces without a label not at all", () => {
    const row = rowOf(0, 4, [-1, 1, -1, 0]);
    const tags = packRows([row], {...options, kind: "tags", classWeights: [0.5, 3]});
    expect([...tags.weights.slice(0, 5)]).toEqual([0, 3, 0, 0.5, 0]);
    expect([...tags.labels.slice(0, 4)]).toEqual([0, 1, 0, 0]);
  });

  test("puts the first pieces of answers before the last ones", () => {
    const answers = packRows([rowOf(0, 9, [2, 3]), rowOf(1, 9, [4, 5])], {
      ...options,
      kind: "answers"
    });
    expect([...answers.labels]).toEqual([2, 4, 3, 5]);
  });

  test("gives a model of one token type no other", () => {
    const batch = packRows([rowOf(0, 9, [1])], {...options, typeVocabSize: 1});
    expect(batch.tokenTypeIds.every((type) => type === 0)).toBe(true);
  });
});

test("scoringBatches has every row once, in batches of one size", () => {
  const all = [...scoringBatches(rows, options)];
  expect(all.flatMap(({indices}) => indices).sort((a, b) => a - b)).toEqual(rows.map((_, i) => i));
  expect(all.every(({rows: batch}) => batch.batch === 4)).toBe(true);
  for (const {indices, rows: batch} of all)
    expect(ids(batch).slice(0, indices.length)).toEqual(indices);
});

test("balancedWeights makes classes count alike", () => {
  expect(balancedWeights([rowOf(0, 3, [-1, 0, 0]), rowOf(1, 2, [0, 1])], 3)).toBeAllClose([
    4 / 9,
    4 / 3,
    0
  ]);
});

test("balancedWeights goes only part of the way with a lower power", () => {
  const rows = [rowOf(0, 3, [-1, 0, 0]), rowOf(1, 2, [0, 1])];
  const whole = balancedWeights(rows, 3);
  expect(balancedWeights(rows, 3, 0.5)).toBeAllClose(whole.map(Math.sqrt));
});
