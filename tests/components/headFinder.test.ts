// @vitest-environment jsdom
import {beforeAll, describe, expect, test, vi} from "vitest";
import {differenceRows, differenceView} from "../../src/components/differenceView.js";
import {exampleRows, headCard} from "../../src/components/headCard.js";
import {depthRuns, headFinder, studyRows, valueWithRank} from "../../src/components/headFinder.js";
import {syntaxSentence, syntaxTable} from "../../src/components/syntaxTable.js";
import type {HeadStudyResult} from "../../src/lib/heads/study.js";
import type {AttentionResult} from "../../src/lib/engine/attentionCalls.js";
import {markup} from "./snapshot.js";

beforeAll(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});

const [depths, heads] = [4, 2];
const tokens = ["[CLS]", "▁a", "▁cat", "[SEP]"];
const estimate = (mean: number) => ({mean, low: mean - 0.01, high: mean + 0.02});
const example = {text: "a cat", tokens, from: 2, weights: [0.1, 0.6, 0.2, 0.1]};

const study: HeadStudyResult = {
  model: "test model",
  depths,
  heads,
  corpus: "two cats",
  texts: 7,
  rows: 14,
  isComplete: true,
  measures: [
    {
      name: "entropy",
      unit: "nats",
      about: "how evenly a row is spread",
      values: [1, 1.2, 0.3, 0.9, 1.1, 1.3, 0.2, 0.1].map(estimate),
      reference: {name: "even attention", value: Math.log(4)}
    },
    {
      name: "previous",
      unit: null,
      about: "the piece before",
      values: [0.1, 0.9, 0.2, 0.2, 0.05, 0.1, 0.15, 0.412].map(estimate),
      reference: {name: "even attention", value: 0.25}
    }
  ],
  detected: [null, {pattern: "previous", excess: 0.86}, null, null, null, null, null, null],
  syntax: {
    chosenOn: 4,
    scoredOn: 3,
    offset: 1,
    baseline: 0.4,
    differences: [
      {mean: 0.1, low: 0.05, high: 0.2, p: 0.01},
      {mean: -0.3, low: -0.4, high: -0.2, p: 0.001}
    ],
    relations: [
      {
        relation: "obj",
        words: 40,
        head: 3,
        way: "own",
        accuracy: estimate(0.7),
        offset: -2,
        baseline: 0.5,
        difference: {mean: 0.2, low: 0.1, high: 0.3},
        p: 0.01
      },
      {
        relation: "det",
        words: 30,
        head: 0,
        way: "others",
        accuracy: estimate(0.8),
        offset: 1,
        baseline: 0.81,
        difference: {mean: -0.01, low: -0.1, high: 0.1},
        p: 1
      }
    ]
  },
  top: Array.from({length: 8}, () => [{...example, score: 0.6}]),
  sample: [
    {text: "a cat", tokens, from: 1, weights: Array.from({length: 8}, () => example.weights)}
  ]
};

const buttons = (node: Element) => [...node.querySelectorAll<HTMLButtonElement>("td button")];
const choose = (node: Element, index: number) => {
  const select = node.querySelector("select")!;
  select.value = String(index);
  select.dispatchEvent(new Event("change"));
};

describe("headFinder(study)", () => {
  test("a value has its interval and its rank", () => {
    expect(valueWithRank(study.measures[1]!, 7)).toBe("0.412 [0.402, 0.432], 2 of 8");
    expect(studyRows(study)).toHaveLength(16);
    expect(studyRows(study)[9]).toMatchObject({measure: "previous", depth: 1, head: 2, rank: 1});
  });

  test("depths without a head among the greatest fold together", () => {
    expect(depthRuns(6, (depth) => depth === 0 || depth === 4)).toEqual([
      [0, 0],
      [1, 3],
      [4, 4],
      [5, 5]
    ]);
    const node = headFinder(study, {layer: 0, head: 1});
    const slider = node.querySelector<HTMLInputElement>("input[type=range]")!;
    slider.value = "2";
    slider.dispatchEvent(new Event("input"));
    // 0.9 at depth 1 and 0.412 at depth 4 are the two greatest.
    expect(buttons(node)).toHaveLength(4);
    expect(node.textContent).toContain("2–3");
    expect(node.textContent).toContain("… 2 depths without any of them");
  });

  test("measure, selection by click and by keyboard", async () => {
    const node = headFinder(study, {layer: 0, head: 1});
    document.body.replaceChildren(node);
    const heard: unknown[] = [];
    node.addEventListener("input", () => heard.push(node.value));
    choose(node, 0);
    expect(heard).toEqual([]);
    expect(node.querySelector(".obs-readout")!.textContent).toMatch(
      /^depth 1, head 2: entropy 1\.200 \[1\.190, 1\.220\], 2 of 8 \(nats\) · even attention: 1\.39/
    );
    buttons(node)[0]!.focus();
    buttons(node)[0]!.dispatchEvent(
      new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})
    );
    expect(document.activeElement).toBe(buttons(node)[1]);
    buttons(node)[2]!.click();
    expect(heard).toHaveLength(1);
    expect(buttons(node).filter(({tabIndex}) => tabIndex === 0)).toHaveLength(1);
    await expect(markup(node)).toMatchFileSnapshot("./output/headFinder.html");
  });

  test("another study leaves the focus with the same head", () => {
    const node = headFinder(study, {layer: 0, head: 1});
    document.body.replaceChildren(node);
    const at = () => ({...(document.activeElement as HTMLElement).dataset});
    buttons(node)[4]!.focus();
    expect(at()).toEqual({layer: "3", head: "0"});
    const measures = study.measures.map((measure) => ({
      ...measure,
      values: [0, 0, 0, 0, 0, 0.1, 0.5, 0.9].map(estimate)
    }));
    node.update({...study, measures});
    expect(buttons(node)).toHaveLength(4);
    expect(at()).toEqual({layer: "3", head: "0"});
    document.body.replaceChildren();
  });
});

describe("headCard(study, head)", () => {
  test("measures with ranks, strongest and random rows; a sentence asks to be seen", async () => {
    const card = headCard(study, {layer: 0, head: 1});
    expect(card.textContent).toContain("the piece before (86% of what is possible)");
    const asked: string[] = [];
    card.addEventListener("obs-text", (event) =>
      asked.push((event as CustomEvent<{text: string}>).detail.text)
    );
    const examples = card.querySelectorAll<HTMLButtonElement>(".obs-example");
    expect(examples).toHaveLength(2);
    expect(examples[0]!.getAttribute("aria-label")).toMatch(/^cat looks most at a, 0\.60\./);
    examples[0]!.click();
    expect(asked).toEqual(["a cat"]);
    expect(exampleRows(study, {layer: 0, head: 1})).toHaveLength(8);
    await expect(markup(card)).toMatchFileSnapshot("./output/headCard.html");
  });
});

describe("syntaxTable(study, findings)", () => {
  test("says what is significant, and greys what is not", () => {
    const table = syntaxTable(study, study.syntax!);
    expect([...table.querySelectorAll("tbody tr")].map((row) => row.textContent)).toEqual([
      "obj object402.2 →0.70−20.50+0.20 [+0.10, +0.30]",
      "det article or determiner301.1 ←0.80+10.81−0.01 [−0.10, +0.10]"
    ]);
    expect(table.querySelectorAll("td.obs-muted")).toHaveLength(1);
    expect(syntaxSentence(study.syntax!)).toBe(
      "Beyond what distance explains: obj (object). Over all relations, 1 of 2 heads, looking or looked at, beats always looking +1 words away (40.0%). In grey: a difference that the choice of sentences alone explains."
    );
  });
});

describe("differenceView(a, b)", () => {
  const side = (names: string[], change = 0) => {
    const n = names.length;
    const data = new Float32Array(depths * heads * n * n).fill(1 / n);
    data[0]! += change;
    data[2]! -= change;
    const attention: AttentionResult = {
      tokens: names,
      wordIds: names.map(() => null),
      typeIds: names.map(() => 0),
      probs: {shape: [depths, heads, n, n], data},
      group: [0, 0, 0, 0],
      model: "test model"
    };
    const expected = names.map(() => [
      {piece: "▁cat", probability: 0.5 + change},
      {piece: "▁dog", probability: 0.5 - change}
    ]);
    return {attention, expected};
  };

  test("two equal sides differ in nothing", () => {
    const a = side(["[CLS]", "▁a", "[MASK]", "[SEP]"]);
    const view = differenceView(a, a);
    expect(view.textContent).toContain("There is no difference");
    expect(view.textContent).toContain("(the same pieces)");
    expect(differenceRows(a, a).every((row) => row["total variation"] === 0)).toBe(true);
    expect(view.textContent).toContain("Guesses at [MASK] (place 2): moved by 0");
  });

  test("shows the head that moved most, what is gone, and the guesses of both", async () => {
    const a = side(["[CLS]", "▁a", "[MASK]", "[SEP]"]);
    const b = side(["[CLS]", "▁the", "[MASK]", "[SEP]"], 0.2);
    const view = differenceView(a, b);
    expect(view.value).toEqual({layer: 0, head: 0});
    expect(view.querySelector("del")!.textContent).toBe("a");
    expect(view.querySelector("ins")!.textContent).toBe("the");
    expect(view.querySelector(".obs-guess-changes")!.textContent).toContain("cat0.500.70−0.200");
    buttons(view)[3]!.click();
    expect(view.value).toEqual({layer: 1, head: 1});
    await expect(markup(view)).toMatchFileSnapshot("./output/differenceView.html");
  });
});
