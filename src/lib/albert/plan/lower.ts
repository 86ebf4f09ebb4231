/** From a configuration and the shape of a batch to the instructions of one pretraining step. */
import type {AlbertConfig} from "../config.js";
import {bodyPrefix} from "../sharing.js";
import {hasMaskedLm, hasPooler} from "../specs.js";
import {
  activate,
  activateBackward,
  crossEntropy,
  gatherRows,
  gemm,
  columnSums,
  scatterRows,
  zero
} from "./instructions.js";
import {extent, region, type Matrix} from "./regions.js";
import {lowerEmbeddings, lowerLayers} from "./lowerEncoder.js";
import {dense, denseBackward, norm, normBackward} from "./lowerParts.js";
import {lowerPooler} from "./lowerHead.js";
import {PlanBuilder, type Plan, type PlanInputs, type PlanShape} from "./plan.js";

/**
 * The plan of a pretraining step: forward, losses, and the gradient of every parameter. Clipping and
 * the update are the executor's, which needs the norm of the whole gradient in between.
 *
 * @param config AlbertForPreTraining or AlbertForMaskedLM with a tied decoder
 * @param hasEntry whether another loss than the plan's own is to come in
 */
export function lowerPretraining(config: AlbertConfig, shape: PlanShape, hasEntry = false): Plan {
  if (!hasMaskedLm(config) || !config.tieWordEmbeddings)
    throw new Error("a plan is made for pretraining with a tied decoder");
  const plan = new PlanBuilder(config, shape);
  const hasSentence = config.architecture === "AlbertForPreTraining" && hasPooler(config);
  const inputs = makeInputs(plan, hasSentence);
  const embeddings = lowerEmbeddings(plan, inputs);
  const layers = lowerLayers(plan, inputs, embeddings.h);
  const states = layers.h.buffer;
  if (hasEntry) states.kind = "output";
  const mlm = lowerMaskedLm(plan, inputs, layers.h);
  const sentence = hasSentence ? lowerSentence(plan, inputs, layers.h) : null;
  const logits = plan.instructions.length;
  const mlmOut = plan.buffer("masked loss", 3, "output");
  const sentenceOut = hasSentence ? plan.buffer("sentence loss", 3, "output") : null;
  plan.emit(
    crossEntropy(
      "masked loss",
      {
        logits: extent(mlm.logits),
        labels: region(inputs.maskedLabels),
        weights: region(inputs.maskedWeights),
        out: region(mlmOut)
      },
      shape.slots,
      config.vocabSize
    )
  );
  if (sentence)
    plan.emit(
      crossEntropy(
        "sentence loss",
        {
          logits: extent(sentence.logits),
          labels: region(inputs.sentenceLabels!),
          weights: region(inputs.sentenceWeights!),
          out: region(sentenceOut!)
        },
        shape.batch,
        config.id2label.length
      )
    );
  const backward = plan.instructions.length;
  for (const gradient of plan.gradients.values()) plan.emit(zero("gradients", region(gradient)));
  const dh = plan.rows("∂ sequence output", plan.tokens, config.hiddenSize);
  plan.emit(zero("∂ sequence output", extent(dh)));
  const from = plan.instructions.length;
  mlm.backward(dh);
  sentence?.backward(dh);
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
    mlmOut,
    sentenceOut,
    mlmLogits: mlm.logits.buffer,
    entry: hasEntry ? {from, states, dStates: dh.buffer} : null,
    dropouts: plan.dropouts
  };
}

function makeInputs(plan: PlanBuilder, hasSentence: boolean): PlanInputs {
  const {
    tokens,
    shape: {batch, slots}
  } = plan;
  const input = (name: string, size: number) => plan.buffer(name, size, "input");
  return {
    inputIds: input("input ids", tokens),
    positions: input("positions", tokens),
    tokenTypeIds: input("token types", tokens),
    attentionBias: input("attention bias", tokens),
    maskedPositions: input("masked positions", slots),
    maskedLabels: input("masked labels", slots),
    maskedWeights: input("masked weights", slots),
    negatedTargets: null,
    innerPieces: null,
    clsRows: input("[CLS] rows", batch),
    sentenceLabels: hasSentence ? input("sentence labels", batch) : null,
    sentenceWeights: hasSentence ? input("sentence weights", batch) : null
  };
}

interface Head {
  logits: Matrix;
  /** Adds to `dh`, the gradient at the sequence output. */
  backward(dh: Matrix): void;
}

/**
 * Dense, activation, norm, then the decoder: the piece embedding where it is tied. `backward` takes the
 * gradient at the logits and gives that at the rows.
 */
export function lowerVocabulary(
  plan: PlanBuilder,
  rows: Matrix
): {logits: Matrix; backward(dLogits: Matrix): Matrix} {
  const {config} = plan;
  const {embeddingSize: E, hiddenSize: H, vocabSize: V} = config;
  const label = "masked head";
  const inner = dense(plan, label, rows, "predictions.dense", E);
  const units = plan.rows(`${label} units`, rows.rows, E);
  plan.emit(activate(label, config.hiddenAct, extent(inner), extent(units)));
  const normed = norm(plan, label, units, null, "predictions.LayerNorm");
  const logits = plan.rows("masked logits", rows.rows, V);
  const word = `${bodyPrefix(config)}embeddings.word_embeddings.weight`;
  if (config.tieWordEmbeddings) {
    const bias = plan.parameter("predictions.bias");
    plan.emit(gemm("decoder", normed.y, plan.transposed(word, V, E), logits, {bias}));
  } else dense(plan, "decoder", normed.y, "predictions.decoder", V, logits);
  return {
    logits,
    backward(dLogits) {
      const dy = plan.rows("∂ decoder input", rows.rows, E);
      if (config.tieWordEmbeddings) {
        plan.emit(columnSums("decoder ∂", dLogits, plan.gradient("predictions.bias")));
        const dWord = plan.weightGradient(word, V, E);
        const added = {transposeA: true, accumulate: true};
        plan.emit(gemm("decoder ∂", dLogits, normed.y, dWord, added));
        plan.emit(gemm("decoder ∂", dLogits, plan.weight(word, V, E), dy));
      } else denseBackward(plan, "decoder ∂", normed.y, "predictions.decoder", dLogits, dy);
      const d = normBackward(plan, `${label} ∂`, normed, dy);
      plan.emit(
        activateBackward(`${label} ∂`, config.hiddenAct, extent(inner), extent(d), extent(d))
      );
      const dRows = plan.rows("∂ masked rows", rows.rows, H);
      denseBackward(plan, `${label} ∂`, rows, "predictions.dense", d, dRows);
      return dRows;
    }
  };
}

/** The vocabulary's logits of masked pieces only. */
function lowerMaskedLm(plan: PlanBuilder, inputs: PlanInputs, h: Matrix): Head {
  const {hiddenSize: H} = plan.config;
  const label = "masked head";
  const rows = plan.rows("masked rows", plan.shape.slots, H);
  const positions = region(inputs.maskedPositions!);
  plan.emit(gatherRows(label, extent(h), positions, extent(rows), H));
  const {logits, backward} = lowerVocabulary(plan, rows);
  return {
    logits,
    backward(dh) {
      const dRows = backward(logits);
      plan.emit(scatterRows(`${label} ∂`, extent(dRows), positions, extent(dh), H));
    }
  };
}

/** The pooled [CLS], then two labels. */
function lowerSentence(plan: PlanBuilder, inputs: PlanInputs, h: Matrix): Head {
  const label = "sentence head";
  const classifier = "sop_classifier.classifier";
  const pooler = lowerPooler(plan, label, inputs, h);
  const labels = plan.config.id2label.length;
  const logits = dense(plan, "sentence logits", pooler.pooled, classifier, labels);
  return {
    logits,
    backward(dh) {
      const dPooled = plan.rows("∂ pooled", plan.shape.batch, plan.config.hiddenSize);
      denseBackward(plan, `${label} ∂`, pooler.pooled, classifier, logits, dPooled);
      pooler.backward(dPooled, dh);
    }
  };
}
