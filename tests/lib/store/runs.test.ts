import {describe, expect, test} from "vitest";
import {metricsRow} from "../../../src/lib/engine/metrics.js";
import type {Evaluation, StepMetrics} from "../../../src/lib/engine/trainingCalls.js";
import {parseRecipe} from "../../../src/lib/recipe/recipe.js";
import {
  comparisonRows,
  lossDifference,
  recipeDifferences
} from "../../../src/lib/store/compareRuns.js";
import {memoryRoot} from "../../../src/lib/store/files.js";
import {keptSteps, mostCheckpoints} from "../../../src/lib/store/retention.js";
import {
  colorsFromElsewhere,
  listRuns,
  nextColor,
  purgeDeleted,
  readHistory,
  writeHistory,
  writeLabel,
  writeRecord,
  type RunRecord
} from "../../../src/lib/store/runs.js";
import {newestRun} from "../../../src/lib/store/runNames.js";

const record = (id: string, change: Partial<RunRecord> = {}): RunRecord => ({
  version: 2,
  id,
  hash: "0123456789ab",
  recipe: parseRecipe({steps: 90}),
  source: {kind: "recipe"},
  corpus: "generated language",
  parameters: 1234,
  step: 40,
  steps: 90,
  checkpoints: [{step: 40, bytes: 10}],
  evaluation: null,
  loss: 3.5,
  versions: {backend: "wasm"},
  parent: null,
  color: 0,
  bytes: 50,
  createdAt: `2026-01-0${id.length}T00:00:00.000Z`,
  savedAt: `2026-02-0${id.length}T00:00:00.000Z`,
  ...change
});

const row = (step: number, mlmLoss: number): StepMetrics => ({
  step,
  loss: mlmLoss + 0.7,
  mlmLoss,
  sentenceLoss: step % 2 ? 0.7 : null,
  mlmAccuracy: 1 / 3,
  sentenceAccuracy: null,
  learningRate: 1e-7,
  gradientNorm: 12.25,
  tokensPerSecond: 12345.678,
  memoryBytes: 2 ** 40
});

const evaluation = (step: number, mlmLoss: number): Evaluation => ({
  step,
  mlmLoss,
  mlmAccuracy: 0.25,
  mlmAccuracyInterval: [0.2, 0.3],
  maskedCount: 99,
  sentenceLoss: null,
  sentenceAccuracy: null,
  sentenceCount: 0
});

describe("the manifest of runs", () => {
  test("lists the newest first, with the reader's words, and forgets the deleted for good in time", async () => {
    const root = memoryRoot();
    for (const id of ["a", "bb", "ccc"]) await writeRecord(root.folder(id), record(id));
    await writeLabel(root, "bb", {name: "mine", tags: ["x", "y"]});
    await writeLabel(root, "bb", {notes: "good"});
    await writeLabel(root, "ccc", {deletedAt: "2026-03-01T00:00:00.000Z"});
    const {runs} = await listRuns(root);
    expect(runs.map(({id}) => id)).toEqual(["ccc", "bb", "a"]);
    expect(runs[1]!.label).toEqual({
      name: "mine",
      tags: ["x", "y"],
      notes: "good",
      deletedAt: null
    });
    expect(runs[1]!.recipe.steps).toBe(90);
    expect(newestRun(runs, null)!.id).toBe("bb");
    expect(newestRun(runs, "a")!.id).toBe("a");
    expect(newestRun(runs, "ccc")).toBeNull();
    await purgeDeleted(root, new Date("2026-02-01"));
    expect(await root.folders()).toContain("ccc");
    await purgeDeleted(root, new Date("2026-04-01"));
    expect(await root.folders()).toEqual(["a", "bb"]);
  });

  test("gives every digit of the metrics back", async () => {
    const store = memoryRoot().folder("a");
    const metrics = [row(1, 6.123456789012345), row(2, 1 / 3)];
    const evaluations = [evaluation(0, 7), evaluation(2, 6.5)];
    await writeHistory(store, metrics, evaluations);
    expect(await readHistory(store)).toEqual({metrics, evaluations});
    expect(metricsRow(metrics[1]!).sentence_loss).toBeNull();
  });

  test("knows whether a run has the text it was trained on", async () => {
    const root = memoryRoot();
    const source = {kind: "file", name: "t.txt"} as const;
    await writeRecord(root.folder("a"), record("a", {source}));
    expect((await listRuns(root)).runs[0]!.hasText).toBe(false);
    await root.folder("a").write("text.bin", new Uint8Array([97]));
    expect((await listRuns(root)).runs[0]!.hasText).toBe(true);
  });

  test("gives each run a colour of its own as long as there are some", () => {
    const runs: {color: number}[] = [];
    for (let i = 0; i < 9; ++i) runs.push({color: nextColor(runs)});
    expect(runs.map(({color}) => color)).toEqual([0, 1, 2, 3, 4, 5, 6, 0, 1]);
    expect(nextColor([{color: 0}, {color: 2}])).toBe(1);
  });

  test("leaves runs from elsewhere their colours where no run here is taken for them", () => {
    const here = [{color: 0}, {color: 2}];
    expect(colorsFromElsewhere([], [3, 3, 0])).toEqual([3, 3, 0]);
    expect(colorsFromElsewhere(here, [1, 6])).toEqual([1, 6]);
    // the second keeps what the first would have taken
    expect(colorsFromElsewhere(here, [0, 1, 2])).toEqual([3, 1, 4]);
    const all = [0, 1, 2, 3, 4, 5, 6].map((color) => ({color}));
    expect(colorsFromElsewhere(all, [4])).toEqual([4]);
    expect(colorsFromElsewhere([...all, {color: 4}], [4])).toEqual([0]);
    for (const said of [undefined, null, "1", 7, -1, 0.5, NaN, Infinity])
      expect(colorsFromElsewhere(here, [said]), String(said)).toEqual([1]);
  });
});

describe("keptSteps(steps, most)", () => {
  test("keeps the first, the newest two, and between them ever larger steps", () => {
    const steps: number[] = [];
    let kept: number[] = [];
    for (let step = 10; step <= 4000; step += 10) {
      kept = keptSteps([...kept, step], 8);
      steps.push(step);
      expect(kept.length).toBe(Math.min(8, steps.length));
      expect(kept.slice(-2)).toEqual(steps.slice(-2));
      expect(kept[0]).toBe(10);
    }
    // Six of them span 400 times the first step: the best are 3.3 times apart.
    const factors = kept.slice(1, -1).map((step, i) => step / kept[i]!);
    expect(Math.max(...factors)).toBeLessThan(8);
    expect(kept[2]!).toBeLessThan(400);
    expect(keptSteps([1, 2, 3], 1)).toEqual([2, 3]);
    expect(keptSteps([5], 6)).toEqual([5]);
  });

  test("keeps fewer of large ones, never less than two", () => {
    expect(mostCheckpoints(1e6)).toBe(16);
    expect(mostCheckpoints(16e6)).toBe(4);
    expect(mostCheckpoints(1e9)).toBe(2);
  });
});

describe("comparing two runs", () => {
  test("recipeDifferences names every field that differs, also those that only one has", () => {
    const a = parseRecipe({seed: 2, corpus: {path: "a.txt"}});
    const b = parseRecipe({seed: 3, corpus: {generate: {documents: 40}}, model: {sharing: "none"}});
    expect(recipeDifferences(a, b).map(({key, a: x, b: y}) => [key, x, y])).toEqual(
      expect.arrayContaining([
        ["model.sharing", "all", "none"],
        ["corpus.path", "a.txt", undefined],
        ["corpus.generate.documents", undefined, 40],
        ["seed", 2, 3]
      ])
    );
    expect(recipeDifferences(a, a)).toEqual([]);
  });

  test("lossDifference is A − B at the steps that both have", () => {
    const a = [row(1, 6), row(2, 5), row(4, 4)];
    const b = [row(2, 5.5), row(3, 1), row(4, 3)];
    expect(lossDifference(a, b)).toEqual([
      {step: 2, difference: -0.5},
      {step: 4, difference: 1}
    ]);
  });

  test("comparisonRows subtracts numbers and leaves the rest side by side", async () => {
    const root = memoryRoot();
    await writeRecord(root.folder("a"), record("a", {evaluation: evaluation(40, 5)}));
    await writeRecord(root.folder("bb"), record("bb", {corpus: "my text"}));
    const {runs} = await listRuns(root);
    const rows = new Map(comparisonRows(runs[1]!, runs[0]!).map((r) => [r.quantity, r]));
    expect(rows.get("parameters")).toMatchObject({a: 1234, b: 1234, difference: 0});
    expect(rows.get("held-out masked loss (nats)")).toMatchObject({
      a: 5,
      b: null,
      difference: null
    });
    expect(rows.get("text")).toMatchObject({b: "my text", difference: null});
  });
});
