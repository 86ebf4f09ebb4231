/** Instructions of the head for texts that are read apart, and of its gradient. */
import {InputError} from "../../errors.js";
import {classifierDropoutSite} from "../ops/dropout.js";
import {bodyPrefix} from "../sharing.js";
import {sharpness} from "../textPairs.js";
import {
  activate,
  activateBackward,
  gatherRows,
  gemm,
  pointwise,
  scatterRows,
  transpose
} from "./instructions.js";
import {columns, extent, matrix, region, type Matrix} from "./regions.js";
import {dense, denseBackward, drop, dropped} from "./lowerParts.js";
import type {Head} from "./lowerHead.js";
import {
  lateInteraction,
  lateInteractionBackward,
  unitRows,
  unitRowsBackward,
  type PairSizes
} from "./pairInstructions.js";
import type {PlanBuilder, PlanInputs} from "./plan.js";

/**
 * Pieces as words and context, their likeness across each pair, a hidden layer and the classifier: the
 * plain form is `textPairLogits`.
 *
 * @throws InputError for an odd number of rows
 */
export function lowerTextPairs(
  plan: PlanBuilder,
  inputs: Pick<PlanInputs, "inputIds" | "innerPieces">,
  h: Matrix,
  makeLogits: (rows: number, classes: number) => Matrix
): Head {
  const {config, tokens, shape} = plan;
  const {batch, sequence} = shape;
  const {embeddingSize: E, vocabSize: V} = config;
  if (batch % 2 !== 0)
    throw new InputError(`input_ids: ${batch} rows are no pairs (expected an even number)`);
  const label = "text pairs";
  const pairs = batch / 2;
  const sizes: PairSizes = {pairs, sequence, scale: sharpness};
  const word = `${bodyPrefix(config)}embeddings.word_embeddings.weight`;
  const ids = region(inputs.inputIds);

  const words = plan.rows("words", tokens, E);
  plan.emit(gatherRows(label, plan.parameter(word), ids, extent(words), E));
  const context = dense(plan, label, h, "alignment.context", E);
  const pieces = plan.rows("words in context", tokens, E);
  plan.emit(pointwise("add", label, extent(words), extent(context), extent(pieces)));
  const raw = dense(plan, label, pieces, "alignment.importance", 1);
  const importance = plan.rows("importance", tokens, 1);
  plan.emit(activate(label, "softplus", extent(raw), extent(importance)));
  const units = plan.rows("unit pieces", tokens, E);
  const lengths = region(plan.buffer("piece lengths", tokens));
  plan.emit(unitRows(label, {x: extent(pieces), y: extent(units), lengths}, tokens, E));

  const seconds: Matrix = {...units, offset: pairs * sequence * E, rows: pairs * sequence};
  const turned = plan.rows("second texts transposed", E, pairs * sequence);
  plan.emit(transpose(label, seconds, turned));
  const square = (name: string) => plan.rows(name, pairs * sequence, sequence);
  const textOf = (m: Matrix, row: number): Matrix => ({
    ...m,
    offset: row * sequence * m.stride,
    rows: sequence
  });
  const cosines = square("cosines");
  for (let p = 0; p < pairs; ++p)
    plan.emit(
      gemm(label, textOf(units, p), columns(turned, p * sequence, sequence), textOf(cosines, p))
    );
  const found = plan.rows("found", pairs, 2);
  const kept = {
    cosines: extent(cosines),
    weights: extent(importance),
    mask: region(inputs.innerPieces!),
    best: region(plan.buffer("largest cosines", tokens)),
    out: extent(found)
  };
  plan.emit(lateInteraction(label, kept, sizes));
  const inner = dense(plan, label, found, "alignment.dense", E);
  const active = plan.rows("alignment units", pairs, E);
  plan.emit(activate(label, config.hiddenAct, extent(inner), extent(active)));
  const p = config.classifierDropoutProb;
  const mask = plan.dropout(label, pairs * E, p, classifierDropoutSite);
  const x = dropped(plan, label, active, mask);
  const logits = makeLogits(pairs, config.id2label.length);
  dense(plan, label, x, "classifier", config.id2label.length, logits);

  return {
    logits,
    backward(dLogits, dh) {
      const back = `${label} ∂`;
      const dx = plan.rows("∂ alignment units", pairs, E);
      denseBackward(plan, back, x, "classifier", dLogits, dx);
      drop(plan, back, dx, mask);
      const d = extent(dx);
      plan.emit(activateBackward(back, config.hiddenAct, extent(inner), d, d));
      const dFound = plan.rows("∂ found", pairs, 2);
      denseBackward(plan, back, found, "alignment.dense", dx, dFound);
      const dCosines = square("∂ cosines");
      const dImportance = plan.rows("∂ importance", tokens, 1);
      const gradients = {
        dOut: extent(dFound),
        dCosines: extent(dCosines),
        dWeights: extent(dImportance),
        shares: region(plan.buffer("shares of cosines", tokens))
      };
      plan.emit(lateInteractionBackward(back, {...kept, ...gradients}, sizes));
      const dUnits = plan.rows("∂ unit pieces", tokens, E);
      for (let p = 0; p < pairs; ++p)
        plan.emit(gemm(back, textOf(dCosines, p), textOf(units, pairs + p), textOf(dUnits, p)));
      for (let p = 0; p < pairs; ++p) {
        const transposed = {transposeA: true};
        const out = textOf(dUnits, pairs + p);
        plan.emit(gemm(back, textOf(dCosines, p), textOf(units, p), out, transposed));
      }
      const dPieces = plan.rows("∂ words in context", tokens, E);
      plan.emit(
        unitRowsBackward(
          back,
          {y: extent(units), lengths, dy: extent(dUnits), dx: extent(dPieces)},
          tokens,
          E
        )
      );
      const dRaw = extent(dImportance);
      plan.emit(activateBackward(back, "softplus", extent(raw), dRaw, dRaw));
      denseBackward(plan, back, pieces, "alignment.importance", dImportance, dPieces, true);
      denseBackward(plan, back, h, "alignment.context", dPieces, dh);
      const table = extent(matrix(plan.gradients.get(word)!, V, E));
      plan.emit(scatterRows(back, extent(dPieces), ids, table, E));
    }
  };
}
