import type {TableSpec} from "./table.js";

/** What a published number measures. `unspecified`: the source does not say. */
export const metrics = [
  "acc",
  "f1",
  "em",
  "mcc",
  "pearson",
  "spearman",
  "avg",
  "score",
  "unspecified"
] as const;

/** One of {@link metrics}. */
export type Metric = (typeof metrics)[number];

/** A metric as an axis or a legend names it. */
export const metricLabels: Readonly<Record<Metric, string>> = {
  acc: "accuracy",
  f1: "F1",
  em: "exact match",
  mcc: "Matthews correlation",
  pearson: "Pearson correlation",
  spearman: "Spearman correlation",
  avg: "average",
  score: "leaderboard score",
  unspecified: "metric not named by the source"
};

/**
 * Which metrics a result may carry for each test set. Anything else is a transcription error: an
 * F1 for MNLI, say, or an accuracy for CoLA.
 */
export const resultMetrics: Readonly<Record<string, readonly Metric[]>> = {
  CoLA: ["mcc"],
  "SST-2": ["acc"],
  MRPC: ["f1", "acc", "unspecified"],
  "STS-B": ["pearson", "spearman", "unspecified"],
  QQP: ["f1", "acc", "unspecified"],
  "MNLI-m": ["acc"],
  "MNLI-mm": ["acc"],
  QNLI: ["acc"],
  RTE: ["acc"],
  WNLI: ["acc"],
  AX: ["mcc"],
  GLUE: ["score", "avg"],
  "SQuAD1.1": ["f1", "em"],
  "SQuAD2.0": ["f1", "em"],
  RACE: ["acc"],
  "RACE-middle": ["acc"],
  "RACE-high": ["acc"],
  AVG5: ["avg"]
};

/** Where published numbers come from. */
export const sourcesSpec: TableSpec = {
  name: "sources",
  description: "Where each published number was read, and how it was checked.",
  columns: [
    {name: "id", type: "text", description: "short name, as in glue_results.source"},
    {name: "title", type: "text", description: "the table, README or thread"},
    {
      name: "year",
      type: "integer",
      optional: true,
      min: 2017,
      max: 2030,
      description: "year it was made public"
    },
    {
      name: "kind",
      type: "text",
      values: ["paper", "readme", "leaderboard", "thread", "copy"],
      description: "paper, readme, leaderboard, thread, or copy (a table copied by somebody else)"
    },
    {
      name: "location",
      type: "text",
      description: "paper and table, or repository, file and commit"
    },
    {name: "checked", type: "text", description: "how the transcription was checked"},
    {name: "second_hand", type: "flag", description: "1 when only a copy of the source was seen"}
  ]
};

/** Published results, one number a row. */
export const resultsSpec: TableSpec = {
  name: "glue_results",
  description: "Published scores, one number a row, each with its source.",
  columns: [
    {name: "model", type: "text", description: "model family"},
    {name: "variant", type: "text", description: "size, version or run within the family"},
    {
      name: "params_millions",
      type: "number",
      optional: true,
      min: 1,
      max: 1000,
      description: "parameters as published, in millions; empty for ensembles"
    },
    {
      name: "config",
      type: "text",
      optional: true,
      description: "released configuration of the same shape: configs.model"
    },
    {name: "source", type: "text", description: "where the number was read: sources.id"},
    {name: "split", type: "text", values: ["dev", "test"], description: "dev or test"},
    {
      name: "setting",
      type: "text",
      values: ["single", "ensemble"],
      description: "one model or several"
    },
    {name: "protocol", type: "text", description: "how the number was made"},
    {name: "task", type: "text", values: Object.keys(resultMetrics), description: "test set"},
    {name: "metric", type: "text", values: metrics, description: "what the number measures"},
    {name: "value", type: "number", min: -100, max: 100, description: "the score, times 100"},
    {
      name: "inferred",
      type: "flag",
      description: "1 when the metric is our reading, not the source's word"
    },
    {
      name: "note",
      type: "text",
      optional: true,
      description: "what to know before using the number"
    },
    {name: "suspect", type: "flag", description: "1 when the published number is probably a slip"},
    {name: "second_hand", type: "flag", description: "1 when only a copy of the source was seen"}
  ]
};
