// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {effectForm} from "../../src/components/effectForm.js";
import {describeChange, effectRows, effectView} from "../../src/components/effectView.js";
import {isOffered} from "../../src/components/offer.js";
import type {EffectResult} from "../../src/lib/engine/attentionCalls.js";
import {markup} from "./snapshot.js";

const tokens = ["[CLS]", "▁cat", "s", "[MASK]", "[SEP]"];
const result: EffectResult = {
  tokens,
  divergence: Float32Array.of(0, 0.001, 0.25, 0.031, 0),
  places: [
    {
      position: 3,
      pieces: [
        {piece: "▁sleep", before: 0.5, after: 0.25},
        {piece: "▁eat", before: 0.125, after: 0.5}
      ],
      likeliestAfter: "▁eat"
    }
  ],
  labels: [
    {label: "in order", before: 0.75, after: 0.5},
    {label: "swapped", before: 0.25, after: 0.5}
  ],
  change: {kind: "cell", head: 1, layer: 2, from: [3], to: [1, 2], renormalise: false},
  model: "test model"
};

describe("describeChange(change, tokens)", () => {
  test.each([
    [result.change, "With head 2 at depth 3 not looking from [MASK] to cats"],
    [{kind: "head", head: 0, layer: null} as const, "Without head 1 at every depth"],
    [
      {kind: "value", head: 0, layer: 4, to: [1]} as const,
      "With head 1 at depth 5 reading nothing at cat"
    ]
  ])("%o", (change, words) => {
    expect(describeChange({...change} as EffectResult["change"], tokens)).toBe(words);
  });
});

describe("effectView(result)", () => {
  test("the likeliest pieces and the label before and after, and what moved", async () => {
    const node = effectView(result);
    expect(node.querySelector("p")!.textContent).toBe(
      "It moves the prediction at [MASK] (piece 3) by 0.0310 nats, clearly; the likeliest piece changes from “sleep” to “eat”."
    );
    const cells = [...node.querySelectorAll("tbody td")].map((cell) => cell.textContent);
    expect(cells).toEqual([
      ...["0.50", "0.25", "−0.25", "0.13", "0.50", "+0.38"],
      ...["0.75", "0.50", "−0.25", "0.25", "0.50", "+0.25"]
    ]);
    await expect(markup(node)).toMatchFileSnapshot("./output/effectView.html");
  });

  test("effectRows has every number", () => {
    expect(effectRows(result)).toHaveLength(2 + 2 + 5);
  });
});

describe("effectForm(focus)", () => {
  const focus = {layer: 2, head: 1, cell: null};
  const make = () => {
    const node = effectForm(focus);
    const asked: unknown[] = [];
    node.addEventListener("input", () => asked.push(node.value));
    const choose = (value: string) => {
      const input = node.querySelector<HTMLInputElement>(`input[value="${value}"]`)!;
      input.checked = true;
      input.dispatchEvent(new Event("change", {bubbles: true}));
    };
    return {node, asked, choose, button: node.querySelector("button")!};
  };

  test("nothing is asked before the reader asks, and then every change is", () => {
    const {node, asked, choose, button} = make();
    choose("all");
    node.update({...focus, head: 0});
    expect(asked).toEqual([]);
    button.click();
    node.update({...focus, layer: 1});
    choose("one");
    expect(asked).toEqual([
      {kind: "head", head: 0, layer: null},
      {kind: "head", head: 1, layer: null},
      {kind: "head", head: 1, layer: 1}
    ]);
  });

  test("a weight can be taken away once one is locked", () => {
    const {node, asked, choose, button} = make();
    choose("cell");
    expect(isOffered(button)).toBe(false);
    expect(node.textContent).toContain("Lock a cell");
    node.update({...focus, cell: {from: [3], to: [1, 2]}});
    expect(isOffered(button)).toBe(true);
    choose("scaled");
    button.click();
    choose("value");
    expect(asked).toEqual([
      {kind: "cell", head: 1, layer: 2, from: [3], to: [1, 2], renormalise: true},
      {kind: "value", head: 1, layer: 2, to: [1, 2]}
    ]);
  });
});
