// @vitest-environment jsdom
import {describe, expect, test, vi} from "vitest";
import {attentionLines} from "../../src/components/attentionLines.js";
import {strongestLines, strongestWeights} from "../../src/components/strongestLines.js";
import {markup} from "./snapshot.js";

const tokens = ["[CLS]", "▁cat", "[SEP]"];
const probs = [
  [0.5, 0.3, 0.2, 0.1, 0.8, 0.1, 0.005, 0, 0.995],
  [1, 0, 0, 0, 1, 0, 0, 0, 1]
];

describe("strongestLines(probs, columns, heads)", () => {
  test("at rest each token has its strongest line in each head, the strongest on top", () => {
    const lines = strongestLines(probs, 3, [0, 1]);
    expect(lines).toHaveLength(6);
    expect(lines[0]).toEqual({from: 0, to: 0, head: 0, weight: 0.5});
    expect(lines.filter(({from}) => from === 1).map(({to}) => to)).toEqual([1, 1]);
  });

  test("a token in focus has all its lines, those under 0.01 left out", () => {
    expect(strongestLines(probs, 3, [0], "from", 0).map((l) => l.to)).toEqual([2, 1, 0]);
    expect(strongestLines(probs, 3, [0], "to", 0).map((l) => l.from)).toEqual([1, 0]);
  });

  test("hidden cells have no line", () => {
    expect(strongestLines([[NaN, 0.25, NaN, NaN, NaN, NaN]], 3, [0])).toEqual([
      {from: 0, to: 1, head: 0, weight: 0.25}
    ]);
  });

  test("at most 600 lines, the strongest ones", () => {
    const heads = 20;
    const many = Array.from({length: heads}, (_, h) =>
      Float32Array.from({length: 100 * 100}, (_, i) => (i % 100 === h ? 0.02 + i / 20_000 : 0))
    );
    const all = many.map((_, h) => h);
    const lines = strongestLines(many, 100, all);
    expect(lines).toHaveLength(600);
    expect(lines[0]!.from).toBe(70);
  });
});

describe("strongestWeights(probs, columns, heads, side, index)", () => {
  test("means over heads, the greatest first", () => {
    expect(strongestWeights(probs, 3, [0, 1], "to", 0)).toEqual([
      {index: 0, weight: 0.75},
      {index: 1, weight: 0.05},
      {index: 2, weight: 0.0025}
    ]);
  });
});

describe("attentionLines(probs, options)", () => {
  const view = () => attentionLines(probs, {tokens});
  const heads = (node: Element) => [
    ...node.querySelectorAll<HTMLButtonElement>(".obs-head-button")
  ];

  test("a wider view moves the right side with its lines", () => {
    const node = attentionLines(probs, {tokens, width: 420});
    node.update({width: 800});
    const to = node.querySelector(".obs-side-to .obs-end")!;
    expect(to.querySelector("rect")!.getAttribute("x")).toBe("670");
    expect(to.querySelector("text")!.getAttribute("x")).toBe("678");
    expect(node.querySelector("line")!.getAttribute("x2")).toBe("670");
  });

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

  test("another text uses the names that are there again, and follows the pointer over them", () => {
    const node = view();
    const ends = () => [...node.querySelectorAll(".obs-end")];
    const before = ends();
    node.update({
      tokens: ["[CLS]", "▁dog", "▁ran", "[SEP]"],
      probs: [new Float32Array(16).fill(0.25)]
    });
    const side = ["[CLS]", "dog", "ran", "[SEP]"];
    expect(ends().map((end) => end.textContent)).toEqual([...side, ...side]);
    expect(before.every((end) => node.contains(end))).toBe(true);
    const over = (end: Element) => end.dispatchEvent(new Event("pointerover", {bubbles: true}));
    over(ends()[6]!.querySelector("text")!);
    expect(node.value).toMatchObject({side: "to", index: 2, locked: false});
    expect(node.querySelector(".obs-lit")).toBe(ends()[6]);
    node.update({tokens});
    expect(ends()).toHaveLength(6);
  });

  test("a long text is drawn in a task of its own, and only the newest", async () => {
    const long = (n: number, name: string) => ({
      tokens: Array.from({length: n}, (_, i) => `${name}${i}`),
      probs: [new Float32Array(n * n).fill(1 / n)]
    });
    const node = view();
    const names = () =>
      [...node.querySelectorAll(".obs-side-to .obs-end")].map((e) => e.textContent);
    node.update(long(150, "a"));
    node.update(long(140, "b"));
    expect(names()).toHaveLength(3);
    await vi.waitFor(() => expect(names()).toHaveLength(140));
    expect(names()[7]).toBe("b7");
    expect(node.querySelectorAll("line")).toHaveLength(0);
    node.update({tokens, probs});
    expect(names()).toEqual(["[CLS]", "cat", "[SEP]"]);
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
