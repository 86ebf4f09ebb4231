// @vitest-environment jsdom
import {describe, expect, test, vi} from "vitest";
import {calibrationChart, calibrationRows} from "../../src/components/calibrationChart.js";
import {classTable} from "../../src/components/classTable.js";
import {confusionMatrix, confusionRows} from "../../src/components/confusionMatrix.js";
import {errorList} from "../../src/components/errorList.js";
import {fineTuneControls, scoresOf} from "../../src/components/followFineTuning.js";
import {scoreRows, scoreTable} from "../../src/components/scoreTable.js";
import {taskAnswer} from "../../src/components/taskAnswer.js";
import {taskForm} from "../../src/components/taskForm.js";
import type {FineTuneSummary} from "../../src/lib/engine/fineTuning/protocol.js";
import {generatedTasks} from "../../src/lib/finetune/generated.js";
import {parseFineTuneRecipe} from "../../src/lib/finetune/recipe.js";
import {fineTuneTasks} from "../../src/lib/finetune/tasks.js";
import {calibration} from "../../src/lib/glue/classification.js";
import {markup} from "./snapshot.js";

describe("confusionMatrix(data)", () => {
  const data = {
    labels: ["entailment", "neutral", "contradiction"],
    counts: [
      [30, 8, 2],
      [5, 40, 5],
      [0, 10, 50]
    ]
  };

  test("draws a cell for each pair, the diagonal outlined, and says how many are right", async () => {
    const view = confusionMatrix(data);
    expect(view.querySelectorAll("rect")).toHaveLength(9);
    expect(view.querySelector("svg")!.getAttribute("aria-label")).toContain("120 of 150 examples");
    expect(view.textContent).toContain(
      "true neutral, predicted contradiction: 5 (10.0% of neutral)"
    );
    await expect(markup(view)).toMatchFileSnapshot("./output/confusionMatrix.html");
  });

  test("confusionRows has every pair", () => {
    expect(confusionRows(data)[5]).toEqual({
      truth: "neutral",
      predicted: "contradiction",
      examples: 5
    });
  });
});

describe("calibrationChart(data)", () => {
  const data = calibration(
    [0.95, 0.9, 0.97, 0.6, 0.55, 0.62],
    [true, true, false, true, false, false]
  );

  test("draws a dot for each bin that holds examples", async () => {
    const view = calibrationChart(data);
    expect(view.querySelectorAll("circle")).toHaveLength(calibrationRows(data).length);
    await expect(markup(view)).toMatchFileSnapshot("./output/calibrationChart.html");
  });

  test("a bin that is always right sits at the top, whatever its confidence", () => {
    const chart = calibrationChart(calibration([0.55], [true])).querySelector("circle")!;
    expect(Number(chart.getAttribute("cy"))).toBe(24);
  });
});

test("classTable shows shares and counts", () => {
  const view = classTable([{name: "PER", precision: 0.5, recall: 0.25, f1: 1 / 3, support: 1234}]);
  expect(view.textContent).toMatch(/PER50.0%25.0%33.3%1,234/);
});

describe("errorList(errors, wrong)", () => {
  const errors = Array.from({length: 9}, (_, i) => ({
    text: i === 0 ? "<img src=x onerror=alert(1)>" : `text ${i}`,
    pair: null,
    truth: "positive",
    predicted: "negative",
    confidence: 0.9,
    loss: 3 - i / 9
  }));

  test("shows six, the others on demand, and markup as text", () => {
    const view = errorList(errors, 20);
    const shown = () => [...view.querySelectorAll("li")].filter((item) => !item.hidden).length;
    expect(view.querySelector("img")).toBeNull();
    expect(view.textContent).toContain("<img src=x");
    expect(shown()).toBe(6);
    view.querySelector("button")!.click();
    expect(shown()).toBe(9);
  });

  test("says so where nothing is wrong", () => {
    expect(errorList([], 0).textContent).toMatch(/No dev example is wrong/);
  });
});

describe("taskAnswer", () => {
  test("marks entities in the text as it was written", () => {
    const text = "Mara Lund went to  Brennick.";
    const words = [
      {text: "Mara", tag: "B-PER", start: 0, end: 4},
      {text: "Lund", tag: "I-PER", start: 5, end: 9},
      {text: "went", tag: "O", start: 10, end: 14},
      {text: "to", tag: "O", start: 15, end: 17},
      {text: "Brennick", tag: "B-LOC", start: 19, end: 27},
      {text: ".", tag: "O", start: 27, end: 28}
    ];
    const view = taskAnswer({kind: "tags", words}, text, null);
    const marks = [...view.querySelectorAll("mark")].map((mark) => mark.textContent);
    expect(marks).toEqual(["Mara LundPER", "BrennickLOC"]);
    expect(view.textContent).toBe("Mara LundPER went to  BrennickLOC.");
  });

  test("marks an answer in its context, and says where there is none", () => {
    const view = taskAnswer({kind: "answers", text: "roses", start: 4}, "what?", "the roses grew");
    expect(view.querySelector("mark")!.textContent).toBe("roses");
    const none = taskAnswer({kind: "answers", text: "", start: -1}, "what?", "the roses grew");
    expect(none.textContent).toMatch(/no answer/);
  });

  test("sorts classes by probability", () => {
    const probabilities = [
      {label: "no", probability: 0.2},
      {label: "yes", probability: 0.8}
    ];
    const view = taskAnswer({kind: "classification", probabilities}, "x", null);
    expect(view.textContent).toBe("yes80.0%no20.0%");
  });
});

const summary: FineTuneSummary = {
  recipe: parseFineTuneRecipe({}).recipe,
  task: "mrpc",
  taskName: "MRPC",
  scoreName: "combined",
  kind: "classification",
  labels: ["0", "1"],
  model: "stored model",
  start: "pretrained",
  train: {name: "generated", examples: 80},
  dev: {name: "generated", examples: 20},
  classCounts: [10, 10],
  steps: 40,
  stepsPerEpoch: 10,
  parameters: 1000,
  executor: "plan",
  baselines: [{name: "majority class", how: "", metrics: {accuracy: 0.5, f1: 0}, score: 0.25}],
  notes: []
};
const score = (value: number) => ({
  metrics: {accuracy: value, f1: value, combined: value},
  score: value,
  loss: 0.5,
  examples: 20
});

describe("scores", () => {
  test("stand beside the baselines, of 100", () => {
    const best = {step: 30, dev: score(0.75), train: score(0.9), isBest: true};
    expect(scoreRows(summary, best)).toEqual([
      {name: "this model, step 30", accuracy: 75, f1: 75, combined: 75},
      {name: "majority class", accuracy: 50, f1: 0}
    ]);
    expect(scoreTable(summary, best).textContent).toContain("majority class500–");
    expect(scoreTable(summary, best, () => [0.25, 0.75]).textContent).toContain(
      "majority class50 [25, 75]0–"
    );
    const chart = scoresOf(summary, [best]);
    expect(chart.rows).toEqual([{step: 30, dev: 75, train: 90}]);
    expect(chart.baselines).toEqual([{label: "majority class", value: 25}]);
  });

  test("controls say what a run is doing", () => {
    const state = {
      summary,
      rows: [],
      evaluations: [],
      report: null,
      savedStep: null,
      message: null,
      progress: {phase: "computing the baselines", fraction: null}
    };
    expect(fineTuneControls({...state, phase: "preparing"}).status).toBe("computing the baselines");
    expect(fineTuneControls({...state, phase: "finished"}).phase).toBe("done");
  });
});

describe("taskForm", () => {
  const options = {tasks: fineTuneTasks, generated: generatedTasks, sizes: [100, 400, 1600]};

  test("starts with generated rows and tells of each change once", () => {
    const form = taskForm(options);
    expect(form.value).toEqual({
      task: "sst2",
      start: "pretrained",
      source: {kind: "generated", seed: 1, train: 400, dev: 100}
    });
    document.body.append(form);
    const told = vi.fn();
    form.addEventListener("input", told);
    const random = [...form.querySelectorAll("input")].find(({value}) => value === "random")!;
    random.click();
    expect(form.value.start).toBe("random");
    expect(told).toHaveBeenCalledTimes(1);
  });

  test("offers the columns of an address when asked, and says why it cannot", async () => {
    const columnsOf = vi
      .fn()
      .mockResolvedValueOnce(["body", "topic"])
      .mockRejectedValueOnce(new Error("it answered 404"));
    const form = taskForm({...options, initial: "classification", columnsOf});
    document.body.append(form);
    [...form.querySelectorAll("input")].find(({value}) => value === "address")!.click();
    const address = form.querySelector<HTMLInputElement>("input[type=url]")!;
    address.value = "https://example.org/a.parquet";
    expect(columnsOf).not.toHaveBeenCalled();
    const look = [...form.querySelectorAll("button")].find((b) => /columns/.test(b.textContent!))!;
    look.click();
    await vi.waitFor(() => expect(form.textContent).toContain("Columns: body, topic"));
    expect(columnsOf).toHaveBeenCalledExactlyOnceWith({url: address.value});
    expect([...form.querySelectorAll("option")].map(({value}) => value)).toContain("topic");
    look.click();
    await vi.waitFor(() => expect(form.textContent).toContain("it answered 404"));
    form.remove();
  });

  test("has no rows for a task that is not generated until a file is given", () => {
    const form = taskForm(options);
    const select = form.querySelector("select")!;
    select.value = "qqp";
    select.dispatchEvent(new Event("change", {bubbles: true}));
    expect(form.value.source).toBeNull();
    expect(form.textContent).toContain("The grammar does not write this task");
  });
});
