import {join} from "node:path";
import {readModelFolder} from "../../src/lib/albert/checkpoint/folder.js";
import {initParameters} from "../../src/lib/albert/specs.js";
import type {StartModel} from "../../src/lib/engine/fineTuning/headModel.js";
import {FineTuningRun} from "../../src/lib/engine/fineTuning/run.js";
import {generatedDataset} from "../../src/lib/finetune/generated.js";
import {
  curveMeans,
  curveRecipe,
  curveRuns,
  parseCurvePlan,
  type CurvePlan,
  type CurveResult,
  type CurveRun
} from "../../src/lib/finetune/learningCurve.js";
import {readArguments, UsageError} from "../arguments.js";
import {readBytes, writeBytes} from "../files.js";
import {folderSource} from "../folderSource.js";
import {loadTokenizer} from "../loadTokenizer.js";
import {nodeBackends, useNodeBackend} from "../nodeBackends.js";
import {resultLines} from "../resultLines.js";
import {modelFolder} from "../taskFile.js";

export const usage = `curve PLAN.json --model DIR --output DIR [--backend ${nodeBackends.join("|")}]`;
export const does =
  "fine-tunes at several sizes, starts and seeds on generated rows; writes results.json, and goes on where it stopped";

/** Runs every run of a plan that has no result yet. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(
    argv,
    {model: "value", output: "value", backend: "value"},
    {positionals: 1}
  );
  const planPath = args.positionals[0];
  if (planPath === undefined) throw new UsageError("missing PLAN.json (see --help)");
  const folder = await modelFolder(args.required("model"));
  const output = args.required("output");
  const backend = args.oneOf("backend", nodeBackends);
  const plan = parseCurvePlan(new TextDecoder().decode(await readBytes(planPath)), planPath);
  const models = new Map<string, StartModel>();
  for (const name of new Set(plan.settings.map((setting) => setting.model ?? folder)))
    models.set(name, await startModel(await modelFolder(name)));
  await useNodeBackend(backend);
  const {results, add} = await resultLines<CurveResult>(join(output, "results.jsonl"));
  for (const wanted of curveRuns(plan)) {
    if (results.some((result) => isSame(result, wanted))) continue;
    const own = plan.settings.find(({name}) => name === wanted.setting)!.model ?? folder;
    const result = await runOne(plan, wanted, models.get(own)!);
    await add(result);
    const {setting, size, learningRate, seed, last, best} = result;
    console.log(
      `${setting} · ${size} rows${rateWords(learningRate)} · seed ${seed} · last ${last.toFixed(3)}, best ${best.toFixed(3)}`
    );
  }
  await writeBytes(
    join(output, "results.json"),
    `${JSON.stringify({plan, model: folder, results}, null, 1)}\n`
  );
  for (const {setting, learningRate, points} of curveMeans(results))
    for (const {size, mean, low, high, n} of points)
      console.log(
        `${setting} · ${size} rows${rateWords(learningRate)}: ${mean.toFixed(3)} ` +
          (n === 1 ? "(one seed)" : `(${low.toFixed(3)} to ${high.toFixed(3)}, ${n} seeds)`)
      );
}

const rateWords = (learningRate: number | undefined) =>
  learningRate === undefined ? "" : ` · learning rate ${learningRate}`;

const isSame = (a: CurveRun, b: CurveRun) =>
  a.setting === b.setting &&
  a.size === b.size &&
  a.learningRate === b.learningRate &&
  a.seed === b.seed;

async function startModel(folder: string): Promise<StartModel> {
  const {config, parameters} = await readModelFolder(await folderSource(folder), folder);
  return {name: folder, config, data: parameters, tokenizer: await loadTokenizer(folder)};
}

async function runOne(plan: CurvePlan, wanted: CurveRun, model: StartModel): Promise<CurveResult> {
  const {start, sharing} = plan.settings.find(({name}) => name === wanted.setting)!;
  if (sharing !== undefined && start !== "random")
    throw new UsageError(`setting ${wanted.setting}: sharing is for random starts`);
  const config = sharing === undefined ? model.config : {...model.config, sharing};
  const from =
    start === "random" ? {...model, config, data: initParameters(config, wanted.seed)} : model;
  const train = generatedDataset(plan.task, {n: wanted.size, seed: wanted.seed});
  const dev = generatedDataset(plan.task, {n: plan.dev, seed: plan.dev_seed});
  const made = await FineTuningRun.prepare(curveRecipe(plan, wanted), from, train, dev);
  let diverged: string | null = null;
  while (made.step < made.steps && diverged === null) {
    const step = await made.takeStep();
    if ("diverged" in step) diverged = step.diverged;
    else if (made.step % made.evaluateEvery === 0) await made.evaluate();
  }
  if (made.evaluations.at(-1)?.step !== made.step) await made.evaluate();
  const last = made.evaluations.at(-1)!;
  const result = {
    ...wanted,
    last: last.dev.score,
    best: made.best!.dev.score,
    trainLoss: last.train.loss,
    devLoss: last.dev.loss,
    diverged
  };
  made.dispose();
  return result;
}
