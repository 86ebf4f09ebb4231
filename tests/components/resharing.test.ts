// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {isOffered} from "../../src/components/offer.js";
import {resharingForm} from "../../src/components/resharingForm.js";
import {driftCurves, resharingView} from "../../src/components/resharingView.js";
import {taskGrid, gridRows} from "../../src/components/taskGrid.js";
import type {ReshareArm} from "../../src/lib/experiments/measures.js";
import {accuracyGrid} from "../../src/lib/experiments/taskScores.js";
import type {RunRecord} from "../../src/lib/experiments/record.js";
import {markup} from "./snapshot.js";

const arm = (change: string, drift: [number, number]): ReshareArm => ({
  change,
  parameters: 1200,
  points: [
    {step: 0, mlmLoss: 3, drift: [0, 0]},
    {step: 20, mlmLoss: 2.5, drift}
  ],
  diverged: null
});

describe("resharingView(arms)", () => {
  test("draws the loss of every arm, and how far each depth of the last moved, in percent", () => {
    const last = arm("depth 1 untied", [0.02, 0.05]);
    const view = resharingView([arm("as it was", [0.01, 0.01]), last]);
    const figures = view.querySelectorAll("figure");
    expect(figures).toHaveLength(2);
    expect(figures[0]!.textContent).toContain("as it was: 1,200 parameters");
    expect(figures[1]!.textContent).toContain("How far each depth moves: depth 1 untied");
    expect(driftCurves(last)[1]!.points).toEqual([
      {x: 0, y: 0},
      {x: 20, y: 5}
    ]);
  });
});

describe("resharingForm(options)", () => {
  const make = (isShared: boolean) => {
    const view = resharingForm({depths: 2, run: {name: "mine", depths: 3, isShared}});
    document.body.replaceChildren(view); // radios speak only in a document
    return view;
  };
  const labels = (view: Element) =>
    [...view.querySelectorAll("fieldset")[1]!.querySelectorAll("label")].map((l) => l.textContent);
  const pick = (view: Element, label: string) =>
    [...view.querySelectorAll("label")]
      .find((l) => l.textContent === label)!
      .querySelector("input")!
      .click();

  test("begins as a link says where that is offered, and tells every choice", () => {
    const told: unknown[] = [];
    const begin = (model: "shared" | "apart" | "run", change: string) => {
      const initial = {model, change};
      const options = {
        depths: 2,
        run: null,
        initial,
        onChoice: (words: object) => told.push(words)
      };
      const view = resharingForm(options);
      document.body.replaceChildren(view);
      return view;
    };
    const chosen = (view: Element) =>
      [...view.querySelectorAll<HTMLInputElement>("input:checked")].map(({value}) => value);
    expect(chosen(begin("apart", "keep"))).toEqual(["apart", "keep"]);
    expect(chosen(begin("run", "9"))).toEqual(["shared", "1"]);
    pick(begin("shared", "2"), "untie all");
    expect(told).toEqual([{model: "shared", change: "untie"}]);
  });

  test("offers what can be done to each model", () => {
    const view = make(false);
    expect(labels(view)).toEqual([
      "untie depth 1",
      "untie depth 2",
      "untie all",
      "leave it as it is"
    ]);
    pick(view, "nothing shared");
    expect(labels(view)).toEqual(["tie all", "leave it as it is"]);
    pick(view, "my run mine");
    expect(labels(view)).toEqual(["tie all", "leave it as it is"]);
    const shared = make(true);
    pick(shared, "my run mine");
    expect(labels(shared)).toContain("untie depth 3");
  });

  test("Go on tells what was asked, Stop asks for nothing", () => {
    const view = make(true);
    const seen: unknown[] = [];
    view.addEventListener("input", () => seen.push(view.value));
    const button = (label: string) =>
      [...view.querySelectorAll("button")].find((b) => b.textContent === label)!;
    button("Go on").click();
    pick(view, "untie depth 2");
    button("Go on").click();
    view.show("training", 0.5, true);
    expect(isOffered(button("Go on"))).toBe(false);
    button("Stop").click();
    expect(seen).toEqual([{start: "shared", change: 0}, {start: "shared", change: 1}, null]);
    expect(view.querySelector("progress")!.value).toBe(0.5);
  });
});

describe("accuracyGrid and taskGrid", () => {
  const score = (accuracy: number) => ({loss: 1, accuracy, count: 100});
  const record = (name: string, seed: number, nsp: number | null): RunRecord =>
    ({
      cell: {case: name},
      seed,
      measures: {
        tasks: {
          mlm: score(0.4 + 0.001 * seed),
          ngram: score(0.3),
          nsp: nsp === null ? null : score(nsp + 0.004 * seed),
          sop: null
        }
      }
    }) as unknown as RunRecord;
  const seeds = [1, 2, 3, 4, 5];
  const groups = new Map([
    ["none", seeds.map((s) => record("none", s, null))],
    ["nsp", seeds.map((s) => record("nsp", s, 0.7))],
    ["luck", seeds.map((s) => record("luck", s, s % 2 ? 0.44 : 0.54))]
  ]);
  const tasks = [
    {key: "mlm" as const, name: "hidden words", chance: null},
    {key: "nsp" as const, name: "next sentence", chance: 0.5}
  ];
  const grid = accuracyGrid(groups, tasks);
  const rows = [...grid].map(([name, scores]) => ({name: String(name), scores}));

  test("tells what is above guessing from what seeds explain, and from what is not there", () => {
    expect(grid.get("none")![1]).toBeNull();
    expect(grid.get("nsp")![1]).toMatchObject({isChance: false, n: 5});
    expect(grid.get("nsp")![1]!.mean).toBeCloseTo(0.712, 10);
    expect(grid.get("luck")![1]!.isChance).toBe(true);
  });

  test("writes every score with its interval and hatches luck", async () => {
    const svg = taskGrid(rows, tasks, {label: "accuracy", width: 500});
    expect(svg.querySelectorAll(".obs-hatched")).toHaveLength(1);
    expect(svg.textContent).toContain("71.2");
    expect(svg.textContent).toContain("no head for it");
    expect(svg.getAttribute("aria-label")).toContain("luck: hidden words 40.3%");
    expect(svg.getAttribute("aria-label")).toContain("(not told from guessing)");
    expect(gridRows(rows, tasks)[1]).toMatchObject({"trained with": "none", accuracy: null});
    await expect(markup(svg)).toMatchFileSnapshot("./output/taskGrid.svg");
    const narrow = taskGrid(rows, tasks, {label: "accuracy", width: 320});
    const names = [...narrow.querySelectorAll("text[text-anchor='start']")];
    expect(names.map(({textContent}) => textContent)).toEqual(rows.map(({name}) => name));
  });
});
