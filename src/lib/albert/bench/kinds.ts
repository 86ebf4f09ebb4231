/** What a profiled step holds, and its time by what its instructions do. */
import type {OperationName} from "../plan/instructions.js";
import type {BufferKind} from "../plan/regions.js";
import type {BenchShapeName} from "./shapes.js";

/** What instructions do, as a reader counts them. */
export const stepKinds = [
  "matrix products",
  "attention",
  "activation",
  "layer norm",
  "loss",
  "sums of columns",
  "moving numbers"
] as const;
export type StepKind = (typeof stepKinds)[number];

/** What an operation does. */
export function kindOf(op: OperationName): StepKind {
  switch (op) {
    case "gemm":
      return "matrix products";
    case "attention":
    case "attentionBackward":
      return "attention";
    case "activate":
    case "activateBackward":
      return "activation";
    case "layerNorm":
    case "layerNormBackward":
      return "layer norm";
    case "crossEntropy":
      return "loss";
    case "columnSums":
      return "sums of columns";
    default:
      return "moving numbers";
  }
}

export interface ProfiledInstruction {
  op: OperationName;
  kind: StepKind;
  /** Part of the model. */
  label: string;
  isBackward: boolean;
  flops: number;
  /** Mean milliseconds over the rounds. */
  ms: number;
}

export interface ProfiledBuffer {
  name: string;
  kind: BufferKind;
  /** Byte of the arena where it begins, and its length. */
  offset: number;
  bytes: number;
  /** First and last instruction that it is kept for. */
  first: number;
  last: number;
}

export interface StepProfile {
  shape: BenchShapeName;
  executor: string;
  rounds: number;
  instructions: ProfiledInstruction[];
  buffers: ProfiledBuffer[];
  /** Bytes of the arena. */
  arenaBytes: number;
  /** Bytes that the activations would take side by side. */
  activationBytes: number;
}

/** Time and work of a step by what its instructions do. */
export interface KindTotal {
  kind: StepKind;
  instructions: number;
  flops: number;
  forwardMs: number;
  backwardMs: number;
  /** Of the whole step. */
  share: number;
}

/** Kinds in the order of their time, the longest first; those that a step has none of are left out. */
export function kindTotals(instructions: readonly ProfiledInstruction[]): KindTotal[] {
  const all = instructions.reduce((sum, {ms}) => sum + ms, 0);
  return stepKinds
    .map((kind) => {
      const own = instructions.filter((instruction) => instruction.kind === kind);
      const time = (isBackward: boolean) =>
        own.reduce((sum, i) => sum + (i.isBackward === isBackward ? i.ms : 0), 0);
      const [forwardMs, backwardMs] = [time(false), time(true)];
      return {
        kind,
        instructions: own.length,
        flops: own.reduce((sum, {flops}) => sum + flops, 0),
        forwardMs,
        backwardMs,
        share: all > 0 ? (forwardMs + backwardMs) / all : 0
      };
    })
    .filter((total) => total.instructions > 0)
    .sort((a, b) => b.share - a.share);
}
