/** The instructions of attention: all heads of a batch at once. */
import {at, int, present, type Instruction, type Operand} from "./instructions.js";
import type {Region} from "./regions.js";

/** Sizes of an attention instruction. */
export interface AttentionSizes {
  batch: number;
  sequence: number;
  heads: number;
  /** Width of a head. */
  size: number;
}

const sizeOperands = ({batch, sequence, heads, size}: AttentionSizes): Operand[] =>
  [batch, sequence, heads, size].map(int);

/**
 * `context = softmax(q·kᵀ/√size + bias)·v`; keeps the weights in `probs`. A bias of `batch·sequence`
 * numbers is the same for every piece that looks, one of `batch·sequence²` has a row for each.
 */
export function attention(
  label: string,
  {
    qkv,
    bias,
    probs,
    context,
    drop
  }: Record<"qkv" | "bias" | "probs" | "context", Region> & {
    drop: Region | null;
  },
  sizes: AttentionSizes
): Instruction {
  const {batch, sequence, heads, size} = sizes;
  const isApart = bias.size > batch * sequence;
  return {
    op: "attention",
    label,
    operands: [
      ...[qkv, bias, probs, context].map(at),
      ...sizeOperands(sizes),
      at(drop),
      int(isApart ? 1 : 0)
    ],
    reads: present(qkv, bias, drop),
    writes: [probs, context],
    flops: batch * heads * sequence * sequence * (4 * size + 8)
  };
}

/** What attention became where its weights were changed, or are asked about, before they averaged. */
export interface ChangedWeights {
  /** The weights that averaged, `probs·drop` and something added. */
  used: Region;
  /** Derivative by them: what comes from elsewhere before, all of it after. */
  dUsed: Region;
}

/** Gradient of `attention` at its queries, keys and values. */
export function attentionBackward(
  label: string,
  {
    qkv,
    probs,
    dContext,
    dQkv,
    drop,
    changed = null
  }: Record<"qkv" | "probs" | "dContext" | "dQkv", Region> & {
    drop: Region | null;
    changed?: ChangedWeights | null;
  },
  sizes: AttentionSizes
): Instruction {
  const {batch, sequence, heads, size} = sizes;
  const {used = null, dUsed = null} = changed ?? {};
  return {
    op: "attentionBackward",
    label,
    operands: [
      ...[qkv, probs, dContext, dQkv].map(at),
      ...sizeOperands(sizes),
      ...[drop, used, dUsed].map(at)
    ],
    reads: present(qkv, probs, dContext, drop, used, dUsed),
    writes: present(dQkv, dUsed),
    flops: batch * heads * sequence * sequence * (8 * size + 6)
  };
}
