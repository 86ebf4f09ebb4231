import type {FineTuneTask} from "./tasks.js";

/** A text, or a pair, with its class or score. */
export interface TextExample {
  text: string;
  pair: string | null;
  /** Index into the classes, or the score of a regression; null where the file has none. */
  label: number | null;
  /** Line of the file, from 1; 0 for a generated row. */
  line: number;
}

/** A sentence, word by word, with its tags. */
export interface TagExample {
  words: string[];
  /** IOB2: "O", "B-TYPE" or "I-TYPE". */
  tags: string[];
  line: number;
}

/** A question about a context. */
export interface AnswerExample {
  id: string;
  context: string;
  question: string;
  /** Gold answers, places in UTF-16 units; none: the context has no answer. */
  answers: {text: string; start: number}[];
}

/** Rows of a task, read and checked. */
export type Dataset = {
  task: FineTuneTask;
  /** Name of the file, or of what was generated. */
  name: string;
  /** What a reader should know: rows skipped, tags converted, one sentence each. */
  notes: string[];
  /** Whether a file of words or questions has no tags or answers, which are then all "O", or none. */
  isUnlabelled?: boolean;
} & (
  | {
      kind: "classification" | "regression";
      examples: TextExample[];
      /** Classes in label order; one name for a regression. */
      labels: string[];
    }
  | {
      kind: "tags";
      examples: TagExample[];
      /** Tags, "O" first. */
      labels: string[];
    }
  | {kind: "answers"; examples: AnswerExample[]; labels: string[]}
);

export type TextDataset = Extract<Dataset, {kind: "classification" | "regression"}>;
export type TagDataset = Extract<Dataset, {kind: "tags"}>;
export type AnswerDataset = Extract<Dataset, {kind: "answers"}>;

/** Whether a data set has texts with labels. */
export function isTextDataset(data: Dataset): data is TextDataset {
  return data.kind === "classification" || data.kind === "regression";
}
