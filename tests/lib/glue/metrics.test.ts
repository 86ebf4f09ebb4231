import {describe, expect, test} from "vitest";
import {
  accuracy,
  binaryF1,
  calibration,
  classificationReport,
  kendallTau,
  matthewsCorrelation,
  pearson,
  ranks,
  spearman,
  taskScores
} from "../../../src/lib/glue/metrics.js";

describe("classificationReport(truth, predictions)", () => {
  test("counts a small confusion matrix by hand", () => {
    const report = classificationReport([1, 1, 1, 0, 0, 1], [1, 0, 1, 0, 1, 1]);
    expect(report.labels).toEqual([0, 1]);
    expect(report.confusion).toEqual([
      [1, 1],
      [1, 3]
    ]);
    expect(report.accuracy).toBeCloseTo(4 / 6, 12);
    expect(report.classes[1]).toEqual({
      label: 1,
      precision: 3 / 4,
      recall: 3 / 4,
      f1: 3 / 4,
      support: 4
    });
    expect(report.macroF1).toBeCloseTo((0.5 + 0.75) / 2, 12);
    expect(report.weightedF1).toBeCloseTo((2 * 0.5 + 4 * 0.75) / 6, 12);
    // (TP·TN − FP·FN)/√((TP+FP)(TP+FN)(TN+FP)(TN+FN)) = (3·1 − 1·1)/√(4·4·2·2)
    expect(report.mcc).toBeCloseTo(2 / 8, 12);
  });

  test("gives 0 where a class is never predicted, and to a constant column", () => {
    const report = classificationReport([0, 1, 1], [0, 0, 0]);
    expect(report.classes[1]).toEqual({label: 1, precision: 0, recall: 0, f1: 0, support: 2});
    expect(report.mcc).toBe(0);
    expect(matthewsCorrelation([1], [1])).toBe(0);
  });

  test("says NaN for no examples and refuses different lengths", () => {
    expect(accuracy([], [])).toBeNaN();
    expect(matthewsCorrelation([], [])).toBeNaN();
    expect(binaryF1([], [])).toBeNaN();
    expect(() => accuracy([1], [])).toThrow("expected as many predictions as labels (1), got 0");
  });

  test("scores F1 of class 1 alone", () => {
    expect(binaryF1([0, 0], [0, 0])).toBe(0);
    expect(binaryF1([0, 1, 1], [1, 1, 0])).toBeCloseTo(0.5, 12);
    expect(binaryF1([0, 1, 1], [0, 1, 0], 0)).toBeCloseTo(2 / 3, 12);
  });
});

describe("pearson, spearman, kendallTau", () => {
  test("are one for a line and minus one for its mirror", () => {
    const x = [1, 2, 3, 5, 8];
    for (const measure of [pearson, spearman, kendallTau]) {
      expect(measure(x, x)).toBeCloseTo(1, 12);
      expect(
        measure(
          x,
          x.map((value) => -value)
        )
      ).toBeCloseTo(-1, 12);
    }
    expect(
      spearman(
        x,
        x.map((value) => value ** 3)
      )
    ).toBeCloseTo(1, 12);
    expect(
      pearson(
        x,
        x.map((value) => value ** 3)
      )
    ).toBeLessThan(0.97);
  });

  test("do not change when a large number is added", () => {
    const x = [0.1, 0.4, -0.2, 0.9, 0.3];
    const y = [1, 3, 2, 5, 1];
    const shifted = x.map((value) => value + 2 ** 20);
    expect(pearson(shifted, y)).toBeCloseTo(pearson(x, y), 8);
  });

  test("are undefined for constants and fewer than two examples", () => {
    for (const measure of [pearson, spearman, kendallTau]) {
      expect(measure([0.1, 0.1, 0.1], [1, 2, 3])).toBeNaN();
      expect(measure([1], [1])).toBeNaN();
      expect(measure([], [])).toBeNaN();
    }
  });

  test("share ranks among ties", () => {
    expect([...ranks([10, 30, 10, 20])]).toEqual([1.5, 4, 1.5, 3]);
  });
});

describe("taskScores(task, truth, predictions)", () => {
  test("uses each task's own metrics under any spelling of its name", () => {
    const truth = [1, 0, 1, 1];
    const predicted = [1, 0, 0, 1];
    expect(taskScores("MRPC", truth, predicted)).toEqual({
      metrics: {accuracy: 0.75, f1: 0.8},
      combined: 0.775
    });
    expect(Object.keys(taskScores("sts-b", truth, predicted).metrics)).toEqual([
      "pearson",
      "spearmanr"
    ]);
    expect(taskScores("stsb", truth, predicted)).toEqual(taskScores("STS-B", truth, predicted));
    expect(taskScores("sst-2", truth, predicted).metrics).toEqual({accuracy: 0.75});
    expect(Object.keys(taskScores("cola", truth, predicted).metrics)).toEqual([
      "matthews_correlation"
    ]);
  });
});

describe("calibration(confidences, isRight, bins)", () => {
  test("weighs the gap of each bin by its size", () => {
    const {bins, error} = calibration([0.9, 0.95, 1, 0.6], [true, true, false, false], 2);
    expect(bins.map(({count}) => count)).toEqual([0, 4]);
    expect(bins[1]!.accuracy).toBe(0.5);
    expect(error).toBeCloseTo(3.45 / 4 - 0.5, 12);
    expect(bins[0]!.accuracy).toBeNaN();
    expect(calibration([], []).error).toBeNaN();
  });
});
