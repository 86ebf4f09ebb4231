import {describe, expect, test} from "vitest";
import {bestSpans, chooseAnswer} from "../../../src/lib/glue/qaSpans.js";
import {evaluateSquad, normalizeAnswer, scoreAnswer} from "../../../src/lib/glue/squad.js";

describe("normalizeAnswer(text)", () => {
  test.each([
    ["The  Tower,  of a King!", "tower of king"],
    ["(the)", ""],
    ["the-end", "theend"],
    ["theory", "theory"],
    ["d’a été", "d’ été"],
    ["l'été", "lété"],
    ["à a b", "à b"],
    ["x\u0085y\ufeffz", "x y\ufeffz"]
  ])("turns %j into %j", (text, expected) => {
    expect(normalizeAnswer(text)).toBe(expected);
  });
});

describe("scoreAnswer(prediction, gold, version)", () => {
  test("takes the best gold answer and counts words as often as both have them", () => {
    expect(scoreAnswer("old red house", ["a house", "the red house"])).toEqual({
      exact: 0,
      f1: (2 * (2 / 3) * 1) / (2 / 3 + 1)
    });
    expect(scoreAnswer("so so so", ["so so"]).f1).toBeCloseTo(0.8, 12);
    expect(scoreAnswer("The House.", ["house"])).toEqual({exact: 1, f1: 1});
  });

  test("treats empty answers by the version's rule", () => {
    expect(scoreAnswer("", [])).toEqual({exact: 1, f1: 1});
    expect(scoreAnswer("a", ["the"])).toEqual({exact: 1, f1: 1});
    expect(scoreAnswer("a", ["the"], "1.1")).toEqual({exact: 1, f1: 0});
    expect(scoreAnswer("", ["the", "cat"])).toEqual({exact: 0, f1: 0});
  });
});

describe("evaluateSquad(items, threshold)", () => {
  const items = [
    {gold: ["cat"], prediction: "cat", noAnswer: 0.2},
    {gold: [], prediction: "dog", noAnswer: 0.8},
    {gold: ["red fox"], prediction: "fox", noAnswer: 0.4}
  ];

  test("scores questions with and without an answer apart", () => {
    const report = evaluateSquad(items);
    expect(report.exact).toBeCloseTo(100 / 3, 9);
    expect(report.hasAnswer!.exact).toBe(50);
    expect(report.hasAnswer!.f1).toBeCloseTo((100 * (1 + 2 / 3)) / 2, 9);
    expect(report.noAnswer).toEqual({exact: 0, f1: 0, total: 1});
  });

  test("predicts no answer over the threshold and finds the best one", () => {
    expect(evaluateSquad(items, 0.5).exact).toBeCloseTo(200 / 3, 9);
    const {bestExact, bestExactThreshold, bestF1, bestF1Threshold} = evaluateSquad(items);
    expect([bestExact, bestExactThreshold]).toEqual([200 / 3, 0.2]);
    expect(bestF1).toBeCloseTo((100 * (1 + 1 + 2 / 3)) / 3, 9);
    expect(bestF1Threshold).toBe(0.4);
  });

  test("has no part for questions that are not there", () => {
    expect(evaluateSquad(items.slice(0, 1)).noAnswer).toBeNull();
    expect(evaluateSquad([]).exact).toBeNaN();
  });
});

describe("bestSpans(startLogits, endLogits, options, count)", () => {
  const start = [9, 1, 5, 2, 3];
  const end = [9, 4, 0, 2, 1];

  test("keeps to the context, the order and the length", () => {
    expect(bestSpans(start, end, {from: 1, to: 5})).toEqual([{start: 2, end: 3, score: 7}]);
    expect(bestSpans(start, end, {from: 1, to: 5, maxAnswerTokens: 1})).toEqual([
      {start: 1, end: 1, score: 5}
    ]);
    expect(bestSpans(start, end, {from: 3, to: 3})).toEqual([]);
  });

  test("gives the n best, ties in order", () => {
    const spans = bestSpans([0, 0, 0], [0, 0, 0], {from: 0, to: 3}, 4);
    expect(spans.map((span) => [span.start, span.end])).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 1]
    ]);
    const all = bestSpans(start, end, {from: 1, to: 5}, 99);
    expect(all.length).toBe(10);
    expect(all.map(({score}) => score)).toEqual(all.map(({score}) => score).sort((a, b) => b - a));
  });
});

describe("chooseAnswer(windows, nullThreshold)", () => {
  const windows = [
    {startLogits: [4, 1, 2], endLogits: [4, 1, 2], from: 1, to: 3},
    {startLogits: [2, 5, 0], endLogits: [3, 1, 1], from: 1, to: 3}
  ];

  test("takes the best span of all windows and the lowest null score", () => {
    const answer = chooseAnswer(windows);
    expect(answer.span).toEqual({window: 1, start: 1, end: 1, score: 6});
    expect(answer.nullScore).toBe(5);
    expect(answer.isNull).toBe(false);
    expect(chooseAnswer(windows, -2).isNull).toBe(true);
  });

  test("has no answer where there is no context", () => {
    const answer = chooseAnswer([{startLogits: [1], endLogits: [1], from: 1, to: 1}], Infinity);
    expect(answer.span).toBeNull();
    expect(answer.isNull).toBe(true);
  });
});
