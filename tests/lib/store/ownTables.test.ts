import {describe, expect, test} from "vitest";
import {keepFineTuning} from "../../../src/lib/engine/fineTuning/keep.js";
import type {FineTuneState} from "../../../src/lib/engine/fineTuning/sessionState.js";
import {probeKeeper} from "../../../src/lib/engine/probing/keep.js";
import type {TimedRecord} from "../../../src/lib/experiments/record.js";
import {rowsOf, type Cell, type Table} from "../../../src/lib/glue/table.js";
import {parseFineTuneRecipe} from "../../../src/lib/finetune/recipe.js";
import {parseRecipe} from "../../../src/lib/recipe/recipe.js";
import {memoryRoot, memoryStore} from "../../../src/lib/store/files.js";
import {Provenance} from "../../../src/lib/store/provenance.js";
import {tablesIn} from "../../../src/lib/store/tablesIn.js";
import {
  keepRecord,
  readRecords,
  type FineTuneRecord,
  type ProbeRecord
} from "../../../src/lib/store/records.js";
import {ownTableNames, ownTables, type OwnStores} from "../../../src/lib/store/ownTables.js";
import {failing} from "../engine/hostPort.js";
import {writeHistory, writeLabel, writeRecord} from "../../../src/lib/store/runs.js";

const stores = (): OwnStores => ({
  runs: memoryRoot(),
  sweeps: memoryStore(),
  fineTuning: memoryStore(),
  probes: memoryStore()
});
const rows = (tables: Table[], name: string) =>
  rowsOf<Record<string, Cell>>(tables.find((table) => table.name === name)!);

/** What probing for one property gives. */
function probed() {
  const depth = (accuracy: number[]) => ({
    accuracy,
    control: accuracy.map((share) => share / 2),
    online: accuracy.map(() => 100),
    uniform: accuracy.map(() => 250)
  });
  return {
    tasks: [
      {
        id: "number",
        classes: ["Sing", "Plur"],
        trainRows: [40, 41],
        testRows: [20, 21],
        majority: [0.5, 0.5],
        form: [0.7, 0.7],
        depths: [depth([0.6, 0.7]), depth([0.8, 0.9])]
      }
    ],
    skipped: [],
    source: "the generated language",
    isFresh: true,
    settings: {tasks: ["number"], rows: 40, seeds: 2},
    seeds: 2,
    notes: [],
    model: "laptop"
  };
}

/** A fine-tuning run as the page has it when it is done. */
const tuned = {
  phase: "finished",
  summary: {
    recipe: parseFineTuneRecipe({seed: 7}).recipe,
    task: "mnli",
    taskName: "MNLI",
    scoreName: "accuracy",
    kind: "classification",
    labels: ["a", "b"],
    model: "laptop",
    start: "random",
    train: {name: "mine.tsv", examples: 20},
    dev: {name: "dev.tsv", examples: 9},
    classCounts: [4, 5],
    steps: 3,
    stepsPerEpoch: 3,
    parameters: 77,
    executor: "plan",
    baselines: [],
    notes: []
  },
  rows: [{step: 1, loss: 0.7, learningRate: 0.1, gradientNorm: 2, tokensPerSecond: 50}],
  evaluations: [
    {
      step: 1,
      isBest: true,
      dev: {
        metrics: {accuracy: 5 / 9, matthews_correlation: 0.1},
        score: 5 / 9,
        loss: 0.6,
        examples: 9
      },
      train: {metrics: {accuracy: 0.5}, score: 0.5, loss: 0.5, examples: 20}
    }
  ],
  report: null,
  progress: null,
  message: null
} as unknown as FineTuneState;

async function filled(): Promise<OwnStores> {
  const own = stores();
  const run = own.runs.folder("run-a");
  await writeHistory(
    run,
    [
      {
        step: 1,
        loss: 3,
        mlmLoss: 2.5,
        sentenceLoss: null,
        mlmAccuracy: 0.25,
        sentenceAccuracy: null,
        learningRate: 0.01,
        gradientNorm: 1,
        tokensPerSecond: 900,
        memoryBytes: 1
      }
    ],
    [
      {
        step: 1,
        mlmLoss: 2.4,
        mlmAccuracy: 0.5,
        mlmAccuracyInterval: [0.4, 0.6],
        maskedCount: 30,
        sentenceLoss: null,
        sentenceAccuracy: null,
        sentenceCount: 0
      }
    ]
  );
  for (const id of ["run-a", "run-b"])
    await writeRecord(own.runs.folder(id), {
      version: 2,
      id,
      hash: "0123456789ab",
      recipe: parseRecipe({objective: {sentence: "none"}}),
      source: {kind: "recipe"},
      corpus: "generated language",
      parameters: 1234,
      step: 1,
      steps: 8000,
      checkpoints: [],
      evaluation: null,
      loss: 3,
      versions: {backend: "wasm", executor: "plan"},
      parent: null,
      color: 0,
      bytes: 1,
      createdAt: "2026-01-01T00:00:00.000Z",
      savedAt: "2026-01-01T00:00:00.000Z"
    });
  await writeLabel(own.runs, "run-a", {name: "<b>mine</b>"});
  await writeLabel(own.runs, "run-b", {deletedAt: "2026-01-02T00:00:00.000Z"});
  const sweep: TimedRecord = {
    hash: "abc",
    sweep: "width",
    cell: {"model.embedding_size": 8},
    seed: 2,
    steps: 10,
    parameters: 5,
    flops_per_token: 6,
    vocab_size: 7,
    masked_count: 8,
    diverged: null,
    evaluations: [
      {step: 10, mlm_loss: 1.5, mlm_accuracy: 0.5, sentence_loss: null, sentence_accuracy: null}
    ],
    measures: {},
    executor: "plan",
    timing: {seconds: 3, tokens_per_second: 100}
  };
  await own.sweeps.write("abc.json", new TextEncoder().encode(JSON.stringify(sweep)));
  await own.sweeps.write("cut.json", new TextEncoder().encode('{"hash": "d'));
  await keepRecord(own.probes, {
    version: 1,
    id: "p",
    savedAt: "2026-01-01T00:00:00.000Z",
    model: "laptop",
    runId: null,
    task: "number",
    probe: "linear",
    scores: [{depth: 1, metric: "acc", value: 0.9, control: 0.6, n: 50, seed: 1}]
  });
  return own;
}

describe("ownTables", () => {
  test("has every table with its columns where nothing is kept", async () => {
    const tables = await ownTables(stores());
    expect(tables.map(({name}) => name)).toEqual([...ownTableNames]);
    for (const {rows: n, columns} of tables) {
      expect(n).toBe(0);
      expect(columns.length).toBeGreaterThan(7);
      for (const {description} of columns) expect(description).not.toBe("");
    }
  });

  test("holds runs that are not deleted, their steps and scores, sweeps and probes", async () => {
    const tables = await ownTables(await filled());
    expect(rows(tables, "runs")).toMatchObject([
      {run: "run-a", kind: "pretraining", name: "<b>mine</b>", task: "MLM", sentence: "none"}
    ]);
    expect(rows(tables, "steps")).toMatchObject([{run: "run-a", step: 1, loss: 3, mlm_loss: 2.5}]);
    expect(rows(tables, "evals").map(({metric, value, n}) => [metric, value, n])).toEqual([
      ["loss", 2.4, 30],
      ["acc", 0.5, 30]
    ]);
    expect(rows(tables, "sweeps")).toMatchObject([
      {sweep: "width", cell: '{"model.embedding_size":8}', mlm_loss: 1.5, seconds: 3}
    ]);
    expect(rows(tables, "probes")).toMatchObject([{task: "number", depth: 1, control: 0.6}]);
    for (const name of ["runs", "evals", "sweeps", "probes"])
      for (const row of rows(tables, name)) expect(row.comparability).toBe("not comparable");
  });

  test("probes of the page are in it, a row a depth and seed, beside their controls", async () => {
    const own = stores();
    const result = probed();
    expect(await probeKeeper(result, async () => own.probes)()).toBeNull();
    const found = rows(await ownTables(own), "probes");
    expect(found).toHaveLength(8);
    expect(found.filter(({metric}) => metric === "acc")).toMatchObject([
      {model: "laptop", task: "number", depth: 0, seed: 1, value: 0.6, control: 0.3, n: 20},
      {depth: 0, seed: 2, value: 0.7, n: 21},
      {depth: 1, seed: 1, value: 0.8},
      {depth: 1, seed: 2, value: 0.9, control: 0.45}
    ]);
    expect(found.find(({metric}) => metric === "code_ratio")).toMatchObject({value: 2.5, n: 40});
  });

  test("probes that find no room are said, and kept once each when there is some", async () => {
    const {tasks, ...rest} = probed();
    const three = {...rest, tasks: ["a", "b", "c"].map((id) => ({...tasks[0]!, id}))};
    for (let room = 0; room < 3; ++room) {
      const root = memoryRoot();
      const at = {left: room};
      const full = failing(root, at);
      const keep = probeKeeper(three, async () => full.folder("records"));
      expect(await keep()).toMatch(
        /^the scores stand here, but are not kept: the browser has no room for [\d.]+ MB more\. Delete runs/
      );
      expect(await root.folder("records").list()).toHaveLength(room);
      at.left = Infinity;
      expect(await keep()).toBeNull();
      const kept = await readRecords<ProbeRecord>(root.folder("records"));
      expect(kept.map(({task}) => task).sort()).toEqual(["a", "b", "c"]);
      expect(await keep()).toBeNull();
      expect(await root.folder("records").list()).toHaveLength(3);
    }
  });

  test("a fine-tuning run that stopped is in it, under the names of glue_results", async () => {
    const own = stores();
    const subscribers: ((state: FineTuneState) => void)[] = [];
    const session = {
      subscribe(subscriber: (state: FineTuneState) => void) {
        subscribers.push(subscriber);
        return () => undefined;
      }
    };
    const stop = keepFineTuning(
      session,
      (work) => work(),
      async () => own.fineTuning
    );
    subscribers[0]!({...tuned, phase: "training"});
    expect(await own.fineTuning.list()).toEqual([]);
    subscribers[0]!({...tuned, phase: "paused"});
    subscribers[0]!(tuned);
    stop();
    await new Promise((resolve) => setTimeout(resolve));
    const tables = await ownTables(own);
    expect(rows(tables, "runs")).toMatchObject([
      {kind: "fine-tuning", task: "MNLI-m", start: "random", score: 5 / 9, metric: "best acc, dev"}
    ]);
    expect(
      rows(tables, "evals").map(({task, split, metric}) => [task, split, metric].join(" "))
    ).toEqual([
      "MNLI-m dev acc",
      "MNLI-m dev mcc",
      "MNLI-m dev loss",
      "MNLI-m train acc",
      "MNLI-m train loss"
    ]);
  });
});

test("keepFineTuning says what has no room, and keeps the newest when it is asked again", async () => {
  const at = {left: 0};
  const root = memoryRoot();
  const full = failing(root, at);
  const asked: (() => Promise<string | null>)[] = [];
  const opensAfter: number[] = [];
  const session = {
    subscribe(subscriber: (state: FineTuneState) => void) {
      subscriber({...tuned, phase: "paused", evaluations: []});
      subscriber(tuned);
      return () => undefined;
    }
  };
  keepFineTuning(
    session,
    (work) => asked.push(work),
    async () => {
      await new Promise((opened) => setTimeout(opened, opensAfter.shift() ?? 0));
      return full.folder("records");
    }
  );
  const noRoom =
    /^what the run scored stands here, but is not kept: the browser has no room for [\d.]+ MB more\. Delete runs/;
  for (const keep of asked) {
    at.left = 0;
    expect(await keep()).toMatch(noRoom);
  }
  expect(await root.folder("records").list()).toEqual([]);
  at.left = Infinity;
  // at once: the newest is written last, though what comes before takes longer
  opensAfter.push(30, 0);
  expect(await Promise.all(asked.map((keep) => keep()))).toEqual([null, null]);
  const [record, ...others] = await readRecords<FineTuneRecord>(root.folder("records"));
  expect(others).toEqual([]);
  expect(record!.evaluations).toHaveLength(tuned.evaluations.length);
});

test("Provenance marks what mixes own and published rows, through tables made of them", () => {
  const provenance = new Provenance({published: ["glue_results"], own: ["runs"]});
  expect(provenance.isMixed(["glue_results", "configs"])).toBe(false);
  expect(provenance.isMixed(["main.RUNS", "glue_results"])).toBe(true);
  provenance.made(["copy"], ["runs"]);
  expect(provenance.isMixed(["copy"])).toBe(false);
  expect(provenance.isMixed(["copy", "glue_results"])).toBe(true);
  provenance.made(["both"], ["copy", "glue_results"]);
  expect(provenance.isMixed(["both"])).toBe(true);
});

test.each([
  ["SELECT steps FROM ablations", ["ablations"]],
  ["SELECT 1 -- FROM runs\nFROM a /* JOIN b */ WHERE x = 'FROM c'", ["a"]],
  [
    'SELECT * FROM runs r JOIN main.glue_results AS g USING (task), "Steps" s',
    ["runs", "glue_results", "steps"]
  ],
  ["FROM (SELECT a, b FROM x, y WHERE c IN (SELECT d FROM z)) q, runs", ["x", "y", "z", "runs"]],
  [
    "CREATE OR REPLACE TABLE both AS SELECT * FROM runs UNION ALL FROM evals",
    ["both", "runs", "evals"]
  ],
  ["SELECT (SELECT max(value) FROM glue_results), loss FROM runs", ["glue_results", "runs"]],
  ["SELECT a FROM 'unclosed", []]
])("tablesIn(%j)", (sql, names) => {
  expect(tablesIn(sql)).toEqual(names);
});
