import {readdir, rm} from "node:fs/promises";
import {join} from "node:path";
import {readModelFolder} from "../../src/lib/albert/checkpoint/folder.js";
import {KeepingPace} from "../../src/lib/engine/fineTuning/keepingPace.js";
import type {FineTuneStep, FineTuneSummary} from "../../src/lib/engine/fineTuning/protocol.js";
import {reportOf} from "../../src/lib/engine/fineTuning/report.js";
import {FineTuningRun} from "../../src/lib/engine/fineTuning/run.js";
import {dropFiles, restoreFrom, saveCheckpoint} from "../../src/lib/engine/fineTuning/store.js";
import {summaryOf} from "../../src/lib/engine/fineTuning/summary.js";
import {listCheckpoints} from "../../src/lib/engine/keptCheckpoints.js";
import {readText} from "../../src/lib/corpus/readText.js";
import {InputError} from "../../src/lib/errors.js";
import type {Dataset} from "../../src/lib/finetune/dataset.js";
import {generatedSplit} from "../../src/lib/finetune/generated.js";
import {parseFineTuneRecipeText} from "../../src/lib/finetune/recipe.js";
import {predictionsText} from "../../src/lib/finetune/submission.js";
import {fineTuneTasks, type FineTuneTask} from "../../src/lib/finetune/tasks.js";
import type {Folder} from "../../src/lib/store/files.js";
import {readFineTuneHistory, writeFineTuneHistory} from "../../src/lib/store/fineTuneRuns.js";
import {readArguments, UsageError, type Arguments} from "../arguments.js";
import {fileName, readBytes, withPath, writeBytes} from "../files.js";
import {folderSource} from "../folderSource.js";
import {folderStore} from "../folderStore.js";
import {holdingFolder} from "../holdFolder.js";
import {loadTokenizer} from "../loadTokenizer.js";
import {nodeBackends, useNodeBackend} from "../nodeBackends.js";
import {useNodeThreads} from "../nodeThreads.js";
import {
  columnOptions,
  columnsOf,
  columnUsage,
  modelFolder,
  readSplit,
  taskOf
} from "../taskFile.js";

export const usage =
  `finetune RECIPE.json --model DIR --task ${fineTuneTasks.map(({id}) => id).join("|")} ` +
  `(--train FILE [--dev FILE] | --generate N [--sentences FILE]) --output DIR [--resume] ${columnUsage} [--threads N] [--backend ${nodeBackends.join("|")}]`;
export const does =
  "fine-tunes a model on a task's files; writes recipe.json, metrics.csv, report.json, predictions and model/";

/** Folder of the checkpoints, which is there until the run is done. */
const checkpoints = "checkpoints";

/** Fine-tunes a Hugging Face folder and keeps the weights that are best on dev. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(
    argv,
    {
      model: "value",
      task: "value",
      train: "value",
      dev: "value",
      generate: "value",
      sentences: "value",
      output: "value",
      resume: "flag",
      threads: "value",
      backend: "value",
      ...columnOptions
    },
    {positionals: 1}
  );
  const recipePath = args.positionals[0];
  if (recipePath === undefined) throw new UsageError("missing RECIPE.json (see --help)");
  const [folder, output] = [await modelFolder(args.required("model")), args.required("output")];
  const generate = args.integer("generate", 2);
  const task = taskOf(args);
  if (task.id === "ax") throw new UsageError("ax has nothing to train on: evaluate an MNLI model");
  const backend = args.oneOf("backend", nodeBackends);
  useNodeThreads(args.integer("threads", 1) ?? 1);
  const text = new TextDecoder().decode(await readBytes(recipePath));
  const {recipe, notes} = parseFineTuneRecipeText(text, recipePath, task);
  const {train, dev} = await readRows(args, task, recipe.seed, generate);
  const {config, parameters} = await readModelFolder(await folderSource(folder), folder);
  const tokenizer = await loadTokenizer(folder);
  const isResumed = args.flag("resume");
  const start = {name: folder, config, data: parameters, tokenizer};
  await holdingFolder(output, async () => {
    await checkFolder(output, isResumed);
    await useNodeBackend(backend);
    const made = await FineTuningRun.prepare(recipe, start, train, dev);
    for (const note of notes) console.log(`note: ${note}`);
    await tune(made, task, output, isResumed);
    made.dispose();
  });
}

/** Trains a prepared run to its end and writes what it found. */
async function tune(
  made: FineTuningRun,
  task: FineTuneTask,
  output: string,
  isResumed: boolean
): Promise<void> {
  const {train, dev} = made;
  for (const note of made.notes) console.log(`note: ${note}`);
  console.log(
    `${task.name} · ${train.examples.length} training and ${dev.examples.length} dev examples · ` +
      `${made.parameterCount.toLocaleString("en")} parameters · ${made.steps} steps · ${made.executor}`
  );
  const summary = summaryOf(made, "pretrained");
  for (const baseline of summary.baselines)
    console.log(`${baseline.name}: ${shown(baseline.metrics)}`);
  await writeBytes(join(output, "recipe.json"), `${JSON.stringify(made.recipe, null, 2)}\n`);
  const store = folderStore(join(output, checkpoints));
  if (isResumed) await goOn(made, store);
  await steps(made, store);
  await writeResults(made, output, summary);
  const best = made.best!;
  console.log(
    `${task.id} dev: ${shown(best.dev.metrics)} (step ${best.step} of ${made.steps}, the best of ${made.evaluations.length} evaluations)`
  );
  await rm(join(output, checkpoints), {recursive: true, force: true}); // there is nothing to go on with
}

/** The files that are named (a fifth of the rows held out where there is no --dev), or N generated training rows and a quarter as many, 1,000 at most, for dev. */
async function readRows(
  args: Arguments,
  task: FineTuneTask,
  seed: number,
  generate: number | undefined
): Promise<{train: Dataset; dev: Dataset}> {
  if (generate === undefined) {
    const files = {train: args.required("train"), dev: args.value("dev") ?? null};
    return readSplit(task, files, columnsOf(args));
  }
  for (const name of ["train", "dev"])
    if (args.value(name) !== undefined)
      throw new UsageError(`--generate writes the rows: expected no --${name}`);
  const path = args.value("sentences");
  if (path !== undefined && task.id !== "stsb" && task.id !== "squad")
    throw new UsageError("--sentences: for --task stsb (pairs) and --task squad (questions) only");
  const sentences = path && readText(await readBytes(path), fileName(path)).documents.flat();
  const dev = Math.min(1000, Math.ceil(generate / 4));
  return generatedSplit(task.id, {train: generate, dev, seed}, sentences || undefined);
}

/** @throws InputError where a folder holds a run; with `--resume`, only where that run is done */
async function checkFolder(output: string, isResumed: boolean): Promise<void> {
  const present = await withPath(output, () => readdir(output));
  if (present.includes("report.json") || (!isResumed && present.includes("metrics.csv")))
    throw new InputError(`${output}: holds a run already (expected another --output)`);
  if (!isResumed && present.includes(checkpoints))
    throw new InputError(`${output}: holds a run already (use --resume, or another --output)`);
}

/** Goes on from the newest checkpoint that can be read. */
async function goOn(made: FineTuningRun, store: Folder): Promise<void> {
  const kept = await listCheckpoints(store);
  const history = await readFineTuneHistory(store);
  const {isRestored, notes} = await restoreFrom(store, made, kept, history);
  for (const note of notes) console.log(`note: ${note}`);
  console.log(isRestored ? `going on from step ${made.step}` : "nothing was kept: from step 0");
}

/** History first: whenever this ends early, it reaches at least as far as the newest checkpoint. */
async function save(made: FineTuningRun, store: Folder): Promise<void> {
  const {rows, evaluations} = made;
  await writeFineTuneHistory(store, {rows, evaluations, report: null});
  const before = await listCheckpoints(store);
  const {step} = made;
  const state = await made.saveState();
  await dropFiles(store, made, await saveCheckpoint(store, made, before, state, {step}));
}

async function steps(made: FineTuningRun, store: Folder): Promise<void> {
  const pace = new KeepingPace();
  if (made.evaluations.length === 0) await made.evaluate();
  while (made.step < made.steps && !made.isStopped) {
    const result = await made.takeStep();
    if ("diverged" in result) throw new InputError(result.diverged);
    const isEvaluated = made.step % made.evaluateEvery === 0 || made.step === made.steps;
    if (isEvaluated) await report(made, result);
    if (pace.isDue(made.step)) await pace.keep(() => save(made, store));
  }
  if (made.isStopped && made.step < made.steps)
    console.log(
      `stopped at step ${made.step}: no better for ${made.recipe.early_stopping.patience} evaluations`
    );
}

/** The progress line, with the scores. */
async function report(made: FineTuningRun, row: FineTuneStep): Promise<void> {
  const {dev, train} = await made.evaluate();
  console.log(
    `step ${made.step} of ${made.steps} · loss ${row.loss.toFixed(3)} · dev ${shown(dev.metrics)}, loss ${dev.loss.toFixed(3)} · ` +
      `train ${percent(train.score)} · ${Math.round(row.tokensPerSecond).toLocaleString("en")} tokens/s`
  );
}

async function writeResults(
  made: FineTuningRun,
  output: string,
  summary: FineTuneSummary
): Promise<void> {
  const columns = ["step", "loss", "learning_rate", "gradient_norm", "tokens_per_second"];
  const lines = made.rows.map(({step, loss, learningRate, gradientNorm, tokensPerSecond}) =>
    [step, loss, learningRate, gradientNorm, tokensPerSecond].join(",")
  );
  await writeBytes(join(output, "metrics.csv"), [columns.join(","), ...lines, ""].join("\n"));
  const scored = (await made.bestScored())!;
  const record = {
    summary: {...summary, notes: [...made.notes]},
    best: made.best,
    evaluations: made.evaluations,
    report: reportOf(made.dev, scored, made.best!.step),
    versions: made.versions()
  };
  const name = made.dev.kind === "answers" ? "predictions.json" : "predictions.tsv";
  await writeBytes(join(output, name), predictionsText(made.dev, scored.predictions));
  for (const [file, bytes] of await made.exportFolder())
    await writeBytes(join(output, "model", file), bytes);
  // the last file: where it is there, the run is done
  await writeBytes(join(output, "report.json"), `${JSON.stringify(record, null, 1)}\n`);
}

/** Metrics on one line; shares with three decimals. */
function shown(metrics: Readonly<Record<string, number>>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${percent(value)}`)
    .join(", ");
}

const percent = (value: number) =>
  Number.isNaN(value) ? "undefined" : Math.abs(value) > 1 ? value.toFixed(1) : value.toFixed(3);
