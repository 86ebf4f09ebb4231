/** The plan of a model that says which pieces it expects in masked places: what a teacher is asked. */
import type {AlbertConfig} from "../config.js";
import {InferenceBuilder, type Lowered} from "./inferenceBuilder.js";
import {gatherRows} from "./instructions.js";
import {extent, region, type Matrix, type PlanBuffer} from "./regions.js";
import {lowerVocabulary} from "./lower.js";
import {lowerEmbeddings, lowerLayers} from "./lowerEncoder.js";
import type {EncoderInputs, PlanShape} from "./plan.js";

export interface MaskedAnswersPlan extends Lowered {
  shape: PlanShape;
  inputs: EncoderInputs & {maskedPositions: PlanBuffer};
  /** `[tokens, hidden]` */
  states: Matrix;
  /** `[slots, vocab]` */
  logits: Matrix;
}

/** Instructions of the encoder and of the vocabulary's head at the masked places alone. */
export function lowerMaskedAnswers(config: AlbertConfig, shape: PlanShape): MaskedAnswersPlan {
  const plan = new InferenceBuilder(config, shape);
  const {hiddenSize: H} = config;
  const input = (name: string, size: number) => plan.buffer(name, size, "input");
  const inputs = {
    inputIds: input("input ids", plan.tokens),
    positions: input("positions", plan.tokens),
    tokenTypeIds: input("token types", plan.tokens),
    attentionBias: input("attention bias", plan.tokens),
    maskedPositions: input("masked positions", shape.slots),
    clsRows: input("[CLS] rows", shape.batch)
  };
  const states = lowerLayers(plan, inputs, lowerEmbeddings(plan, inputs).h).h;
  const rows = plan.rows("masked rows", shape.slots, H);
  const positions = region(inputs.maskedPositions);
  plan.emit(gatherRows("masked head", extent(states), positions, extent(rows), H));
  const {logits} = lowerVocabulary(plan, rows);
  for (const {buffer} of [states, logits]) buffer.kind = "output";
  const {instructions, turned} = plan;
  const {sequence} = shape;
  return {
    sequence,
    shape,
    buffers: plan.usedBuffers(),
    instructions,
    turned,
    inputs,
    states,
    logits
  };
}
