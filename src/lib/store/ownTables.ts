/** What this browser has computed, as tables for SQL: its runs, their steps and scores, probes, sweeps. */
import {finalOf, type TimedRecord} from "../experiments/record.js";
import type {Cell, ColumnType, Table} from "../glue/table.js";
import type {FileStore, StoreRoot} from "./files.js";
import {readRecords, type FineTuneRecord, type ProbeRecord} from "./records.js";
import {listRuns, readHistory, type RunEntry} from "./runs.js";

/** What every row of one's own says beside published numbers. */
export const notComparable = "not comparable";

/** Where the rows come from. */
export interface OwnStores {
  runs: StoreRoot;
  sweeps: FileStore;
  fineTuning: FileStore;
  probes: FileStore;
}

type Columns = readonly (readonly [name: string, type: ColumnType, description: string])[];

const mark = [
  "comparability",
  "text",
  "always 'not comparable': small models, other data"
] as const;

const runColumns: Columns = [
  ["run", "text", "id of the run"],
  ["kind", "text", "pretraining or fine-tuning"],
  ["name", "text", "what you call it, or the model and the data it began with"],
  ["task", "text", "MLM, or the task it was fine-tuned for, named as in glue_results"],
  ["corpus", "text", "what it read"],
  ["start", "text", "fine-tuning: pretrained or random weights"],
  ["parameters", "integer", "stored parameters, shared ones once"],
  ["embedding_size", "integer", "E; null for fine-tuning, whose model is in name"],
  ["hidden_size", "integer", "H"],
  ["num_hidden_layers", "integer", "L"],
  ["sharing", "text", "what the layers share"],
  ["sentence", "text", "sentence objective: none, nsp or sop"],
  ["learning_rate", "number", "peak learning rate"],
  ["batch_size", "integer", "rows a step"],
  ["seed", "integer", "seed of all that is random"],
  ["step", "integer", "steps taken"],
  ["steps", "integer", "steps of the whole run"],
  ["loss", "number", "training loss of the newest step: nats, or squared error"],
  ["score", "number", "the newest held-out masked accuracy, or the best dev score; 0 to 1"],
  ["metric", "text", "what score is"],
  ["computed_by", "text", "backend and executor"],
  ["recipe", "text", "hash of the recipe (pretraining)"],
  ["created_at", "text", "ISO date"],
  ["saved_at", "text", "ISO date"],
  mark
];

const stepColumns: Columns = [
  ["run", "text", "id of the run"],
  ["step", "integer", "updates made, this one included"],
  ["loss", "number", "of the batch: nats, or squared error"],
  ["mlm_loss", "number", "masked words alone, nats; null for fine-tuning"],
  ["sentence_loss", "number", "sentence objective alone, nats"],
  ["mlm_accuracy", "number", "masked words right in the batch, 0 to 1"],
  ["learning_rate", "number", "of this step"],
  ["gradient_norm", "number", "before clipping"],
  ["tokens_per_second", "number", "pieces a second"]
];

const evalColumns: Columns = [
  ["run", "text", "id of the run"],
  ["step", "integer", "at which step"],
  ["split", "text", "held-out, dev or train"],
  ["task", "text", "MLM, SOP or NSP, or the task as in glue_results"],
  ["metric", "text", "acc, f1, mcc, pearson, spearman as in glue_results; else its own name"],
  ["value", "number", "shares 0 to 1, losses in nats, SQuAD's em and f1 in percent"],
  ["n", "integer", "examples or masked pieces scored"],
  mark
];

const probeColumns: Columns = [
  ["probe_id", "text", "id of the measurement"],
  ["model", "text", "what was probed"],
  ["run", "text", "id of its run, where it is one of this browser's"],
  ["task", "text", "what the probe is asked"],
  ["probe", "text", "kind of probe"],
  ["depth", "integer", "0: the embedding; else after so many layers"],
  ["metric", "text", "what value is"],
  ["value", "number", "the probe's score"],
  ["control", "number", "the same on labels that mean nothing"],
  ["n", "integer", "examples scored"],
  ["seed", "integer", "seed of the probe"],
  ["saved_at", "text", "ISO date"],
  mark
];

const sweepColumns: Columns = [
  ["sweep", "text", "name of the sweep"],
  ["cell", "text", "what this run varies, as JSON"],
  ["seed", "integer", "seed"],
  ["recipe", "text", "hash of the recipe"],
  ["parameters", "integer", "stored parameters, shared ones once"],
  ["flops_per_token", "number", "forward operations of the encoder for one piece"],
  ["steps", "integer", "steps of the run"],
  ["mlm_loss", "number", "held out, nats"],
  ["mlm_accuracy", "number", "held out, 0 to 1"],
  ["sentence_accuracy", "number", "held out, 0 to 1"],
  ["masked_count", "integer", "masked pieces scored"],
  ["diverged", "text", "what ended it early, or null"],
  ["seconds", "number", "of training"],
  ["tokens_per_second", "number", "pieces a second"],
  mark
];

const makeTable = (
  name: string,
  description: string,
  columns: Columns,
  rows: readonly (readonly Cell[])[]
): Table => ({
  name,
  description,
  rows: rows.length,
  columns: columns.map(([column, type, about], i) => ({
    name: column,
    type,
    description: about,
    values: rows.map((row) => row[i] ?? null)
  }))
});

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

/** The names of the tables that {@link ownTables} fills. */
export const ownTableNames = ["runs", "steps", "evals", "probes", "sweeps"] as const;

/**
 * The tables `runs`, `steps`, `evals`, `probes` and `sweeps`, each with its columns even where
 * nothing is kept. Deleted runs are left out; a run that cannot be read is passed over.
 */
export async function ownTables(stores: OwnStores): Promise<Table[]> {
  const {runs} = await listRuns(stores.runs);
  const present = runs.filter(({label}) => label.deletedAt === null);
  const tuned = (await readRecords<FineTuneRecord>(stores.fineTuning)).filter(
    ({version}) => version === 1
  );
  const histories = await Promise.all(
    present.map(({id}) =>
      readHistory(stores.runs.folder(id)).catch(() => ({metrics: [], evaluations: []}))
    )
  );
  const steps: Cell[][] = [];
  const evals: Cell[][] = [];
  present.forEach((run, i) => {
    const {metrics, evaluations} = histories[i]!;
    for (const m of metrics)
      steps.push([
        run.id,
        m.step,
        m.loss,
        m.mlmLoss,
        m.sentenceLoss,
        m.mlmAccuracy,
        m.learningRate,
        m.gradientNorm,
        m.tokensPerSecond
      ]);
    const sentence = run.recipe.objective.sentence.toUpperCase();
    for (const e of evaluations) {
      const score = (task: string, metric: string, value: number | null, n: number) => {
        if (value !== null)
          evals.push([run.id, e.step, "held-out", task, metric, value, n, notComparable]);
      };
      score("MLM", "loss", e.mlmLoss, e.maskedCount);
      score("MLM", "acc", e.mlmAccuracy, e.maskedCount);
      score(sentence, "loss", e.sentenceLoss, e.sentenceCount);
      score(sentence, "acc", e.sentenceAccuracy, e.sentenceCount);
    }
  });
  for (const record of tuned) {
    for (const {step, loss, learningRate, gradientNorm, tokensPerSecond} of record.steps)
      steps.push([
        record.id,
        step,
        loss,
        null,
        null,
        null,
        learningRate,
        gradientNorm,
        tokensPerSecond
      ]);
    for (const {step, dev, train} of record.evaluations)
      for (const [split, set] of [["dev", dev] as const, ["train", train] as const])
        for (const [metric, value] of [...Object.entries(set.metrics), ["loss", set.loss] as const])
          evals.push([
            record.id,
            step,
            split,
            named(record.summary.taskName),
            metricNames[metric] ?? metric,
            value,
            set.examples,
            notComparable
          ]);
  }
  const probes = await readRecords<ProbeRecord>(stores.probes);
  const sweeps = await readRecords<TimedRecord>(stores.sweeps);
  return [
    makeTable(
      "runs",
      "Your own runs in this browser; never comparable with published ones.",
      runColumns,
      [...present.map(runRow), ...tuned.map(tunedRow)]
    ),
    makeTable("steps", "Every step of your own runs.", stepColumns, steps),
    makeTable("evals", "Every evaluation of your own runs, one number a row.", evalColumns, evals),
    makeTable(
      "probes",
      "Scores of probes of your own models, with their controls.",
      probeColumns,
      probes.flatMap((p) =>
        p.scores.map(({depth, metric, value, control, n, seed}) => [
          p.id,
          p.model,
          p.runId,
          p.task,
          p.probe,
          depth,
          metric,
          value,
          control,
          n,
          seed,
          p.savedAt,
          notComparable
        ])
      )
    ),
    makeTable(
      "sweeps",
      "Every finished run of your own sweeps, with its last scores.",
      sweepColumns,
      sweeps.map(sweepRow)
    )
  ];
}

function runRow(run: RunEntry): Cell[] {
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

function tunedRow({id, createdAt, savedAt, summary, evaluations, steps}: FineTuneRecord): Cell[] {
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

function sweepRow(record: TimedRecord): Cell[] {
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
