// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {parseRecipe} from "../../src/lib/recipe/recipe.js";
import {emptyLabel, type RunEntry} from "../../src/lib/store/runs.js";
import {differingWords, recipeWords} from "../../src/components/recipeWords.js";
import {runComparison} from "../../src/components/runComparison.js";
import {curveRows, runCurves, updateRunCurves} from "../../src/components/runCurves.js";
import {runPanel, tagsOf} from "../../src/components/runPanel.js";
import {runsTable} from "../../src/components/runsTable.js";
import {undoNote} from "../../src/components/undoNote.js";

function entry(id: string, change: Partial<RunEntry> = {}): RunEntry {
  return {
    id,
    hash: "0123456789ab",
    recipe: parseRecipe({}),
    source: {kind: "recipe"},
    corpus: "generated language",
    parameters: 4321,
    step: 50,
    steps: 90,
    checkpoints: [
      {step: 20, bytes: 10},
      {step: 50, bytes: 10}
    ],
    evaluation: null,
    loss: 3.5,
    versions: {backend: "wasm"},
    parent: null,
    color: 2,
    bytes: 5000,
    createdAt: "2026-01-01T00:00:00.000Z",
    savedAt: "2026-01-01T00:00:00.000Z",
    label: emptyLabel,
    hasText: true,
    ...change
  };
}

describe("recipeWords(recipe) and differingWords(recipes)", () => {
  test("say in words what is set otherwise than by default", () => {
    expect(recipeWords(parseRecipe({}))).toEqual([]);
    const words = recipeWords(parseRecipe({model: {sharing: "ffn"}, seed: 9}));
    expect(words).toEqual(["sharing across layers feed-forward", "seed 9"]);
  });

  test("name only what is not the same in all", () => {
    const [a, b] = [
      {seed: 9, steps: 10},
      {seed: 9, steps: 20}
    ].map((recipe) => parseRecipe({...recipe, schedule: {warmup_steps: 1}}));
    expect(differingWords([a!, b!])).toEqual([["steps 10"], ["steps 20"]]);
    expect(differingWords([a!, a!])).toEqual([["the same recipe"], ["the same recipe"]]);
    expect(differingWords([parseRecipe({})])).toEqual([["the default recipe"]]);
  });
});

test("a name that turns the direction of writing leaves the rest of the line of A − B as it is", () => {
  const compared = runComparison(400);
  const measured = (id: string, name: string) => ({
    run: entry(id, {label: {...emptyLabel, name}}),
    metrics: [],
    evaluations: []
  });
  compared.update([measured("a", "wide\u202e"), measured("b", "ריצה")]);
  const facts = [...compared.querySelectorAll(".obs-facts")].map((line) => line.textContent);
  expect(facts).toContain(
    "A: wide · B: \u2068ריצה\u2069 · below zero: A is ahead · dots: held-out rows"
  );
});

describe("runsTable()", () => {
  test("of thirty runs each is reached by the arrow keys, in the column of names and of ticks", () => {
    const table = runsTable();
    document.body.append(table);
    const runs = Array.from({length: 30}, (_, i) => entry(`run-${i}`));
    table.update({runs, inUse: new Set()});
    const press = (key: string) =>
      document.activeElement!.dispatchEvent(
        new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})
      );
    const named = () => (document.activeElement as HTMLElement).dataset.run;
    table.querySelector<HTMLElement>("[data-run='run-0']")!.focus();
    for (let i = 1; i < 30; ++i) {
      press("ArrowDown");
      expect(named()).toBe(`run-${i}`);
    }
    press("ArrowDown");
    expect(named()).toBe("run-29");
    press("Home");
    expect(named()).toBe("run-0");
    press("End");
    (document.activeElement as HTMLElement).click();
    expect(table.value.shown).toBe("run-29");
    // what comes in beside it leaves the focus where it is
    table.update({runs: [entry("fresh"), ...runs], inUse: new Set()});
    expect(named()).toBe("run-29");
    const ticks = [...table.querySelectorAll<HTMLInputElement>("input")];
    ticks[4]!.focus();
    press("ArrowUp");
    expect(document.activeElement).toBe(ticks[3]);
    table.remove();
  });

  test("ticks the newest few, keeps what was ticked, and takes up what is new", () => {
    const table = runsTable();
    document.body.append(table);
    const inUse = new Set(["b"]);
    const runs = ["a", "b", "c", "d"].map((id) => entry(id));
    table.update({runs, inUse});
    expect(table.value).toEqual({ticked: ["a", "b", "c"], shown: "a"});
    expect(table.querySelectorAll("tbody tr")[1]!.textContent).toContain("open in a tab");
    const boxes = () => [...table.querySelectorAll<HTMLInputElement>("tbody input")];
    boxes()[0]!.click();
    expect(table.value.ticked).toEqual(["b", "c"]);
    table.querySelectorAll<HTMLButtonElement>("tbody button")[3]!.click();
    expect(table.value.shown).toBe("d");
    table.update({runs: [entry("e"), ...runs.slice(1)], inUse});
    expect(table.value).toEqual({ticked: ["e", "b", "c"], shown: "d"});
    expect(boxes().map((box) => box.checked)).toEqual([true, true, true, false]);
    table.update({runs: runs.slice(0, 1), inUse});
    expect(table.value).toEqual({ticked: ["a"], shown: "a"});
  });

  test("filters thirty by name, tag, note and setting, and ticks what is shown", () => {
    const table = runsTable();
    document.body.append(table);
    const runs = Array.from({length: 30}, (_, i) =>
      entry(`run-${i}`, {
        recipe: parseRecipe({seed: i}),
        label: {...emptyLabel, tags: i % 2 ? ["odd"] : [], notes: i === 4 ? "Best of all" : ""}
      })
    );
    table.update({runs, inUse: new Set()});
    const filter = table.querySelector<HTMLInputElement>("input[type=search]")!;
    const press = (text: string) =>
      [...table.querySelectorAll("button")].find((each) => each.textContent === text)!.click();
    const shown = (words: string) => {
      filter.value = words;
      filter.dispatchEvent(new Event("input", {bubbles: true}));
      return [...table.querySelectorAll("tbody tr")]
        .filter((row) => !(row as HTMLElement).hidden)
        .map((row) => (row as HTMLElement).dataset.row);
    };
    expect(shown("best OF")).toEqual(["run-4"]);
    expect(shown("seed 17")).toEqual(["run-17"]);
    expect(shown("run-1 odd")).toEqual(["run-1", "run-11", "run-13", "run-15", "run-17", "run-19"]);
    expect(table.textContent).toContain("6 of 30 runs");
    press("Tick these");
    expect(table.value.ticked).toHaveLength(3 - 1 + 6); // run-1 was ticked from the start
    // arrows pass over what is not shown, and what comes in is filtered, too
    table.querySelector<HTMLElement>("[data-run='run-1']")!.focus();
    const key = {key: "ArrowDown", bubbles: true};
    document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", key));
    expect((document.activeElement as HTMLElement).dataset.run).toBe("run-11");
    table.update({runs: [entry("new"), ...runs], inUse: new Set()});
    expect(shown(filter.value)).toHaveLength(6);
    expect((document.activeElement as HTMLElement).dataset.run).toBe("run-11");
    shown("");
    press("Untick these");
    expect(table.value.ticked).toEqual([]);
    table.update({runs: runs.slice(0, 3), inUse: new Set()});
    expect(filter.closest("div")!.hidden).toBe(true);
    table.remove();
  });

  test("an archive of many ticks few of them, and a box that has the focus keeps it", () => {
    const table = runsTable();
    document.body.append(table);
    table.update({runs: [entry("a")], inUse: new Set()});
    table.querySelector<HTMLInputElement>("tbody input")!.focus();
    const many = Array.from({length: 30}, (_, i) => entry(`run-${i}`));
    table.update({runs: [...many, entry("a")], inUse: new Set()});
    expect(table.value.ticked).toEqual(["run-0", "run-1", "run-2", "a"]);
    expect(document.activeElement!.getAttribute("aria-label")).toBe("draw a");
    table.focusRun("run-7");
    expect((document.activeElement as HTMLElement).dataset.run).toBe("run-7");
    table.remove();
  });

  test("shows names and tags as text, whatever they hold", () => {
    const table = runsTable();
    const evil = '<img src=x onerror="alert(1)">';
    const label = {...emptyLabel, name: evil, tags: [evil]};
    table.update({runs: [entry("a", {label})], inUse: new Set()});
    expect(table.querySelector("img")).toBeNull();
    expect(table.textContent).toContain(evil);
  });
});

describe("runPanel()", () => {
  test("asks for a branch from a checkpoint, newest first, and for new words", () => {
    const panel = runPanel();
    panel.update(entry("a"), false);
    const steps = [...panel.querySelectorAll("option")].map((option) => option.value);
    expect(steps).toEqual(["50", "20"]);
    panel.querySelector("select")!.value = "20";
    panel.querySelector("form")!.dispatchEvent(new Event("submit", {cancelable: true}));
    expect(panel.value).toEqual({
      kind: "branch",
      id: "a",
      step: 20,
      changes: {steps: 90, learning_rate: parseRecipe({}).optimizer.learning_rate}
    });
    const tags = panel.querySelectorAll<HTMLInputElement>(".obs-run-fields input")[1]!;
    tags.value = " x, y,,x ";
    tags.dispatchEvent(new Event("change"));
    expect(panel.value).toEqual({kind: "label", id: "a", change: {tags: ["x", "y"]}});
    expect(tagsOf("")).toEqual([]);
    expect(panel.querySelector("a")!.getAttribute("href")).toBe("./pretrain?run=a");
    panel.update(null, false);
    expect(panel.hidden).toBe(true);
  });

  test("a name that was given leaves the focus and a half-filled branch where they are", () => {
    const panel = runPanel();
    document.body.append(panel);
    panel.update(entry("a"), false);
    const rate = panel.querySelector<HTMLInputElement>("form input")!;
    rate.value = "0.5";
    const from = panel.querySelector("select")!;
    from.focus();
    panel.update(entry("a", {label: {...emptyLabel, name: "first", notes: "n"}}), false);
    expect(document.activeElement).toBe(from);
    expect(rate.value).toBe("0.5");
    expect(panel.querySelector("h3")!.textContent).toBe("first");
    expect(panel.querySelector("textarea")!.value).toBe("n");
    // a step more is another panel, with the focus at the same control
    panel.update(entry("a", {step: 60}), false);
    expect(panel.querySelector("select")).not.toBe(from);
    expect(document.activeElement).toBe(panel.querySelector("select"));
    panel.remove();
  });

  test("asks for the text that an imported run came without", () => {
    const panel = runPanel();
    const source = {kind: "file", name: "novel.txt"} as const;
    panel.update(entry("a", {source, hasText: false}), false);
    expect(panel.textContent).toContain("came without its text novel.txt");
    panel.update(entry("a", {source, hasText: true}), false);
    expect(panel.textContent).not.toContain("came without its text");
  });
});

describe("updateRunCurves(chart, runs, options)", () => {
  const metrics = [1, 2, 3].map((step) => ({
    step,
    loss: 5,
    mlmLoss: 6 - step,
    sentenceLoss: null,
    mlmAccuracy: 0,
    sentenceAccuracy: null,
    learningRate: 0.1,
    gradientNorm: 1,
    tokensPerSecond: 1,
    memoryBytes: 1
  }));
  const runs = [
    {run: entry("a"), metrics, evaluations: []},
    {run: entry("b", {color: 4}), metrics: metrics.slice(1), evaluations: []}
  ];

  test("draws a raw and a smoothed line of each run in its own colour", () => {
    const chart = runCurves(640);
    updateRunCurves(chart, runs, {metric: "mlmLoss", smoothing: 0.5});
    const stroke = (selector: string) =>
      [...chart.querySelectorAll(selector)].map((path) => path.getAttribute("stroke"));
    expect(stroke("path.obs-smooth").map((color) => color!.slice(0, 12))).toEqual([
      "var(--obs-c2",
      "var(--obs-c4"
    ]);
    expect(stroke("path.obs-raw")).toHaveLength(2);
    updateRunCurves(chart, runs.slice(0, 1), {metric: "mlmLoss", smoothing: 0});
    expect(stroke("path.obs-raw")).toHaveLength(1);
    expect(stroke("path.obs-smooth")).toHaveLength(0);
    expect(curveRows(runs, "mlmLoss")).toEqual([
      {run: "a", step: 1, mlmLoss: 5},
      {run: "a", step: 2, mlmLoss: 4},
      {run: "a", step: 3, mlmLoss: 3},
      {run: "b", step: 2, mlmLoss: 4},
      {run: "b", step: 3, mlmLoss: 3}
    ]);
  });
});

describe("undoNote(options)", () => {
  test("brings one back, or removes it for good", () => {
    const asked: string[] = [];
    const note = undoNote({
      undo: (id) => asked.push(`undo ${id}`),
      purge: (ids) => asked.push(`purge ${ids.join()}`)
    });
    note.update({deleted: [entry("a")], problems: [{id: "b", message: "not JSON"}]});
    for (const button of note.querySelectorAll("button")) button.click();
    expect(asked).toEqual(["undo a", "purge a", "purge b"]);
    expect(note.textContent).toContain("The run b cannot be read: not JSON.");
    document.body.append(note);
    note.focusRun("a");
    const undo = note.querySelector("button")!;
    expect(document.activeElement).toBe(undo);
    note.update({deleted: [entry("a")], problems: [{id: "b", message: "not JSON"}]});
    expect(document.activeElement).toBe(undo);
    note.update({deleted: [], problems: []});
    expect(note.hidden).toBe(true);
    note.remove();
  });
});
