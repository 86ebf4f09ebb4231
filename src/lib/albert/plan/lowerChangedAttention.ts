/** Attention whose weights are others than it made: its averages, and the way back through what changed them. */
import {attentionBackward, type AttentionSizes} from "./attentionInstructions.js";
import {gemm, transpose, zero} from "./instructions.js";
import type {PlanBuilder} from "./plan.js";
import {extent, type Matrix, type Region} from "./regions.js";

/** Calls with the rows and columns of every head of every row of a batch: of weights, and of tokens by their `nth` third. */
function eachHead(
  {batch, sequence, heads, size}: AttentionSizes,
  visit: (weights: (m: Matrix) => Matrix, tokens: (m: Matrix, third?: number) => Matrix) => void
): void {
  for (let b = 0; b < batch; ++b)
    for (let head = 0; head < heads; ++head)
      visit(
        (m) => ({...m, offset: m.offset + (b * heads + head) * sequence ** 2, rows: sequence}),
        (m, third = 0) => ({
          ...m,
          offset: m.offset + b * sequence * m.stride + (third * heads + head) * size,
          rows: sequence,
          columns: size
        })
      );
}

/** Values are the last third of queries, keys and values. */
const values = 2;

/** `context = probs·v` head by head. */
export function averageValues(
  plan: PlanBuilder,
  label: string,
  {probs, qkv, context}: Record<"probs" | "qkv" | "context", Matrix>,
  sizes: AttentionSizes
): void {
  eachHead(sizes, (weights, tokens) =>
    plan.emit(gemm(label, weights(probs), tokens(qkv, values), tokens(context)))
  );
}

/**
 * The gradient of attention whose weights were made to sum to 1 again: what comes back at them goes through
 * that before it reaches the softmax.
 *
 * @param dUsed derivative by the weights that averaged, from elsewhere; that of the averages is added
 * @param through gives the derivative by the weights that attention made
 */
export function scaledAttentionBackward(
  plan: PlanBuilder,
  label: string,
  {
    qkv,
    probs,
    used,
    dContext,
    dQkv
  }: Record<"qkv" | "probs" | "used" | "dContext" | "dQkv", Matrix>,
  {dUsed, through}: {dUsed: Matrix; through(dUsed: Matrix): Region},
  sizes: AttentionSizes
): void {
  const {sequence, size} = sizes;
  eachHead(sizes, (weights, tokens) => {
    const turned = plan.rows(`${label} values transposed`, size, sequence);
    plan.emit(transpose(label, tokens(qkv, values), turned));
    plan.emit(gemm(label, tokens(dContext), turned, weights(dUsed), {accumulate: true}));
  });
  const dProbs = through(dUsed);
  // The averages are done with: nothing comes back from them here.
  const none = plan.rows(`${label} nothing`, dContext.rows, dContext.columns);
  plan.emit(zero(label, extent(none)));
  plan.emit(
    attentionBackward(
      label,
      {
        qkv: extent(qkv),
        probs: extent(probs),
        dContext: extent(none),
        dQkv: extent(dQkv),
        drop: null,
        changed: {used: extent(used), dUsed: dProbs}
      },
      sizes
    )
  );
  eachHead(sizes, (weights, tokens) =>
    plan.emit(
      gemm(label, weights(used), tokens(dContext), tokens(dQkv, values), {transposeA: true})
    )
  );
}
