/** From a configuration and the shape of a batch to the instructions of one fine-tuning step. */
import {InputError} from "../../errors.js";
import type {AlbertConfig} from "../config.js";
import {isRegression, logitsShape} from "../objectives/labelledRows.js";
import {classifierDropoutSite} from "../ops/dropout.js";
import {bodyPrefix} from "../sharing.js";
import {hasPooler} from "../specs.js";
import {
  activate,
  activateBackward,
  crossEntropy,
  gatherRows,
  pointwise,
  scatterRows,
  transpose,
  zero
} from "./instructions.js";
import {extent, matrix, region, type Matrix} from "./regions.js";
import {lowerEmbeddings, lowerLayers} from "./lowerEncoder.js";
import {dense, denseBackward, drop, dropped} from "./lowerParts.js";
import {lowerTextPairs} from "./lowerTextPairs.js";
import {PlanBuilder, type EncoderInputs, type Plan, type PlanInputs} from "./plan.js";

/**
 * The plan of a fine-tuning step: forward, loss, and the gradient of every parameter, for the heads of
 * sequence classification (regression included), token classification, question answering and pairs of
 * texts that are read apart.
 *
 * @throws InputError when the head needs a pooler that the model does not have, or pairs and has an odd
 *   number of rows
 */
export function lowerFineTuning(
  config: AlbertConfig,
  {batch, sequence}: {batch: number; sequence: number}
): Plan {
  const {rows: slots, classes} = logitsShape(config, batch, sequence);
  const shape = {batch, sequence, slots};
  const plan = new PlanBuilder(config, shape);
  const inputs = makeInputs(plan);
  const embeddings = lowerEmbeddings(plan, inputs);
  const layers = lowerLayers(plan, inputs, embeddings.h);
  const head = lowerHead(plan, inputs, layers.h);
  const logits = plan.instructions.length;
  const out = plan.buffer("loss", 3, "output");
  let dLogits = head.logits;
  if (inputs.negatedTargets) {
    const difference = plan.rows("difference", slots, 1);
    dLogits = plan.rows("∂ logits", slots, 1);
    const [predicted, targets] = [extent(head.logits), region(inputs.negatedTargets)];
    plan.emit(pointwise("add", "loss", predicted, targets, extent(difference)));
    const scale = region(inputs.maskedWeights);
    plan.emit(pointwise("multiply", "loss", extent(difference), scale, extent(dLogits)));
  } else {
    const operands = {
      logits: extent(head.logits),
      labels: region(inputs.maskedLabels),
      weights: region(inputs.maskedWeights),
      out: region(out)
    };
    plan.emit(crossEntropy("loss", operands, slots, classes));
  }
  const backward = plan.instructions.length;
  for (const gradient of plan.gradients.values()) plan.emit(zero("gradients", region(gradient)));
  const dh = plan.rows("∂ sequence output", plan.tokens, config.hiddenSize);
  head.backward(dLogits, dh);
  embeddings.backward(layers.backward(dh));
  return {
    config,
    shape,
    buffers: plan.buffers,
    instructions: plan.instructions,
    logits,
    backward,
    parameters: plan.parameters,
    gradients: plan.gradients,
    inputs,
    mlmOut: out,
    sentenceOut: null,
    mlmLogits: head.logits.buffer,
    entry: null,
    dropouts: plan.dropouts
  };
}

function makeInputs(plan: PlanBuilder): PlanInputs {
  const {tokens, shape, config} = plan;
  const input = (name: string, size: number) => plan.buffer(name, size, "input");
  return {
    inputIds: input("input ids", tokens),
    positions: input("positions", tokens),
    tokenTypeIds: input("token types", tokens),
    attentionBias: input("attention bias", tokens),
    maskedPositions: null,
    maskedLabels: input("labels", shape.slots),
    maskedWeights: input("weights", shape.slots),
    negatedTargets: isRegression(config) ? input("negated targets", shape.slots) : null,
    innerPieces:
      config.architecture === "AlbertForTextPairs" ? input("inner pieces", tokens) : null,
    clsRows: input("[CLS] rows", shape.batch),
    sentenceLabels: null,
    sentenceWeights: null
  };
}

export interface Head {
  logits: Matrix;
  /** Sets `dh`, the gradient at the sequence output, from that at the logits. */
  backward(dLogits: Matrix, dh: Matrix): void;
}

function lowerHead(plan: PlanBuilder, inputs: PlanInputs, h: Matrix): Head {
  switch (plan.config.architecture) {
    case "AlbertForSequenceClassification":
      return lowerSequenceClassifier(plan, inputs, h);
    case "AlbertForTokenClassification":
      return lowerTokenClassifier(plan, h);
    case "AlbertForQuestionAnswering":
      return lowerAnswers(plan, h);
    case "AlbertForTextPairs":
      return lowerTextPairs(plan, inputs, h, (rows, classes) => keptLogits(plan, rows, classes));
    default:
      throw new Error(`${plan.config.architecture} is not fine-tuned`);
  }
}

/** The pooled [CLS], dropout, then a logit for each label. */
function lowerSequenceClassifier(plan: PlanBuilder, inputs: PlanInputs, h: Matrix): Head {
  const {config, shape} = plan;
  if (!hasPooler(config))
    throw new InputError(`${config.architecture}: needs a pooler, the model has none`);
  const label = "classifier";
  const pooler = lowerPooler(plan, label, inputs, h);
  const size = shape.batch * config.hiddenSize;
  const mask = plan.dropout(label, size, config.classifierDropoutProb, classifierDropoutSite);
  const x = dropped(plan, label, pooler.pooled, mask);
  const logits = keptLogits(plan, shape.batch, config.id2label.length);
  dense(plan, label, x, "classifier", config.id2label.length, logits);
  return {
    logits,
    backward(dLogits, dh) {
      const dx = plan.rows("∂ pooled", shape.batch, config.hiddenSize);
      denseBackward(plan, `${label} ∂`, x, "classifier", dLogits, dx);
      drop(plan, `${label} ∂`, dx, mask);
      plan.emit(zero("∂ sequence output", extent(dh)));
      pooler.backward(dx, dh);
    }
  };
}

/** Dropout, then a logit for each label at every piece. */
function lowerTokenClassifier(plan: PlanBuilder, h: Matrix): Head {
  const {config, tokens} = plan;
  const label = "classifier";
  const p = config.classifierDropoutProb;
  const mask = plan.dropout(label, tokens * config.hiddenSize, p, classifierDropoutSite);
  const x = dropped(plan, label, h, mask);
  const logits = keptLogits(plan, tokens, config.id2label.length);
  dense(plan, label, x, "classifier", config.id2label.length, logits);
  return {
    logits,
    backward(dLogits, dh) {
      denseBackward(plan, `${label} ∂`, x, "classifier", dLogits, dh);
      drop(plan, `${label} ∂`, dh, mask);
    }
  };
}

/** Two logits at every piece, turned so that each row's starts, then each row's ends, lie together. */
function lowerAnswers(plan: PlanBuilder, h: Matrix): Head {
  const {tokens, shape} = plan;
  const label = "answer head";
  const both = dense(plan, label, h, "qa_outputs", 2);
  const logits = keptLogits(plan, 2 * shape.batch, shape.sequence);
  plan.emit(transpose(label, both, matrix(logits.buffer, 2, tokens)));
  return {
    logits,
    backward(dLogits, dh) {
      const dBoth = plan.rows("∂ both", tokens, 2);
      plan.emit(transpose(`${label} ∂`, matrix(dLogits.buffer, 2, tokens), dBoth));
      denseBackward(plan, `${label} ∂`, h, "qa_outputs", dBoth, dh);
    }
  };
}

/** Logits that can be read after the run: nothing else takes their place. */
function keptLogits(plan: PlanBuilder, rows: number, classes: number): Matrix {
  return matrix(plan.buffer("logits", rows * classes, "output"), rows, classes);
}

/** [CLS] of each row, a dense layer and its activation; `backward` adds to the gradient at `h`. */
export function lowerPooler(
  plan: PlanBuilder,
  label: string,
  inputs: EncoderInputs,
  h: Matrix
): {pooled: Matrix; backward(dPooled: Matrix, dh: Matrix): void} {
  const {config} = plan;
  const {batch} = plan.shape;
  const {hiddenSize: H} = config;
  const kind = config.pooler === "relu" ? "relu" : "tanh";
  const name = `${bodyPrefix(config)}pooler`;
  const index = region(inputs.clsRows);
  const first = plan.rows("[CLS] vectors", batch, H);
  plan.emit(gatherRows(label, extent(h), index, extent(first), H));
  const linear = dense(plan, label, first, name, H);
  const active = plan.rows("pooled", batch, H);
  plan.emit(activate(label, kind, extent(linear), extent(active)));
  const pooled = plan.site("pooler", active);
  return {
    pooled,
    backward(dPooled, dh) {
      const dActive = plan.siteGradient("pooler", dPooled);
      const d = extent(dActive);
      plan.emit(activateBackward(`${label} ∂`, kind, extent(active), d, d));
      const dFirst = plan.rows("∂ [CLS] vectors", batch, H);
      denseBackward(plan, `${label} ∂`, first, name, dActive, dFirst);
      plan.emit(scatterRows(`${label} ∂`, extent(dFirst), index, extent(dh), H));
    }
  };
}
