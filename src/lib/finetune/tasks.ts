/** What a model can be fine-tuned for: GLUE's tasks, named entities, answers, and free classes. */
import {InputError} from "../errors.js";

/** What is predicted: a class or a number of a text, a tag of each word, a span of a context. */
export type TaskKind = "classification" | "regression" | "tags" | "answers";

/** One task: how its rows are read and how its predictions are scored. */
export interface FineTuneTask {
  /** The word of the terminal, for example "sst2". */
  id: string;
  /** Name as in papers. */
  name: string;
  kind: TaskKind;
  /** Classes in label order; null where the data name them (tags, free classes) or there are none. */
  classes: readonly string[] | null;
  /** Names of the text columns, one entry per layout; a pair of names is a pair of texts. */
  textColumns: readonly (readonly string[])[];
  /** Names that the label column goes by. */
  labelColumns: readonly string[];
  /** Columns of a file without a header, if such files exist. */
  headless: readonly HeadlessLayout[];
  /** Whether labels may be written as the classes' names. */
  named: boolean;
  /** The metric that is watched; higher is better. */
  score: string;
  /** Name of GLUE's submission file, without `.tsv`; null outside GLUE. */
  submission: string | null;
  /** Whether a submission names the classes rather than their numbers. */
  submitsNames?: boolean;
}

/** Where text and label stand in a file without a header. */
export interface HeadlessLayout {
  columns: number;
  text: readonly number[];
  label: number;
  /** What the label of every row looks like, so that a missing header is not taken for one. */
  labels: RegExp;
}

const pairs = [
  ["sentence1", "sentence2"],
  ["premise", "hypothesis"],
  ["Premise", "Hypothesis"]
] as const;
const entailment = ["entailment", "neutral", "contradiction"] as const;
const twoWay = ["entailment", "not_entailment"] as const;

const classifier = (task: Partial<FineTuneTask> & Pick<FineTuneTask, "id" | "name">) => ({
  kind: "classification" as const,
  classes: ["0", "1"],
  textColumns: pairs,
  labelColumns: ["label"],
  headless: [],
  named: false,
  score: "accuracy",
  submission: null,
  ...task
});

/** Every task, in GLUE's order, then the others. */
export const fineTuneTasks: readonly FineTuneTask[] = [
  classifier({
    id: "cola",
    name: "CoLA",
    classes: ["unacceptable", "acceptable"],
    textColumns: [["sentence"]],
    headless: [{columns: 4, text: [3], label: 1, labels: /^[01]$/}],
    score: "matthews_correlation",
    submission: "CoLA"
  }),
  classifier({
    id: "sst2",
    name: "SST-2",
    classes: ["negative", "positive"],
    textColumns: [["sentence"]],
    submission: "SST-2"
  }),
  classifier({
    id: "mrpc",
    name: "MRPC",
    classes: ["not_equivalent", "equivalent"],
    textColumns: [["#1 String", "#2 String"], ...pairs],
    labelColumns: ["Quality", "label"],
    score: "combined",
    submission: "MRPC"
  }),
  classifier({
    id: "stsb",
    name: "STS-B",
    kind: "regression",
    classes: null,
    labelColumns: ["score", "label", "similarity_score"],
    headless: [
      {columns: 3, text: [0, 1], label: 2, labels: /^[0-5](?:\.\d+)?$/},
      {columns: 7, text: [5, 6], label: 4, labels: /^[0-5](?:\.\d+)?$/}
    ],
    score: "combined",
    submission: "STS-B"
  }),
  classifier({
    id: "qqp",
    name: "QQP",
    classes: ["not_duplicate", "duplicate"],
    textColumns: [["question1", "question2"], ...pairs],
    labelColumns: ["is_duplicate", "label"],
    score: "combined",
    submission: "QQP"
  }),
  classifier({
    id: "mnli",
    name: "MNLI",
    classes: entailment,
    labelColumns: ["gold_label", "label"],
    named: true,
    submission: "MNLI-m",
    submitsNames: true
  }),
  classifier({
    id: "mnli_mismatched",
    name: "MNLI mismatched",
    classes: entailment,
    labelColumns: ["gold_label", "label"],
    named: true,
    submission: "MNLI-mm",
    submitsNames: true
  }),
  classifier({
    id: "qnli",
    name: "QNLI",
    classes: twoWay,
    textColumns: [["question", "sentence"], ...pairs],
    named: true,
    submission: "QNLI",
    submitsNames: true
  }),
  classifier({
    id: "rte",
    name: "RTE",
    classes: twoWay,
    named: true,
    submission: "RTE",
    submitsNames: true
  }),
  classifier({
    id: "wnli",
    name: "WNLI",
    classes: ["not_entailment", "entailment"],
    submission: "WNLI"
  }),
  classifier({
    id: "ax",
    name: "AX",
    classes: entailment,
    labelColumns: ["label", "Label", "gold_label"],
    named: true,
    score: "matthews_correlation",
    submission: "AX",
    submitsNames: true
  }),
  classifier({
    id: "classification",
    name: "classification",
    classes: null,
    textColumns: [["sentence"], ["text"], ...pairs, ["content"], ["review"], ["message"], ["body"]],
    labelColumns: ["label", "class", "category", "target", "topic"],
    named: true,
    score: "macro_f1"
  }),
  {
    ...classifier({id: "ner", name: "named entities"}),
    kind: "tags",
    classes: null,
    textColumns: [],
    score: "f1"
  },
  {
    ...classifier({id: "squad", name: "SQuAD 1.1"}),
    kind: "answers",
    classes: null,
    textColumns: [],
    score: "f1"
  },
  {
    ...classifier({id: "squad2", name: "SQuAD 2.0"}),
    kind: "answers",
    classes: null,
    textColumns: [],
    score: "f1"
  }
];

/**
 * The task of a name; "-" and "_" and case do not matter, so that "SST-2" is "sst2".
 *
 * @throws InputError listing the tasks there are
 */
export function fineTuneTask(id: string): FineTuneTask {
  const key = (name: string) => name.toLowerCase().replace(/[-_ ]/g, "");
  const aliases: Record<string, string> = {
    mnlim: "mnli",
    mnlimm: "mnli_mismatched",
    squad1: "squad"
  };
  const wanted = key(aliases[key(id)] ?? id);
  const found = fineTuneTasks.find((task) => key(task.id) === wanted);
  if (found) return found;
  throw new InputError(
    `task ${id} is unknown (expected one of ${fineTuneTasks.map((task) => task.id).join(", ")})`
  );
}

/** Whether a task's rows may hold two texts that are compared. */
export function comparesTexts({kind, textColumns}: FineTuneTask): boolean {
  return kind !== "answers" && textColumns.some(({length}) => length === 2);
}

/** Ids of the tasks that the grammar writes. */
export const generatedTasks: readonly string[] = [
  "cola",
  "sst2",
  "mrpc",
  "mnli",
  "stsb",
  "ner",
  "squad",
  "squad2"
];
