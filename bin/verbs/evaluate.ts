import {readModelFolder} from "../../src/lib/albert/checkpoint/folder.js";
import {
  headConfig,
  headOf,
  longestRow,
  tokenizerFor
} from "../../src/lib/engine/fineTuning/headModel.js";
import {logitsOf, scoreRows} from "../../src/lib/engine/fineTuning/scorer.js";
import {makeHeadStepper} from "../../src/lib/engine/makeStepper.js";
import {InputError} from "../../src/lib/errors.js";
import type {BatchOptions} from "../../src/lib/finetune/batches.js";
import {isTextDataset} from "../../src/lib/finetune/dataset.js";
import {featuresOf} from "../../src/lib/finetune/features.js";
import {parseFineTuneRecipe} from "../../src/lib/finetune/recipe.js";
import {knownLabels} from "../../src/lib/finetune/labels.js";
import {predict} from "../../src/lib/finetune/score.js";
import {predictionsText, submissionText} from "../../src/lib/finetune/submission.js";
import {comparesTexts, fineTuneTasks} from "../../src/lib/finetune/tasks.js";
import {readArguments, UsageError} from "../arguments.js";
import {writeBytes} from "../files.js";
import {folderSource} from "../folderSource.js";
import {loadTokenizer} from "../loadTokenizer.js";
import {nodeBackends, useNodeBackend} from "../nodeBackends.js";
import {columnOptions, columnsOf, columnUsage, modelFolder, readRows, taskOf} from "../taskFile.js";

export const usage =
  `evaluate --model DIR --task ${fineTuneTasks.map(({id}) => id).join("|")} --data FILE ` +
  `[--max-length N --batch N --predictions FILE --submission FILE.tsv] ${columnUsage} ` +
  `[--backend ${nodeBackends.join("|")}]`;
export const does =
  "prints the metrics of a fine-tuned model on a task's file as JSON; writes predictions or a GLUE submission";

/** Scores a Hugging Face folder on a task's file. */
export async function run(argv: string[]): Promise<void> {
  const args = readArguments(argv, {
    model: "value",
    task: "value",
    data: "value",
    "max-length": "value",
    batch: "value",
    predictions: "value",
    submission: "value",
    backend: "value",
    ...columnOptions
  });
  const folder = await modelFolder(args.required("model"));
  const task = taskOf(args);
  const path = args.required("data");
  const [predictionsPath, submissionPath] = [args.value("predictions"), args.value("submission")];
  if (submissionPath !== undefined && task.submission === null)
    throw new UsageError(`--submission: ${task.id} is no task of GLUE`);
  const backend = args.oneOf("backend", nodeBackends);
  const maxLength = args.integer("max-length", 8);
  const size = args.integer("batch", 1) ?? 32;
  const model = await readModelFolder(await folderSource(folder), folder);
  const {config, parameters} = model;
  const isApart = config.architecture === "AlbertForTextPairs" && comparesTexts(task);
  if (config.architecture !== headOf[task.kind] && !isApart)
    throw new InputError(
      `${folder}: config.json: architectures is ${config.architecture}, expected ${headOf[task.kind]} for ${task.id} (fine-tune it first)`
    );
  const unlabelled = predictionsPath !== undefined || submissionPath !== undefined;
  const {labels, order} = knownLabels(config.id2label, task, folder);
  const data = await readRows(path, task, {
    columns: columnsOf(args),
    labels,
    unlabelled
  });
  const start = {name: folder, config, data: parameters, tokenizer: await loadTokenizer(folder)};
  const tokenizer = tokenizerFor(start);
  const {recipe} = parseFineTuneRecipe({});
  const cut = {
    maxLength: longestRow(config, maxLength ?? 512),
    stride: maxLength === undefined ? 64 : recipe.answers.stride,
    isApart
  };
  const {rows, notes} = featuresOf(data, tokenizer, cut);
  for (const note of [...model.notes, ...data.notes, ...notes])
    process.stderr.write(`note: ${note}\n`);
  await useNodeBackend(backend);
  const own = headConfig(config, {kind: task.kind, labels: config.id2label}, {}, isApart);
  const stepper = makeHeadStepper(own, parameters, {
    optimizer: "adamw",
    options: {},
    maxGradientNorm: 0,
    seed: 0
  });
  const options: BatchOptions = {
    kind: task.kind,
    size,
    maxLength: cut.maxLength,
    padId: tokenizer.special.pad,
    typeVocabSize: config.typeVocabSize
  };
  const inOrder = {
    logits: async (batch: Parameters<typeof stepper.logits>[0]) =>
      reordered(await stepper.logits(batch), order)
  };
  const hasLabels = isTextDataset(data)
    ? data.examples.every(({label}) => label !== null)
    : !data.isUnlabelled;
  const scored = hasLabels ? await scoreRows(inOrder, data, rows, own, options) : null;
  const predictions =
    scored?.predictions ?? predict(data, rows, await logitsOf(inOrder, rows, own, options));
  if (predictionsPath !== undefined)
    await writeBytes(predictionsPath, predictionsText(data, predictions));
  if (submissionPath !== undefined && isTextDataset(data))
    await writeBytes(submissionPath, submissionText(data, predictions));
  const metrics = scored ? {...scored.score.metrics, loss: scored.score.loss} : {};
  console.log(
    JSON.stringify(
      {task: task.id, data: data.name, examples: data.examples.length, ...metrics},
      null,
      1
    )
  );
  stepper.dispose();
}

/** Logits of classes in the task's order. */
function reordered(logits: Float32Array, order: readonly number[] | null): Float32Array {
  if (!order) return logits;
  const n = order.length;
  return logits.map((_, i) => logits[i - (i % n) + order[i % n]!]!);
}
