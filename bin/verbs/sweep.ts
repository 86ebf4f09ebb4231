import {mkdir, readFile, readdir} from "node:fs/promises";
import {join} from "node:path";
import {readCorpus} from "../../src/lib/engine/corpusSource.js";
import {SweepRunner} from "../../src/lib/engine/sweepRunner.js";
import {InputError} from "../../src/lib/errors.js";
import {
  finalOf,
  joinRecords,
  readRecord,
  recordText,
  resultsCsv,
  resultsJson,
  timingsCsv,
  type TimedRecord
} from "../../src/lib/experiments/record.js";
import {parseSweepText} from "../../src/lib/experiments/parseSweep.js";
import {
  cellName,
  runsOf,
  shardOf,
  type Sweep,
  type SweepRun
} from "../../src/lib/experiments/sweep.js";
import {readArguments, UsageError} from "../arguments.js";
import {dropDrafts} from "../drafts.js";
import {readBytes, replaceFile, withPath} from "../files.js";
import {nodeBackends, useNodeBackend} from "../nodeBackends.js";
import {givenTokenizer, textSource} from "../recipeFiles.js";

export const usage = `sweep SWEEP.json --output DIR [--shard i/n] [--backend ${nodeBackends.join("|")}]`;
export const does =
  "runs a grid of recipes × seeds; one file a run in DIR/runs, joined into results.json and results.csv; rerun to go on";

/**
 * Does the runs of a sweep that have no file yet. Killed at any point and started again, it goes on
 * with the run it was at; when every run has its file, from this process or others, it joins them.
 */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(
    argv,
    {output: "value", shard: "value", backend: "value"},
    {positionals: 1}
  );
  const path = args.positionals[0];
  if (path === undefined) throw new UsageError("missing SWEEP.json (see --help)");
  const output = args.required("output");
  const backend = args.oneOf("backend", nodeBackends);
  const sweep = parseSweepText(new TextDecoder().decode(await readBytes(path)), path);
  const runs = await runsOf(sweep, path);
  const mine = shardOf(runs, args.value("shard") ?? "0/1");
  const folder = join(output, "runs");
  await withPath(folder, () => mkdir(folder, {recursive: true}));
  await dropDrafts(output);
  const found = await readRuns(folder, runs, sweep);
  const todo = mine.filter(({hash}) => !found.has(hash));
  console.log(`${sweep.name}: ${runs.length} runs, ${mine.length} here, ${todo.length} to do`);
  if (todo.length > 0) {
    await useNodeBackend(backend);
    await work(sweep, todo, path, folder);
  }
  await joinFiles(sweep, runs, folder, output);
}

/** The records that are there already; a file that is not whole counts as not there. */
async function readRuns(
  folder: string,
  runs: readonly SweepRun[],
  sweep: Sweep
): Promise<Map<string, TimedRecord>> {
  const present = new Set(await withPath(folder, () => readdir(folder)));
  const found = new Map<string, TimedRecord>();
  for (const run of runs) {
    if (!present.has(`${run.hash}.json`)) continue;
    const text = await readFile(join(folder, `${run.hash}.json`), "utf8");
    const record = readRecord(text, run, sweep.name);
    if (record) found.set(run.hash, record);
  }
  return found;
}

async function work(
  sweep: Sweep,
  todo: readonly SweepRun[],
  path: string,
  folder: string
): Promise<void> {
  const runner = new SweepRunner({
    corpus: async (recipe) => readCorpus(recipe, await textSource(recipe, path), () => {}),
    tokenizer: (recipe) => givenTokenizer(recipe, path)
  });
  const start = performance.now();
  for (const [i, run] of todo.entries()) {
    const record = (await runner.run(sweep, run))!;
    await replaceFile(join(folder, `${run.hash}.json`), recordText(record));
    const left = ((performance.now() - start) / 1000 / (i + 1)) * (todo.length - i - 1);
    const score = finalOf(record)?.mlm_loss.toFixed(3) ?? record.diverged ?? "";
    console.log(
      `${i + 1} of ${todo.length} · ${run.hash} · ${cellName(run.cell)}, seed ${run.seed} · ` +
        `held-out masked loss ${score} · ${Math.round(record.timing.tokens_per_second).toLocaleString("en")} tokens/s · ` +
        `${Math.round(left)} s left`
    );
  }
}

/** Writes the joined tables once no run is missing. */
async function joinFiles(
  sweep: Sweep,
  runs: readonly SweepRun[],
  folder: string,
  output: string
): Promise<void> {
  const {records, missing} = joinRecords(runs, await readRuns(folder, runs, sweep));
  if (missing.length > 0) {
    console.log(`${missing.length} runs are missing: start their shards, then this again`);
    return;
  }
  await replaceFile(join(output, "results.json"), resultsJson(sweep, records));
  await replaceFile(join(output, "results.csv"), resultsCsv(records));
  await replaceFile(join(output, "timings.csv"), timingsCsv(records));
  const lost = records.filter(({diverged}) => diverged !== null).length;
  if (lost === records.length) throw new InputError("every run diverged: lower the learning rate");
  console.log(
    `joined ${records.length} runs in ${join(output, "results.json")}${lost ? `; ${lost} diverged` : ""}`
  );
}
