import {describe, expect, test} from "vitest";
import {entityReport, readEntities} from "../../../src/lib/glue/seqeval.js";

describe("readEntities(tags, scheme)", () => {
  test("reads BIO", () => {
    expect(readEntities(["B-PER", "I-PER", "O", "B-LOC", "B-LOC"])).toEqual([
      {type: "PER", start: 0, end: 1},
      {type: "LOC", start: 3, end: 3},
      {type: "LOC", start: 4, end: 4}
    ]);
  });

  test("reads IOB1, where B- only parts neighbours", () => {
    expect(readEntities(["I-PER", "I-PER", "B-PER", "O", "I-LOC"])).toEqual([
      {type: "PER", start: 0, end: 1},
      {type: "PER", start: 2, end: 2},
      {type: "LOC", start: 4, end: 4}
    ]);
  });

  test("takes a stray I- by the CoNLL rule only", () => {
    expect(readEntities(["O", "I-PER", "I-LOC"]).length).toBe(2);
    expect(readEntities(["O", "I-PER", "I-LOC"], "strict")).toEqual([]);
    expect(readEntities(["B-PER", "I-LOC", "I-PER"], "strict")).toEqual([
      {type: "PER", start: 0, end: 0}
    ]);
  });

  test("keeps dashes in a type", () => {
    expect(readEntities(["B-A-B", "I-A-B"])).toEqual([{type: "A-B", start: 0, end: 1}]);
  });
});

describe("entityReport(truth, predictions, scheme)", () => {
  test("counts an entity only if its type and both ends are right", () => {
    const truth = [
      ["B-PER", "I-PER", "O"],
      ["B-LOC", "O"]
    ];
    const predicted = [
      ["B-PER", "O", "O"],
      ["B-LOC", "B-PER"]
    ];
    const report = entityReport(truth, predicted);
    expect(report).toMatchObject({scheme: "conll", precision: 1 / 3, recall: 1 / 2, f1: 0.4});
    expect(report.tokenAccuracy).toBe(3 / 5);
    expect(report.types.get("PER")).toEqual({precision: 0, recall: 0, f1: 0, support: 1});
    expect(report.macroF1).toBe(0.5);
  });

  test("does not join entities across sentences", () => {
    expect(entityReport([["B-PER"], ["I-PER"]], [["B-PER"], ["O"]]).support).toBe(2);
  });

  test("names the sentence whose tags do not match", () => {
    expect(() => entityReport([["O"], ["O", "O"]], [["O"], ["O"]])).toThrow(
      "sentence 2: expected 2 predicted tags, got 1"
    );
  });
});
