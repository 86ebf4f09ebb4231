// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {queryKeyProducts, queryKeyRows, queryKeyView} from "../../src/components/queryKeyView.js";
import {markup} from "./snapshot.js";

const result = {
  tokens: ["[CLS]", "▁cat", "[SEP]"],
  layer: 1,
  head: 0,
  from: 1,
  query: Float32Array.of(1, -2, 0.5, 4),
  keys: {shape: [3, 4], data: Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0, -1, 2, 0, 0.5)},
  probs: Float32Array.of(0.75, 0.125, 0.125),
  model: "test model"
};

describe("queryKeyView(result)", () => {
  test("products over the root of the size, and their sums", () => {
    const {products, scores} = queryKeyProducts(result);
    expect([...products[2]!]).toEqual([-0.5, -2, 0, 1]);
    expect(scores).toEqual([1.75, 0, -1.5]);
    expect(queryKeyRows(result)[2]).toMatchObject({piece: "[SEP]", score: -1.5, dim_2: -2});
  });

  test("a row for the query, then one for each piece", async () => {
    const node = queryKeyView(result);
    const rows = [...node.querySelectorAll("tbody tr")];
    expect(rows.map((row) => row.querySelector("th")!.textContent)).toEqual([
      "query of cat",
      "[CLS]",
      "cat",
      "[SEP]"
    ]);
    expect(rows.map((row) => row.querySelectorAll(".obs-dimension").length)).toEqual([4, 4, 4, 4]);
    expect(rows[1]!.className).toBe("obs-guessed");
    expect(rows[3]!.textContent).toBe("[SEP]−1.500.13");
    await expect(markup(node)).toMatchFileSnapshot("./output/queryKeyView.html");
  });
});
