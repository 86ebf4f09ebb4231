/** Which pieces a guess rests on, by gradients and by hiding, and how each answer fares. */
import * as tf from "@tensorflow/tfjs-core";
import {encode} from "../../albert/forward.js";
import {maskedLmLogits} from "../../albert/heads.js";
import {gatherRows} from "../../albert/ops/rows.js";
import {column, reshape} from "../../albert/ops/shape.js";
import {
  inputGradients,
  integratedGradients,
  type PathQuestion,
  type ScoreFunction
} from "../../albert/probe/pathGradients.js";
import type {Parameters} from "../../albert/params.js";
import type {AlbertConfig} from "../../albert/config.js";
import {flatInputs} from "../../albert/inputs.js";
import {compareMethods, type ScoreMethods} from "../compareMethods.js";
import {needTokenizer} from "../encodeText.js";
import type {LoadedModel} from "../loadedModel.js";
import type {PhaseProgress} from "../trainingCalls.js";
import {needMaskedLm} from "./needs.js";
import type {AttributionBaseline, AttributionResult} from "./protocol.js";

/** Steps of the path that the attributions are taken from, and those whose gap is told beside it. */
const intervals = 50;
const fewer = [5, 10, 20];

/** The logit of a piece at a position, through the model's own head. */
function logitAt(
  params: Parameters,
  config: AlbertConfig,
  position: number,
  target: number
): ScoreFunction {
  return (replaced, inputs, other) => {
    const {sequenceOutput} = encode(replaced, inputs, other);
    const [rows, n, hidden] = sequenceOutput.shape;
    const places = Int32Array.from({length: rows}, (_, row) => row * n + position);
    const flat = reshape(sequenceOutput, [rows * n, hidden]);
    const logits = maskedLmLogits(params, gatherRows(flat, tf.tensor1d(places, "int32")), config);
    return column(logits, target);
  };
}

/**
 * Integrated gradients, gradient × input and the gradient's length for the logit of the guess at the
 * first [MASK], beside occlusion, each put to the test by deletion and insertion.
 *
 * @param from where the path begins: zero embeddings, or [MASK] in place of every piece but [CLS]
 *   and [SEP]
 * @returns null where it was stopped
 * @throws InputError as `compareMethods` does
 */
export async function attribute(
  model: LoadedModel,
  {text, pair, from}: {text: string; pair: string | null; from: AttributionBaseline},
  report: (progress: PhaseProgress) => void,
  signal?: AbortSignal
): Promise<AttributionResult | null> {
  needMaskedLm(model);
  const {special} = needTokenizer(model);
  const gaps: AttributionResult["gaps"] = [];
  let difference = 0;
  const scoresOf: ScoreMethods = async (params, inputs, config, position, target) => {
    const {inputIds} = flatInputs(inputs, config);
    const keeps = new Set([special.cls, special.sep]);
    const question: PathQuestion = {
      params,
      config,
      inputs,
      score: logitAt(params, config, position, target),
      baseline:
        from === "zero" ? null : Array.from(inputIds, (id) => (keeps.has(id) ? id : special.mask))
    };
    for (const steps of fewer) {
      report({phase: `integrating over ${steps} steps`, fraction: null});
      gaps.push({intervals: steps, gap: (await integratedGradients(question, steps)).gap});
    }
    report({phase: `integrating over ${intervals} steps`, fraction: null});
    const path = await integratedGradients(question, intervals);
    gaps.push({intervals, gap: path.gap});
    difference = path.input - path.baseline;
    const {timesInput, length} = await inputGradients(question);
    return new Map([
      ["integrated gradients", path.perPiece],
      ["gradient × input", timesInput],
      ["gradient length", length]
    ]);
  };
  const methods = await compareMethods(model, text, pair, report, signal, scoresOf);
  return methods && {methods, from, gaps, difference};
}
