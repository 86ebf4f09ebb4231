// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {methodCurves} from "../../src/components/methodCurves.js";
import {
  agreementTable,
  curveRows,
  methodRows,
  methodsTable
} from "../../src/components/methodsView.js";
import type {MethodsResult} from "../../src/lib/engine/attentionCalls.js";
import {markup} from "./snapshot.js";

const trial = (name: string, scores: number[], deletion: number[]) => ({
  name,
  scores,
  counts: [0, 1, 3],
  deletion,
  insertion: [...deletion].reverse(),
  deletionArea: 0.2,
  insertionArea: 0.4
});
const result: MethodsResult = {
  tokens: ["[CLS]", "▁the", "[MASK]", "▁cat", "s", "[SEP]"],
  position: 2,
  target: {piece: "▁old", probability: 0.5},
  candidates: [1, 3, 4],
  methods: [
    trial("rollout", [0.1, 0.2, 0.3, 0.4, 0.1, 0.2], [0.5, 0.25, 0.1]),
    trial("occlusion", [0, 0.5, 0, -0.25, 1, 0], [0.5, 0.125, 0.1])
  ],
  random: {orders: 10, deletionArea: 0.25, insertionArea: 0.3},
  agreement: [
    [1, -1 / 3],
    [-1 / 3, 1]
  ],
  model: "test model"
};

describe("methodsTable(result)", () => {
  test("a place for each ranked piece in each method's order", async () => {
    const node = methodsTable(result);
    const cells = [...node.querySelectorAll("tbody tr")].map((row) =>
      [...row.children].map((cell) => cell.textContent)
    );
    expect(cells).toEqual([
      ["[CLS]", "–", "–"],
      ["the", "2", "2"],
      ["[MASK]", "guessed", "guessed"],
      ["cat", "1", "3"],
      ["s", "3", "1"],
      ["[SEP]", "–", "–"]
    ]);
    await expect(markup(node)).toMatchFileSnapshot("./output/methodsTable.html");
  });
});

describe("agreementTable(result)", () => {
  test("areas, the random baseline and τ", async () => {
    const node = agreementTable(result);
    expect(node.textContent).toContain("random (mean of 10)0.250.30");
    expect(node.querySelectorAll("tbody td")[3]!.textContent).toBe("−0.33");
    await expect(markup(node)).toMatchFileSnapshot("./output/agreementTable.html");
  });
});

describe("methodCurves(result)", () => {
  test("a line a method in each panel", async () => {
    const svg = methodCurves(result);
    expect(svg.querySelectorAll("path")).toHaveLength(4);
    expect(svg.getAttribute("aria-label")).toContain("occlusion 0.20 and 0.40");
    expect(methodCurves(result, {width: 320}).getAttribute("viewBox")).toBe("0 0 320 380");
    await expect(markup(svg)).toMatchFileSnapshot("./output/methodCurves.svg");
  });
});

describe("tables of the methods", () => {
  test("a row for each piece and each point", () => {
    expect(methodRows(result)[1]).toEqual({
      position: 3,
      piece: "▁cat",
      rollout: 0.4,
      occlusion: -0.25
    });
    expect(curveRows(result)).toHaveLength(6);
  });
});
