/** The plan of a head: hidden states in, logits out. The states may be of any depth. */
import type {AlbertConfig} from "../config.js";
import type {ComparedPieces, RowHead} from "../forward.js";
import {hasMaskedLm, hasPooler} from "../specs.js";
import {InferenceBuilder, type Lowered} from "./inferenceBuilder.js";
import {matrix, type Matrix, type PlanBuffer} from "./regions.js";
import {lowerVocabulary} from "./lower.js";
import {dense, denseBackward} from "./lowerParts.js";
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

/** Puts what texts are compared by into the inputs; `wholes` are whole numbers as the executor keeps them. */
export function fillPieces(
  plan: Pick<HeadPlan, "pieces">,
  pieces: ComparedPieces | undefined,
  floats: (buffer: PlanBuffer) => Float32Array,
  wholes: (buffer: PlanBuffer) => Float32Array | Int32Array
): void {
  if (!plan.pieces || !pieces) return;
  wholes(plan.pieces.inputIds).set(pieces.inputIds);
  floats(plan.pieces.innerPieces).set(pieces.inner);
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
export function lowerAnyHead(config: AlbertConfig, request: HeadRequest): HeadPlan {
  const plan = headBuilder(config, request);
  const {states, pieces, logits} = lowerHead(plan, request);
  logits.buffer.kind = "output";
  const {instructions, turned} = plan;
  const {sequence} = plan.shape;
  const buffers = plan.usedBuffers();
  return {sequence, buffers, instructions, turned, states: states.buffer, pieces, logits};
}

/** A builder for the shape of a head's question. */
export function headBuilder(config: AlbertConfig, request: HeadRequest): InferenceBuilder {
  const {rows} = request;
  const sequence = request.head === "alignment" ? request.sequence : 1;
  return new InferenceBuilder(config, {batch: rows / sequence, sequence, slots: rows});
}

/** A head's instructions; `backward` takes the gradient at the logits and gives that at the states. */
export function lowerHead(
  plan: InferenceBuilder,
  {head, rows}: HeadRequest
): Pick<HeadPlan, "pieces" | "logits"> & {states: Matrix; backward(dLogits: Matrix): Matrix} {
  const {config} = plan;
  const input = (name: string, size: number) => plan.buffer(name, size, "input");
  const states = matrix(input("states", rows * config.hiddenSize), rows, config.hiddenSize);
  const gradient = () => plan.rows("∂ states", rows, config.hiddenSize);
  if (head === "vocabulary") return {states, pieces: null, ...lowerVocabulary(plan, states)};
  if (head === "alignment") {
    // rows: positions of all texts, the first ones and then their partners
    const pieces = {inputIds: input("input ids", rows), innerPieces: input("inner pieces", rows)};
    const makeLogits = (pairs: number, classes: number) => plan.rows("logits", pairs, classes);
    const {logits, backward} = lowerTextPairs(plan, pieces, states, makeLogits);
    return {
      states,
      pieces,
      logits,
      backward(dLogits) {
        const d = gradient();
        backward(dLogits, d);
        return d;
      }
    };
  }
  const logits = dense(plan, "logits", states, head, classesOf(config, head));
  return {
    states,
    pieces: null,
    logits,
    backward(dLogits) {
      const d = gradient();
      denseBackward(plan, "logits ∂", states, head, dLogits, d);
      return d;
    }
  };
}

function classesOf({architecture, id2label}: AlbertConfig, head: RowHead): number {
  if (head === "qa_outputs") return 2;
  return architecture === "AlbertForMultipleChoice" ? 1 : id2label.length;
}
