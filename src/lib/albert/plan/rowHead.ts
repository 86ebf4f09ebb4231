/** The plan of a head: rows of hidden states in, logits out. The states may be of any depth. */
import type {AlbertConfig} from "../config.js";
import type {RowHead} from "../forward.js";
import {hasMaskedLm, hasPooler} from "../specs.js";
import {InferenceBuilder, type Lowered} from "./inferenceBuilder.js";
import {matrix, type Matrix, type PlanBuffer} from "./instructions.js";
import {lowerVocabulary} from "./lower.js";
import {dense} from "./lowerEncoder.js";

export interface HeadRequest {
  head: RowHead;
  /** Number of rows. */
  rows: number;
}

export interface HeadPlan extends Lowered {
  /** States to fill, `[rows, hidden]`. */
  states: PlanBuffer;
  /** `[rows, classes]` */
  logits: Matrix;
}

/** What makes two requests ask for the same plan. */
export const headKey = ({head, rows}: HeadRequest) => `${head} ${rows}`;

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

/** Instructions of one head for so many rows. */
export function lowerRowHead(config: AlbertConfig, {head, rows}: HeadRequest): HeadPlan {
  const plan = new InferenceBuilder(config, {batch: rows, sequence: 1, slots: rows});
  const states = plan.buffer("states", rows * config.hiddenSize, "input");
  const x = matrix(states, rows, config.hiddenSize);
  const logits =
    head === "vocabulary"
      ? lowerVocabulary(plan, x).logits
      : dense(plan, "logits", x, head, classesOf(config, head));
  logits.buffer.kind = "output";
  const {instructions, turned} = plan;
  return {sequence: 1, buffers: plan.usedBuffers(), instructions, turned, states, logits};
}

function classesOf({architecture, id2label}: AlbertConfig, head: RowHead): number {
  if (head === "qa_outputs") return 2;
  return architecture === "AlbertForMultipleChoice" ? 1 : id2label.length;
}
