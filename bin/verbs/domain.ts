import {join} from "node:path";
import {readModelFolder} from "../../src/lib/albert/checkpoint/folder.js";
import {readText} from "../../src/lib/corpus/readText.js";
import {
  continueOnDomain,
  generalText,
  type DomainChange,
  type DomainTask
} from "../../src/lib/engine/fineTuning/domain.js";
import {parseFineTuneRecipeText} from "../../src/lib/finetune/recipe.js";
import {readArguments, UsageError, type Arguments} from "../arguments.js";
import {fileName, readBytes, writeBytes} from "../files.js";
import {folderSource} from "../folderSource.js";
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
  `domain [RECIPE.json] --model DIR --text FILE [--general FILE] --output DIR [--steps N --learning-rate X --seed N] ` +
  `[--task TASK --train FILE [--dev FILE] --seeds N ${columnUsage}] [--threads N] [--backend ${nodeBackends.join("|")}]`;
export const does =
  "goes on pretraining a model on a text; compares losses there and elsewhere, and a task learned from both models over seeds";

/** Continues pretraining and prints what it changed, with intervals; writes result.json and model/. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(
    argv,
    {
      model: "value",
      text: "value",
      general: "value",
      output: "value",
      steps: "value",
      "learning-rate": "value",
      seed: "value",
      task: "value",
      train: "value",
      dev: "value",
      seeds: "value",
      threads: "value",
      backend: "value",
      ...columnOptions
    },
    {positionals: 1}
  );
  const [folder, output] = [await modelFolder(args.required("model")), args.required("output")];
  const path = args.required("text");
  const learning_rate = Number(args.value("learning-rate") ?? 0.001);
  if (!(learning_rate > 0 && learning_rate <= 1))
    throw new UsageError("--learning-rate: expected a number over 0, up to 1");
  const task = await taskFrom(args);
  const plan = {
    steps: args.integer("steps", 1) ?? 500,
    learning_rate,
    seed: args.integer("seed", 0) ?? 1,
    seeds: task ? (args.integer("seeds", 1) ?? 3) : 0
  };
  const read = async (file: string) => readText(await readBytes(file), fileName(file));
  const other = args.value("general");
  const texts = {
    domain: await read(path),
    general: other === undefined ? generalText() : await read(other)
  };
  const {config, parameters} = await readModelFolder(await folderSource(folder), folder);
  const tokenizer = await loadTokenizer(folder);
  useNodeThreads(args.integer("threads", 1) ?? 1);
  await useNodeBackend(args.oneOf("backend", nodeBackends));
  const model = {name: folder, config, data: parameters, tokenizer};
  const {result, files} = await continueOnDomain(model, texts, plan, task, (told) => {
    if (told.kind === "phase") return console.log(told.phase);
    const {step, domain, general} = told.points.at(-1)!;
    console.log(
      `step ${step} of ${plan.steps} · loss on ${texts.domain.name} ${domain.toFixed(3)}, on ${texts.general.name} ${general.toFixed(3)}`
    );
  });
  await writeBytes(join(output, "result.json"), `${JSON.stringify(result, null, 1)}\n`);
  for (const [file, bytes] of files) await writeBytes(join(output, "model", file), bytes);
  console.log(`loss on ${result.domain}: ${words(result.losses.domain, "batches")}`);
  console.log(`loss on ${result.general}: ${words(result.losses.general, "batches")}`);
  if (result.score)
    console.log(
      `${result.score.task}, ${result.score.metric}: ${words(result.score, result.score.runs.length === 1 ? "seed" : "seeds")}`
    );
}

/** The rows of the task and how it is learned; null where none is named. */
async function taskFrom(args: Arguments): Promise<DomainTask | null> {
  const [recipePath] = args.positionals;
  if (args.value("task") === undefined) {
    if (args.value("train") !== undefined || recipePath !== undefined)
      throw new UsageError("--train and RECIPE.json are of a task: expected --task");
    return null;
  }
  const task = taskOf(args);
  const files = {train: args.required("train"), dev: args.value("dev") ?? null};
  const text =
    recipePath === undefined ? "{}" : new TextDecoder().decode(await readBytes(recipePath));
  const {recipe} = parseFineTuneRecipeText(text, recipePath ?? "recipe", task);
  return {recipe, ...(await readSplit(task, files, columnsOf(args)))};
}

const words = ({before, after, change}: DomainChange, of: string) => {
  const interval = Number.isFinite(change.low)
    ? `, 95 % interval ${change.low.toFixed(3)} to ${change.high.toFixed(3)}`
    : "";
  return `${before.toFixed(3)} before, ${after.toFixed(3)} after, change ${change.mean.toFixed(3)}${interval} (${change.n} ${of})`;
};
