/** Rows of the tables of one's own results, in the order of `ownColumns`. */
import {finalOf, type TimedRecord} from "../experiments/record.js";
import type {Cell} from "../glue/table.js";
import type {Evaluation, StepMetrics} from "../engine/trainingCalls.js";
import {notComparable} from "./ownColumns.js";
import type {FineTuneRecord, ProbeRecord} from "./records.js";
import type {RunEntry} from "./runs.js";

/** The metric of Hugging Face's name under that of glue_results. */
const metricNames: Readonly<Record<string, string>> = {
  accuracy: "acc",
  matthews_correlation: "mcc",
  spearmanr: "spearman",
  exact_match: "em"
};

/** A task as glue_results names it. */
const taskNames: Readonly<Record<string, string>> = {
  MNLI: "MNLI-m",
  "MNLI mismatched": "MNLI-mm",
  "SQuAD 1.1": "SQuAD1.1",
  "SQuAD 2.0": "SQuAD2.0"
};
const named = (task: string) => taskNames[task] ?? task;

/** A pretraining run. */
export function runRow(run: RunEntry): Cell[] {
  const {model, objective, optimizer, batch, seed} = run.recipe;
  const {backend, executor} = run.versions;
  return [
    run.id,
    "pretraining",
    run.label.name || run.corpus,
    "MLM",
    run.corpus,
    null,
    run.parameters,
    model.embedding_size,
    model.hidden_size,
    model.num_hidden_layers,
    typeof model.sharing === "string" ? model.sharing : JSON.stringify(model.sharing),
    objective.sentence,
    optimizer.learning_rate,
    batch.size,
    seed,
    run.step,
    run.steps,
    run.loss,
    run.evaluation?.mlmAccuracy ?? null,
    "masked accuracy, held out",
    [backend, executor].filter(Boolean).join(", "),
    run.hash,
    run.createdAt,
    run.savedAt,
    notComparable
  ];
}

/** A fine-tuning run. */
export function tunedRow({
  id,
  createdAt,
  savedAt,
  summary,
  evaluations,
  steps
}: FineTuneRecord): Cell[] {
  const best = evaluations.findLast(({isBest}) => isBest);
  const {recipe} = summary;
  return [
    id,
    "fine-tuning",
    `${summary.model}, ${summary.train.name}`,
    named(summary.taskName),
    summary.train.name,
    summary.start,
    summary.parameters,
    null,
    null,
    null,
    null,
    null,
    recipe.optimizer.learning_rate,
    recipe.batch.size,
    recipe.seed,
    steps.at(-1)?.step ?? 0,
    summary.steps,
    steps.at(-1)?.loss ?? null,
    best?.dev.score ?? null,
    `best ${metricNames[summary.scoreName] ?? summary.scoreName}, dev`,
    summary.executor,
    null,
    createdAt,
    savedAt,
    notComparable
  ];
}

/** A finished run of a sweep. */
export function sweepRow(record: TimedRecord): Cell[] {
  const last = finalOf(record);
  return [
    record.sweep,
    JSON.stringify(record.cell),
    record.seed,
    record.hash,
    record.parameters,
    record.flops_per_token,
    record.steps,
    last?.mlm_loss ?? null,
    last?.mlm_accuracy ?? null,
    last?.sentence_accuracy ?? null,
    record.masked_count,
    record.diverged,
    record.timing.seconds,
    record.timing.tokens_per_second,
    notComparable
  ];
}

/** Steps of a pretraining run. */
export function runSteps(run: string, metrics: readonly StepMetrics[]): Cell[][] {
  return metrics.map((m) => [
    run,
    m.step,
    m.loss,
    m.mlmLoss,
    m.sentenceLoss,
    m.mlmAccuracy,
    m.learningRate,
    m.gradientNorm,
    m.tokensPerSecond
  ]);
}

/** Evaluations of a pretraining run, one number a row. */
export function runEvals(run: RunEntry, evaluations: readonly Evaluation[]): Cell[][] {
  const sentence = run.recipe.objective.sentence.toUpperCase();
  return evaluations.flatMap((e) => {
    const row = (task: string, metric: string, value: number | null, n: number): Cell[][] =>
      value === null ? [] : [[run.id, e.step, "held-out", task, metric, value, n, notComparable]];
    return [
      ...row("MLM", "loss", e.mlmLoss, e.maskedCount),
      ...row("MLM", "acc", e.mlmAccuracy, e.maskedCount),
      ...row(sentence, "loss", e.sentenceLoss, e.sentenceCount),
      ...row(sentence, "acc", e.sentenceAccuracy, e.sentenceCount)
    ];
  });
}

/** Steps of a fine-tuning run. */
export function tunedSteps({id, steps}: FineTuneRecord): Cell[][] {
  return steps.map(({step, loss, learningRate, gradientNorm, tokensPerSecond}) => [
    ...[id, step, loss, null, null, null],
    ...[learningRate, gradientNorm, tokensPerSecond]
  ]);
}

/** Evaluations of a fine-tuning run on dev and on part of train, one number a row. */
export function tunedEvals({id, summary, evaluations}: FineTuneRecord): Cell[][] {
  return evaluations.flatMap(({step, dev, train}) =>
    [["dev", dev] as const, ["train", train] as const].flatMap(([split, set]) =>
      [...Object.entries(set.metrics), ["loss", set.loss] as const].map(([metric, value]) => [
        ...[id, step, split, named(summary.taskName)],
        ...[metricNames[metric] ?? metric, value, set.examples, notComparable]
      ])
    )
  );
}

/** Scores of one record of probes. */
export function probeRows(p: ProbeRecord): Cell[][] {
  return p.scores.map(({depth, metric, value, control, n, seed}) => [
    ...[p.id, p.model, p.runId, p.task, p.probe],
    ...[depth, metric, value, control, n, seed, p.savedAt, notComparable]
  ]);
}
