// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {attentionLines, strongestLines} from "../../src/components/attentionLines.js";
import {markup} from "./snapshot.js";

const tokens = ["[CLS]", "▁cat", "[SEP]"];
const probs = [
  [0.5, 0.3, 0.2, 0.1, 0.8, 0.1, 0.005, 0, 0.995],
  [1, 0, 0, 0, 1, 0, 0, 0, 1]
];

describe("strongestLines(probs, columns, heads)", () => {
  test("opacity is weight over the number of heads; weak lines are left out", () => {
    const lines = strongestLines(probs, 3, [0, 1]);
    expect(lines.at(-1)).toEqual({from: 2, to: 2, head: 1, opacity: 0.5});
    expect(lines).toHaveLength(7 + 3);
    expect(strongestLines(probs, 3, [0], "to", 0).map((l) => l.from)).toEqual([1, 0]);
  });

  test("at most 1,500 lines, the strongest ones", () => {
    const many = Float32Array.from({length: 100 * 100}, (_, i) => 0.02 + i / 20_000);
    const lines = strongestLines([many], 100, [0]);
    expect(lines).toHaveLength(1500);
    expect(lines[0]!.from).toBe(85);
  });
});

describe("attentionLines(probs, options)", () => {
  const view = () => attentionLines(probs, {tokens});
  const heads = (node: Element) => [
    ...node.querySelectorAll<HTMLButtonElement>(".obs-head-button")
  ];

  test("lines in each head's hue", async () => {
    const node = view();
    const hues = new Set([...node.querySelectorAll("line")].map((l) => l.getAttribute("stroke")));
    expect(hues.size).toBe(2);
    await expect(markup(node)).toMatchFileSnapshot("./output/attentionLines.html");
  });

  test("click toggles a head, one always stays, double-click isolates and brings back", () => {
    const node = view();
    heads(node)[0]!.click();
    expect(node.value.heads).toEqual([1]);
    heads(node)[1]!.click();
    expect(node.value.heads).toEqual([1]);
    heads(node)[1]!.dispatchEvent(new MouseEvent("dblclick", {detail: 2}));
    expect(node.value.heads).toEqual([0, 1]);
    heads(node)[0]!.click();
    heads(node)[0]!.dispatchEvent(new MouseEvent("dblclick", {detail: 2}));
    expect(node.value.heads).toEqual([0]);
    expect(heads(node).map((b) => b.getAttribute("aria-pressed"))).toEqual(["true", "false"]);
  });

  test("arrow keys show one token's lines and say the strongest", () => {
    const node = view();
    const press = (key: string) =>
      node.querySelector("svg")!.dispatchEvent(new KeyboardEvent("keydown", {key}));
    press("ArrowDown");
    press("ArrowDown");
    expect(node.querySelector("[aria-live]")!.textContent).toBe(
      "from cat: cat 0.90, [CLS] 0.050, [SEP] 0.050 (mean of 2 heads)"
    );
    press("ArrowRight");
    press("Enter");
    expect(node.value).toEqual({side: "to", index: 1, locked: true, heads: [0, 1]});
    press("Escape");
    expect(node.value.index).toBeNull();
  });
});
