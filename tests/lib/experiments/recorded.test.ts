import {existsSync, readdirSync, readFileSync} from "node:fs";
import {beforeAll, describe, expect, test} from "vitest";
import {readCorpus} from "../../../src/lib/engine/corpusSource.js";
import {SweepRunner} from "../../../src/lib/engine/sweepRunner.js";
import {readSweepResult} from "../../../src/lib/experiments/record.js";
import {parseSweepText} from "../../../src/lib/experiments/parseSweep.js";
import {runsOf} from "../../../src/lib/experiments/sweep.js";
import {embeddingCounts} from "../../../src/lib/recipe/factorisation.js";
import {useBackend} from "../albert/backends.js";

const folders = readdirSync("data/runs").filter((name) =>
  existsSync(`data/runs/${name}/sweep.json`)
);
const load = async (name: string) => {
  const path = `data/runs/${name}`;
  const sweep = parseSweepText(readFileSync(`${path}/sweep.json`, "utf8"), path);
  const {records} = readSweepResult(readFileSync(`${path}/results.json`, "utf8"), path);
  return {sweep, records, runs: await runsOf(sweep, path)};
};

beforeAll(() => useBackend("wasm"));

describe("recorded sweeps", () => {
  for (const name of folders)
    test(`${name}: every run of the sweep has its record, under its recipe's hash`, async () => {
      const {records, runs, sweep} = await load(name);
      expect(sweep.seeds.length).toBeGreaterThanOrEqual(5);
      expect(records.map(({hash, seed}) => `${hash} ${seed}`)).toEqual(
        runs.map(({hash, seed}) => `${hash} ${seed}`)
      );
      for (const {evaluations, steps} of records) expect(evaluations.at(-1)!.step).toBe(steps);
    });

  test("two runs of the embedding sweep, done again, give their records", async () => {
    const {records, runs, sweep} = await load("embedding");
    const runner = new SweepRunner({
      corpus: (recipe) => readCorpus(recipe, {kind: "recipe"}, () => {}),
      tokenizer: async () => undefined
    });
    for (const index of [20, 24]) {
      const again = (await runner.run(sweep, runs[index]!))!;
      const recorded = records[index]!;
      expect(again.parameters).toBe(recorded.parameters);
      expect(again.evaluations.map((e) => e.mlm_loss)).toBeAllClose(
        recorded.evaluations.map((e) => e.mlm_loss),
        {rtol: 1e-3}
      );
      expect(again.measures.spectrum!.table).toBeAllClose(recorded.measures.spectrum!.table, {
        rtol: 1e-2
      });
    }
  }, 400_000);

  test("what a truncation loses is what it discards, in every record", async () => {
    const {records} = await load("embedding");
    for (const {measures} of records) {
      const {truncated, table} = measures.spectrum!;
      const whole = table.reduce((sum, s) => sum + s * s, 0);
      for (const {errorSquared, discardedSquared} of truncated)
        expect(Math.abs(errorSquared - discardedSquared)).toBeLessThan(1e-6 * whole);
    }
  });
});

describe("embeddingCounts(sizes)", () => {
  test("gives ALBERT-base's 3.9 million for BERT's 23 million", () => {
    const counts = embeddingCounts({vocabulary: 30000, embedding: 128, hidden: 768});
    expect(counts.wide).toBe(23_040_000);
    expect(counts.factorised).toBe(3_938_304);
    expect(counts.breakEven).toBeCloseTo(748.8, 1);
    const {factorised, wide} = embeddingCounts({vocabulary: 30000, embedding: 749, hidden: 768});
    expect(factorised).toBeGreaterThan(wide);
  });
});
