import {appendFile, mkdir, readdir, readFile} from "node:fs/promises";
import {join} from "node:path";
import {setImmediate} from "node:timers/promises";
import {readModelFolder} from "../../src/lib/albert/checkpoint/folder.js";
import {modelOfRecipe, type StartWeights} from "../../src/lib/engine/continueFrom.js";
import {readCorpus} from "../../src/lib/engine/corpusSource.js";
import {metricsHeader, metricsLine, parseMetrics} from "../../src/lib/engine/metrics.js";
import type {Evaluation, StepMetrics} from "../../src/lib/engine/trainingCalls.js";
import {PretrainingRun} from "../../src/lib/engine/run.js";
import {OtherRunError} from "../../src/lib/engine/runState.js";
import {InputError} from "../../src/lib/errors.js";
import {canonicalJson} from "../../src/lib/recipe/hash.js";
import {readJson} from "../../src/lib/json.js";
import {withDefaults} from "../../src/lib/recipe/fields.js";
import {parseRecipe, type Recipe} from "../../src/lib/recipe/recipe.js";
import type {Tokenizer} from "../../src/lib/tokenizer/tokenizer.js";
import {readArguments, UsageError} from "../arguments.js";
import {readBytes, replaceFile, withPath} from "../files.js";
import {folderSource} from "../folderSource.js";
import {holdFolder} from "../holdFolder.js";
import {loadTokenizer} from "../loadTokenizer.js";
import {nodeBackends, useNodeBackend} from "../nodeBackends.js";
import {useNodeThreads} from "../nodeThreads.js";
import {givenTokenizer, textSource} from "../recipeFiles.js";
import {modelFolder} from "../taskFile.js";
import {untilStopped, type StopWish} from "../untilStopped.js";

export const usage = `train RECIPE.json --output DIR [--model DIR] [--resume] [--threads N] [--backend ${nodeBackends.join("|")}]`;
export const does =
  "pretrains by a recipe; writes recipe.json, metrics.csv, evaluations.json, model/ and checkpoints/";

const names = {
  recipe: "recipe.json",
  metrics: "metrics.csv",
  evaluations: "evaluations.json",
  model: "model",
  checkpoints: "checkpoints"
} as const;

/** Trains from a recipe file into a run directory, from the start or from its newest checkpoint. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(
    argv,
    {output: "value", model: "value", resume: "flag", threads: "value", backend: "value"},
    {positionals: 1}
  );
  const recipePath = args.positionals[0];
  if (recipePath === undefined) throw new UsageError("missing RECIPE.json (see --help)");
  const output = args.required("output");
  const backend = args.oneOf("backend", nodeBackends);
  const resume = args.flag("resume");
  useNodeThreads(args.integer("threads", 1) ?? 1);
  const text = new TextDecoder().decode(await readBytes(recipePath));
  const model = args.value("model");
  const start = model === undefined ? undefined : await readStart(await modelFolder(model));
  const sizes = start ? {model: modelOfRecipe(start.config)} : {};
  const recipe = parseRecipe(withDefaults(readJson(text, recipePath), sizes), recipePath);
  if (start && recipe.tokenizer.path !== undefined)
    throw new UsageError("--model brings its vocabulary: expected no tokenizer.path in the recipe");
  const release = await claimFolder(output, resume);
  await useNodeBackend(backend);
  const pretraining = await prepare(recipe, recipePath, start);
  const {hash, executor} = pretraining;
  await mkdir(join(output, names.checkpoints), {recursive: true});
  if (resume) await restore(pretraining, output);
  await replaceFile(join(output, names.recipe), `${JSON.stringify(recipe, null, 2)}\n`);
  const metricsPath = join(output, names.metrics);
  await replaceFile(metricsPath, metricsHeader + pretraining.metrics.map(metricsLine).join(""));
  const {parameters, vocabSize, tokens, notes, majorityPiece, majorityAccuracy} =
    pretraining.summary();
  for (const note of notes) console.log(`note: ${note}`);
  console.log(
    `recipe ${hash} · ${parameters.toLocaleString("en")} parameters · ${vocabSize} pieces · ` +
      `${tokens.toLocaleString("en")} tokens · ${executor}`
  );
  console.log(
    `always guessing ${majorityPiece}: ${(100 * majorityAccuracy).toFixed(1)} % of the held-out masked pieces`
  );
  await untilStopped(async (wish) => {
    await steps(pretraining, output, metricsPath, wish);
    if (wish.code !== null) {
      console.log(`stopped after step ${pretraining.step}; --resume goes on from there`);
      process.exitCode = wish.code;
      return;
    }
    await writeModel(pretraining, join(output, names.model));
    console.log(`model written to ${join(output, names.model)}`);
  });
  release();
}

/** Holds a folder that is new or empty, or with `--resume` one that a run began; gives its release. */
async function claimFolder(output: string, resume: boolean): Promise<() => void> {
  const release = await holdFolder(output);
  const present = await withPath(output, () => readdir(output));
  if (!resume && present.includes(names.metrics))
    throw new InputError(`${output}: holds a run already (use --resume, or another --output)`);
  return release;
}

/** The weights and the vocabulary of a model folder. */
async function readStart(folder: string): Promise<StartWeights & {tokenizer: Tokenizer}> {
  const {config, parameters} = await readModelFolder(await folderSource(folder), folder);
  return {name: folder, config, data: parameters, tokenizer: await loadTokenizer(folder)};
}

async function prepare(
  recipe: Recipe,
  recipePath: string,
  start?: StartWeights & {tokenizer: Tokenizer}
): Promise<PretrainingRun> {
  const report = ({phase}: {phase: string}) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${phase}`);
  };
  const corpus = await readCorpus(recipe, await textSource(recipe, recipePath), report);
  const tokenizer = start?.tokenizer ?? (await givenTokenizer(recipe, recipePath));
  const options = {tokenizer, start, onProgress: report};
  const made = await PretrainingRun.prepare(recipe, corpus, options);
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  return made;
}

/** Trains to the last step, or until a stop is wished for; the step it ends with is saved. */
async function steps(
  made: PretrainingRun,
  output: string,
  metricsPath: string,
  wish: StopWish
): Promise<void> {
  const {steps: last, capture} = made.recipe;
  const {evaluate_every, checkpoint_every} = capture;
  let rows: StepMetrics[] = [];
  let saved = made.step;
  const flush = async () => {
    await appendFile(metricsPath, rows.map(metricsLine).join(""));
    rows = [];
  };
  if (made.step === 0) await report(made, output);
  while (made.step < last && wish.code === null) {
    const result = await made.takeStep();
    if ("diverged" in result) {
      await flush();
      throw new InputError(result.diverged);
    }
    rows.push(result);
    const isLast = made.step === last;
    const isEvaluated = evaluate_every > 0 && made.step % evaluate_every === 0;
    if (isLast || isEvaluated) await report(made, output, result);
    if (isLast || (checkpoint_every > 0 && made.step % checkpoint_every === 0)) {
      await flush();
      await saveCheckpoint(made, output);
      saved = made.step;
    } else if (rows.length >= 20) await flush();
    await setImmediate(); // lets signals in
  }
  if (made.step === saved) return;
  await flush();
  await saveCheckpoint(made, output);
}

/** The progress line, with the held-out score. */
async function report(made: PretrainingRun, output: string, row?: StepMetrics): Promise<void> {
  const {mlmLoss, mlmAccuracy, sentenceAccuracy} = await made.evaluate();
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const parts = [`step ${made.step} of ${made.recipe.steps}`];
  if (row) parts.push(`loss ${row.loss.toFixed(3)}`);
  parts.push(`held-out masked loss ${mlmLoss.toFixed(3)}, ${percent(mlmAccuracy)} right`);
  if (sentenceAccuracy !== null) parts.push(`sentence pairs ${percent(sentenceAccuracy)}`);
  if (row) parts.push(`${Math.round(row.tokensPerSecond).toLocaleString("en")} tokens/s`);
  console.log(parts.join(" · "));
  const json = `${JSON.stringify(made.evaluations, null, 1)}\n`;
  await replaceFile(join(output, names.evaluations), json);
}

const checkpointName = (step: number) => `step-${String(step).padStart(7, "0")}`;
const stateFile = "state.safetensors";

/** One folder a checkpoint: the model in Hugging Face's layout and the state to go on from. */
async function saveCheckpoint(made: PretrainingRun, output: string): Promise<void> {
  const folder = join(output, names.checkpoints, checkpointName(made.step));
  await writeModel(made, folder);
  await replaceFile(join(folder, stateFile), await made.saveState());
}

/** Goes on from the newest checkpoint that can be read. */
async function restore(made: PretrainingRun, output: string): Promise<void> {
  const stored = await readFile(join(output, names.recipe), "utf8").catch(() => null);
  if (stored && canonicalJson(JSON.parse(stored)) !== canonicalJson(made.recipe))
    throw new InputError(`${join(output, names.recipe)}: is another recipe than the one given`);
  const folder = join(output, names.checkpoints);
  const found = (await readdir(folder)).filter((name) => name.startsWith("step-")).sort();
  for (const name of found.reverse()) {
    const path = join(folder, name, stateFile);
    try {
      await made.restoreState(await readBytes(path), path);
    } catch (error) {
      if (!(error instanceof InputError) || error instanceof OtherRunError) throw error;
      console.log(`note: ${error.message}`);
      continue;
    }
    const metrics = await readFile(join(output, names.metrics), "utf8").catch(() => "");
    const evaluations = await readFile(join(output, names.evaluations), "utf8").catch(() => "[]");
    made.restoreHistory(parseMetrics(metrics), JSON.parse(evaluations) as Evaluation[]);
    console.log(`going on from ${path}`);
    return;
  }
  console.log(`note: no checkpoint in ${folder} can be read; starting from step 0`);
}

async function writeModel(made: PretrainingRun, folder: string): Promise<void> {
  await mkdir(folder, {recursive: true});
  for (const [name, bytes] of await made.exportFolder())
    await replaceFile(join(folder, name), bytes);
}
