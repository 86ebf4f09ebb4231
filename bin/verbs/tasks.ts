import {join} from "node:path";
import {corpusText, generateCorpus} from "../../src/lib/corpus/index.js";
import type {
  FineTuneEvaluation,
  FineTuneSummary
} from "../../src/lib/engine/fineTuning/protocol.js";
import {InputError} from "../../src/lib/errors.js";
import type {FineTuneRecipeInput} from "../../src/lib/finetune/recipe.js";
import {ownTexts} from "../../src/lib/finetune/ownText.js";
import {
  generatedDocuments,
  parseTasksPlan,
  startOf,
  type StartName,
  type TasksPlan
} from "../../src/lib/finetune/starts.js";
import {fineTuneTask, fineTuneTasks} from "../../src/lib/finetune/tasks.js";
import {outcomesCsv, taskTable, type TaskOutcome} from "../../src/lib/finetune/taskTable.js";
import {readArguments, UsageError} from "../arguments.js";
import {isThere, readBytes, readJson, writeBytes} from "../files.js";
import {holdingFolder} from "../holdFolder.js";
import {nodeBackends} from "../nodeBackends.js";
import {readSplit} from "../taskFile.js";
import {findTasks, taskLabel, type TaskFiles} from "../taskFolder.js";
import {run as finetune} from "./finetune.js";
import {run as train} from "./train.js";

export const usage =
  `tasks [PLAN.json] --data DIR --output DIR [--only TASK,TASK,…] [--languages en,de,…] [--seeds N] [--threads N] ` +
  `[--backend ${nodeBackends.join("|")}]`;
export const does =
  "pretrains small models on the generated language and the text of the tasks in a folder, fine-tunes them for each task over seeds, prints scores beside baselines; goes on where it stopped";

/** From the folders of data sets to a table of scores. Each part is a run that another verb does alone. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(
    argv,
    {
      data: "value",
      output: "value",
      only: "value",
      languages: "value",
      seeds: "value",
      threads: "value",
      backend: "value"
    },
    {positionals: 1}
  );
  const [data, output] = [args.required("data"), args.required("output")];
  const seeds = args.integer("seeds", 1) ?? 3;
  const passed = ["threads", "backend"].flatMap((name) => {
    const value = args.value(name);
    return value === undefined ? [] : [`--${name}`, value];
  });
  const [planPath] = args.positionals;
  const planText =
    planPath === undefined ? "{}" : new TextDecoder().decode(await readBytes(planPath));
  const plan = parseTasksPlan(planText, planPath ?? "plan");
  const languages = args.value("languages")?.split(",") ?? [];
  const all = await findTasks(data, languages);
  const absent = languages.find((asked) => !all.some(({language}) => language === asked));
  if (absent !== undefined)
    throw new UsageError(
      `--languages ${absent}: ${data} holds no SQuAD file of that language (expected a name as xquad.de.json has)`
    );
  const chosen = chooseTasks(all, data, args.value("only"));
  for (const {task, train: rows, dev} of chosen)
    console.log(`${task.name}: ${rows}, ${dev ?? "a fifth of it held out"}`);
  await holdingFolder(output, async () => {
    const starts = new Starts(plan, all, output, passed);
    const outcomes: TaskOutcome[] = [];
    for (const files of chosen)
      for (let seed = 1; seed <= seeds; ++seed) {
        const recipe = {...plan.recipes[files.task.id], seed};
        const start = files.language === undefined ? startOf(files.task, recipe) : "languages";
        const model = await starts.folder(start);
        outcomes.push(await tuned(files, recipe, model, output, passed));
      }
    const results = await withEarlier(outcomes, join(output, "results.json"));
    await writeBytes(join(output, "results.json"), `${JSON.stringify(results, null, 1)}\n`);
    await writeBytes(join(output, "results.csv"), outcomesCsv(results));
    console.log(`\n${taskTable(results)}`);
  });
}

/** What a folder holds of other tasks and seeds, beside the outcomes of these, in the tasks' order. */
async function withEarlier(outcomes: readonly TaskOutcome[], path: string): Promise<TaskOutcome[]> {
  const earlier = (await isThere(path)) ? ((await readJson(path)) as TaskOutcome[]) : [];
  const isNew = ({task, seed}: TaskOutcome) =>
    outcomes.some((other) => other.task === task && other.seed === seed);
  const place = ({task}: TaskOutcome) =>
    fineTuneTasks.findIndex(({id}) => id === task.split("-")[0]);
  return [...earlier.filter((outcome) => !isNew(outcome)), ...outcomes].sort(
    (a, b) => place(a) - place(b) || a.seed - b.seed
  );
}

/** The tasks that are asked for. */
function chooseTasks(all: readonly TaskFiles[], data: string, only: string | undefined) {
  if (all.length === 0)
    throw new InputError(
      `${data}: no task found (expected folders named SST-2, CoLA, … with a train file, CoNLL files, or SQuAD's JSON)`
    );
  const ids = only?.split(",").map((id) => fineTuneTask(id).id);
  const missing = ids?.find((id) => !all.some(({task}) => task.id === id));
  if (missing !== undefined) throw new UsageError(`--only ${missing}: ${data} holds no such task`);
  return all.filter(({task}) => !ids || ids.includes(task.id));
}

/** The models that tasks begin from, each made when it is first asked for and not there yet. */
class Starts {
  readonly #plan: TasksPlan;
  readonly #all: readonly TaskFiles[];
  readonly #folder: string;
  readonly #passed: readonly string[];

  constructor(
    plan: TasksPlan,
    all: readonly TaskFiles[],
    output: string,
    passed: readonly string[]
  ) {
    this.#plan = plan;
    this.#all = all;
    this.#folder = join(output, "starts");
    this.#passed = passed;
  }

  /** The run of a start, trained to its end. */
  async folder(name: StartName): Promise<string> {
    const folder = join(this.#folder, name);
    if (await isThere(join(folder, "model", "model.safetensors"))) return folder;
    if (name === "pairs") {
      const words = await this.folder("words");
      console.log("\npractice on generated pairs");
      const {recipe, rows} = this.#plan.pairs;
      const config = await this.#written("pairs.json", JSON.stringify(recipe, null, 2));
      const isPractised = await isThere(folder);
      await finetune([
        ...[config, "--model", words, "--task", "stsb", "--generate", String(rows)],
        ...["--sentences", join(this.#folder, "words.txt"), "--output", folder],
        ...(isPractised ? ["--resume"] : []),
        ...this.#passed
      ]);
      return folder;
    }
    console.log(`\npretraining: ${name}`);
    const path = await this.#written(`${name}.txt`, await this.#text(name));
    const recipe = {...this.#plan[name], corpus: {path}};
    const config = await this.#written(`${name}.json`, JSON.stringify(recipe, null, 2));
    const isBegun = await isThere(join(folder, "metrics.csv"));
    await train([config, "--output", folder, ...(isBegun ? ["--resume"] : []), ...this.#passed]);
    return folder;
  }

  /**
   * The generated language, and the training text of every task that begins from this model, so that
   * the model is the same whichever tasks are asked for. A file that cannot be read is left out.
   */
  async #text(name: Exclude<StartName, "pairs">): Promise<string> {
    const generated = corpusText(generateCorpus({documents: generatedDocuments, seed: 1})).trim();
    // Of several languages each has the same share: the tasks' own text alone.
    const texts = name === "languages" ? [] : [generated];
    for (const {task, train: rows, dev, language} of this.#all) {
      const wanted = language === undefined ? startOf(task) : "languages";
      if ((wanted === "pairs" ? "words" : wanted) !== name) continue;
      try {
        texts.push(...ownTexts((await readSplit(task, {train: rows, dev})).train));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        console.log(`note: ${task.name} is not read: ${error.message}`);
      }
    }
    return texts.join("\n\n");
  }

  async #written(name: string, text: string): Promise<string> {
    const path = join(this.#folder, name);
    await writeBytes(path, `${text}\n`);
    return path;
  }
}

/** One fine-tuning run, made where its report is not there yet. */
async function tuned(
  files: TaskFiles,
  recipe: FineTuneRecipeInput & {seed: number},
  model: string,
  output: string,
  passed: readonly string[]
): Promise<TaskOutcome> {
  const {seed} = recipe;
  const {task, train: rows, dev} = files;
  const label = taskLabel(files);
  const folder = join(output, label, `seed-${seed}`);
  const report = join(folder, "report.json");
  if (!(await isThere(report))) {
    console.log(`\n${[task.name, files.language ?? []].flat().join(", ")}, seed ${seed}`);
    const isBegun = await isThere(folder);
    const config = join(output, label, `seed-${seed}.json`);
    await writeBytes(config, `${JSON.stringify(recipe)}\n`);
    await finetune([
      ...[config, "--model", model, "--task", task.id, "--train", rows],
      ...(dev === null ? [] : ["--dev", dev]),
      ...["--output", folder, ...(isBegun ? ["--resume"] : []), ...passed]
    ]);
  }
  const {summary, best, evaluations} = (await readJson(report)) as {
    summary: FineTuneSummary;
    best: FineTuneEvaluation;
    evaluations: FineTuneEvaluation[];
  };
  return {
    task: label,
    seed,
    train: summary.train.examples,
    dev: summary.dev.examples,
    kept: best.dev.metrics,
    last: evaluations.at(-1)!.dev.metrics,
    baselines: summary.baselines.map(({name, metrics}) => ({name, metrics}))
  };
}
