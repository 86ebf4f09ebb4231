/** The plan of a head: hidden states in, logits out. The states may be of any depth. */
import type {AlbertConfig} from "../config.js";
import type {RowHead} from "../forward.js";
import {hasMaskedLm, hasPooler} from "../specs.js";
import {InferenceBuilder, type Lowered} from "./inferenceBuilder.js";
import {matrix, type Matrix, type PlanBuffer} from "./regions.js";
import {lowerVocabulary} from "./lower.js";
import {dense} from "./lowerParts.js";
import {lowerTextPairs} from "./lowerTextPairs.js";

/** A head for so many rows of states, or for texts that are read apart, each of so many rows. */
export type HeadRequest =
  {head: RowHead; rows: number} | {head: "alignment"; rows: number; sequence: number};

export interface HeadPlan extends Lowered {
  /** States to fill, `[rows, hidden]`. */
  states: PlanBuffer;
  /** What texts that are read apart are compared by besides, to fill; null otherwise. */
  pieces: {inputIds: PlanBuffer; innerPieces: PlanBuffer} | null;
  /** `[rows, classes]`, of texts that are read apart `[pairs, classes]`. */
  logits: Matrix;
}

/** What makes two requests ask for the same plan. */
export const headKey = (request: HeadRequest) =>
  `${request.head} ${request.rows} ${request.head === "alignment" ? request.sequence : 1}`;

/** The smallest questions that the heads of a model can be asked. */
export function smallestHeads(config: AlbertConfig): HeadRequest[] {
  if (config.architecture === "AlbertForTextPairs")
    return [{head: "alignment", rows: 2, sequence: 1}];
  return rowHeadsOf(config).map((head) => ({head, rows: 1}));
}

/** The heads of a model that go row by row. */
export function rowHeadsOf(config: AlbertConfig): RowHead[] {
  if (hasMaskedLm(config)) {
    const hasSentence = config.architecture === "AlbertForPreTraining" && hasPooler(config);
    return hasSentence ? ["vocabulary", "sop_classifier.classifier"] : ["vocabulary"];
  }
  switch (config.architecture) {
    case "AlbertForQuestionAnswering":
      return ["qa_outputs"];
    case "AlbertForSequenceClassification":
    case "AlbertForTokenClassification":
    case "AlbertForMultipleChoice":
      return ["classifier"];
    default:
      return [];
  }
}

/** Instructions of one head. */
export const lowerAnyHead = (config: AlbertConfig, request: HeadRequest): HeadPlan =>
  request.head === "alignment"
    ? lowerAlignment(config, request.rows, request.sequence)
    : lowerRowHead(config, request.head, request.rows);

function lowerRowHead(config: AlbertConfig, head: RowHead, rows: number): HeadPlan {
  const plan = new InferenceBuilder(config, {batch: rows, sequence: 1, slots: rows});
  const states = plan.buffer("states", rows * config.hiddenSize, "input");
  const x = matrix(states, rows, config.hiddenSize);
  const logits =
    head === "vocabulary"
      ? lowerVocabulary(plan, x).logits
      : dense(plan, "logits", x, head, classesOf(config, head));
  logits.buffer.kind = "output";
  const {instructions, turned} = plan;
  const buffers = plan.usedBuffers();
  return {sequence: 1, buffers, instructions, turned, states, pieces: null, logits};
}

/** @param rows positions of all texts, the first ones and then their partners */
function lowerAlignment(config: AlbertConfig, rows: number, sequence: number): HeadPlan {
  const plan = new InferenceBuilder(config, {batch: rows / sequence, sequence, slots: rows});
  const input = (name: string, size: number) => plan.buffer(name, size, "input");
  const states = input("states", rows * config.hiddenSize);
  const pieces = {inputIds: input("input ids", rows), innerPieces: input("inner pieces", rows)};
  const {logits} = lowerTextPairs(
    plan,
    pieces,
    matrix(states, rows, config.hiddenSize),
    (pairs, classes) => plan.rows("logits", pairs, classes)
  );
  logits.buffer.kind = "output";
  const {instructions, turned} = plan;
  return {sequence, buffers: plan.usedBuffers(), instructions, turned, states, pieces, logits};
}

function classesOf({architecture, id2label}: AlbertConfig, head: RowHead): number {
  if (head === "qa_outputs") return 2;
  return architecture === "AlbertForMultipleChoice" ? 1 : id2label.length;
}
