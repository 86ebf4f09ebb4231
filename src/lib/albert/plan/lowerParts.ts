/** What every part of a model is lowered from: dense layers, layer norms and dropout, and their gradients. */
import {columnSums, gemm, layerNorm, layerNormBackward, pointwise} from "./instructions.js";
import type {PlanBuilder} from "./plan.js";
import {extent, region, type Matrix, type Region} from "./regions.js";

/** `y = x·wᵀ + b` into fresh rows. */
export function dense(
  plan: PlanBuilder,
  label: string,
  x: Matrix,
  name: string,
  out: number,
  y: Matrix = plan.rows(label, x.rows, out)
): Matrix {
  const w = plan.transposed(`${name}.weight`, out, x.columns);
  plan.emit(gemm(label, x, w, y, {bias: plan.parameter(`${name}.bias`)}));
  return y;
}

/** Adds to the gradients of `y = x·wᵀ + b`, and gives that at x in `dx`: set, or added to. */
export function denseBackward(
  plan: PlanBuilder,
  label: string,
  x: Matrix,
  name: string,
  dy: Matrix,
  dx: Matrix | null,
  accumulate = false
): void {
  const out = dy.columns;
  plan.emit(columnSums(label, dy, plan.gradient(`${name}.bias`)));
  const dw = plan.weightGradient(`${name}.weight`, out, x.columns);
  plan.emit(gemm(label, dy, x, dw, {transposeA: true, accumulate: true}));
  if (dx)
    plan.emit(gemm(label, dy, plan.weight(`${name}.weight`, out, x.columns), dx, {accumulate}));
}

/** What a layer norm keeps for its gradient. */
export interface Normed {
  y: Matrix;
  sum: Region;
  statistics: Region;
  name: string;
}

/** `norm(a + residual)`; without a residual `a` itself is what is kept. */
export function norm(
  plan: PlanBuilder,
  label: string,
  a: Matrix,
  residual: Matrix | null,
  name: string
): Normed {
  const sum = residual ? region(plan.buffer(`${label} sum`, a.rows * a.columns)) : extent(a);
  const statistics = region(plan.buffer(`${label} statistics`, 2 * a.rows));
  const y = plan.rows(`${label} normed`, a.rows, a.columns);
  plan.emit(
    layerNorm(
      label,
      {
        a: extent(a),
        residual: residual && extent(residual),
        gain: plan.parameter(`${name}.weight`),
        bias: plan.parameter(`${name}.bias`),
        sum,
        y: extent(y),
        statistics
      },
      a.rows,
      a.columns,
      plan.config.layerNormEps
    )
  );
  return {y, sum, statistics, name};
}

/** Gradient of `norm` at its sum, in fresh rows. */
export function normBackward(plan: PlanBuilder, label: string, normed: Normed, dy: Matrix): Matrix {
  const dx = plan.rows(`${label} ∂sum`, dy.rows, dy.columns);
  plan.emit(
    layerNormBackward(
      label,
      {
        dy: extent(dy),
        sum: normed.sum,
        statistics: normed.statistics,
        gain: plan.parameter(`${normed.name}.weight`),
        dx: extent(dx),
        dGain: plan.gradient(`${normed.name}.weight`),
        dBias: plan.gradient(`${normed.name}.bias`)
      },
      dy.rows,
      dy.columns
    )
  );
  return dx;
}

/** Multiplies rows by a dropout mask in place, if there is one. */
export function drop(plan: PlanBuilder, label: string, x: Matrix, mask: Region | null): void {
  if (mask) plan.emit(pointwise("multiply", label, extent(x), mask, extent(x)));
}

/** Rows times a dropout mask in fresh rows; the rows themselves where there is none. */
export function dropped(plan: PlanBuilder, label: string, x: Matrix, mask: Region | null): Matrix {
  if (!mask) return x;
  const y = plan.rows(`${label} dropped`, x.rows, x.columns);
  plan.emit(pointwise("multiply", label, extent(x), mask, extent(y)));
  return y;
}
