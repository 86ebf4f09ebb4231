import {describe, expect, test} from "vitest";
import {
  joinRecords,
  readRecord,
  recordText,
  resultsCsv,
  type TimedRecord
} from "../../../src/lib/experiments/record.js";
import {parseSweep} from "../../../src/lib/experiments/parseSweep.js";
import {cellName, runsOf, shardOf} from "../../../src/lib/experiments/sweep.js";
import {recipeHash} from "../../../src/lib/recipe/hash.js";
import {parseRecipe} from "../../../src/lib/recipe/recipe.js";

const json = {
  name: "rank",
  base: {steps: 60, schedule: {warmup_steps: 5}},
  grid: {"model.embedding_size": [8, 16], "model.sharing": ["none", {groups: 2}]},
  seeds: 3
};

describe("parseSweep(json)", () => {
  test("is grid × seeds, each run a whole recipe under its hash", async () => {
    const runs = await runsOf(parseSweep(json));
    expect(runs).toHaveLength(12);
    expect(runs.map(({cell, seed}) => `${cellName(cell)} ${seed}`).slice(2, 5)).toEqual([
      "embedding_size 8, sharing none 3",
      "embedding_size 8, sharing groups 2 1",
      "embedding_size 8, sharing groups 2 2"
    ]);
    const alone = parseRecipe({
      steps: 60,
      schedule: {warmup_steps: 5},
      model: {embedding_size: 16, sharing: {groups: 2}},
      seed: 3
    });
    expect(runs.at(-1)!.recipe).toEqual(alone);
    expect(runs.at(-1)!.hash).toBe(await recipeHash(alone));
    expect(new Set(runs.map(({hash}) => hash)).size).toBe(12);
  });

  test("cases change several fields together and are crossed with the grid", async () => {
    const cases = {
      narrow: {"model.hidden_size": 32, "model.intermediate_size": 64},
      wide: {"model.hidden_size": 96, "model.intermediate_size": 192}
    };
    const runs = await runsOf(
      parseSweep({cases, grid: {"model.num_hidden_layers": [1, 3]}, seeds: [7]})
    );
    expect(runs.map(({cell}) => cell)).toEqual([
      {case: "narrow", num_hidden_layers: 1},
      {case: "narrow", num_hidden_layers: 3},
      {case: "wide", num_hidden_layers: 1},
      {case: "wide", num_hidden_layers: 3}
    ]);
    expect(runs[3]!.recipe.model).toMatchObject({hidden_size: 96, num_hidden_layers: 3});
    expect(runs[3]!.seed).toBe(7);
  });

  for (const [bad, message] of [
    [[], "s.json: invalid sweep: [] (expected an object with base, grid and seeds)"],
    [{gird: {}}, "s.json: unknown field gird"],
    [{grid: {steps: 5}}, "s.json: invalid grid.steps: 5 (expected a list of at least one value)"],
    [
      {grid: {seed: [1, 2]}},
      "s.json: invalid grid.seed: [1,2] (expected seeds beside the grid, not in it)"
    ],
    [{grid: {"model.hiden_size": [1]}}, "s.json: unknown field model.hiden_size"],
    [
      {grid: {"model.hidden_size": [64, 65]}},
      "s.json: invalid model.hidden_size: 65 (must be a multiple of 4 heads)"
    ],
    [{base: {seed: 3}}, "s.json: invalid base.seed: 3 (expected no seed here, but in seeds)"],
    [{seeds: [1, 1]}, "s.json: invalid seeds: [1,1] (expected each seed once)"],
    [
      {seeds: 0},
      "s.json: invalid seeds: 0 (expected a number of seeds from 1 to 1000, or a list of them)"
    ],
    [
      {measures: ["downstream"]},
      "s.json: invalid downstream: nothing (expected task, rows, dev and recipe, as measures names it)"
    ],
    [
      {downstream: {task: "poetry", rows: 5, dev: 5}},
      's.json: downstream: invalid task: "poetry" (expected one of cola, sst2, mrpc, mnli, stsb, ner, squad, squad2)'
    ],
    [
      {downstream: {task: "sst2", rows: 5, dev: 5, recipe: {epochs: 0}}},
      "s.json: downstream.recipe: invalid epochs: 0 (expected at least 0.01)"
    ],
    [
      {
        cases: {a: {}, b: {steps: 3}},
        downstream: {task: "ner", rows: 5, dev: 5, rate_of: {a: 0.1}}
      },
      "s.json: downstream: invalid rate_of (expected a rate for each case, by its name)"
    ],
    [
      {
        cases: {a: {}},
        downstream: {task: "ner", rows: 5, dev: 5, rate_of: {a: 0.1}, learning_rates: [0.1, 0.2]}
      },
      "s.json: downstream: learning_rates and rate_of (expected one of them)"
    ],
    [
      {measures: ["speed"]},
      'invalid measures: "speed" (expected one of spectrum, depths, tasks, downstream, resharing)'
    ],
    [
      {grid: {"__proto__.x": [1]}},
      "s.json: unknown field grid.__proto__.x (expected a recipe field, dotted)"
    ]
  ] as const)
    test(`refuses ${JSON.stringify(bad)}`, () => {
      expect(() => parseSweep(bad, "s.json")).toThrow(message);
    });

  test("refuses two cells that are the same run", async () => {
    const sweep = parseSweep({cases: {a: {steps: 100}, b: {}}, base: {steps: 100}}, "s.json");
    await expect(runsOf(sweep, "s.json")).rejects.toThrow(
      "s.json: case a and case b are the same run (expected different recipes)"
    );
  });
});

describe("shardOf(runs, text)", () => {
  const runs = Array.from({length: 11}, (_, i) => i);

  test("shards are disjoint and together everything, numbered from 0 or from 1", () => {
    for (const first of [0, 1]) {
      const parts = [0, 1, 2, 3].flatMap((i) => shardOf(runs, `${i + first}/4`));
      expect(parts.sort((a, b) => a - b)).toEqual(runs);
    }
    expect(shardOf(runs, "0/1")).toEqual(runs);
  });

  for (const bad of ["5/4", "1", "a/b", "1/0", "-1/2"])
    test(`refuses ${bad}`, () =>
      expect(() => shardOf(runs, bad)).toThrow(`invalid --shard: ${bad} (expected i/n`));
});

describe("records", () => {
  const made = (hash: string, loss: number): TimedRecord => ({
    hash,
    sweep: "rank",
    cell: {},
    seed: 1,
    steps: 60,
    parameters: 1000,
    flops_per_token: 5,
    vocab_size: 29,
    masked_count: 7,
    diverged: null,
    evaluations: [
      {step: 60, mlm_loss: loss, mlm_accuracy: 0.5, sentence_loss: 0.7, sentence_accuracy: null}
    ],
    measures: {},
    executor: "plan",
    timing: {seconds: 1, tokens_per_second: 2}
  });

  test("a file comes back as it was; a cut one, or another run's, is done again", async () => {
    const [run] = await runsOf(parseSweep(json));
    const record = {...made(run!.hash, 3), cell: run!.cell};
    const text = recordText(record);
    expect(readRecord(text, run!, "rank")).toEqual(record);
    for (const cut of [0, 1, text.length >> 1, text.length - 3])
      expect(readRecord(text.slice(0, cut), run!, "rank")).toBeNull();
    expect(readRecord(recordText(made("0123456789ab", 3)), run!, "rank")).toBeNull();
  });

  test("the join has the order of the sweep, whatever the files' order, and names what is missing", async () => {
    const runs = (await runsOf(parseSweep(json))).slice(0, 3);
    const found = new Map([runs[2]!, runs[0]!].map(({hash}) => [hash, made(hash, 1)]));
    const {records, missing} = joinRecords(runs, found);
    expect(records.map(({hash}) => hash)).toEqual([runs[0]!.hash, runs[2]!.hash]);
    expect(missing).toEqual([runs[1]]);
  });

  test("the table has the cell's axes, and no score for a run that diverged", () => {
    const lost = {...made("b".repeat(12), 9), diverged: "step 3: the loss is NaN, and so on"};
    const text = resultsCsv([
      {...made("a".repeat(12), 3.25), cell: {sharing: "all"}},
      {...lost, cell: {sharing: "none"}}
    ]);
    expect(text.split("\n")).toEqual([
      "sharing,seed,hash,steps,parameters,flops_per_token,mlm_loss,mlm_accuracy,sentence_loss,sentence_accuracy,diverged",
      "all,1,aaaaaaaaaaaa,60,1000,5,3.25,0.5,0.7,,",
      'none,1,bbbbbbbbbbbb,60,1000,5,,,,,"step 3: the loss is NaN, and so on"',
      ""
    ]);
  });
});
