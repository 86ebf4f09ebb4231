/** What every table of the benchmark has in common. */
import {cpus} from "node:os";
import {setFlagsFromString} from "node:v8";
import {benchShape, type BenchRow, type MakeContender} from "../../src/lib/albert/bench/bench.js";
import type {BenchShapeName} from "../../src/lib/albert/bench/shapes.js";
import {bestKernels, type KernelKind} from "../../src/lib/albert/plan/kernels.js";
import {InputError} from "../../src/lib/errors.js";
import {processorTime} from "../processorTime.js";

export const clocks = ["wall", "cpu"] as const;
export type Clock = (typeof clocks)[number];

/** What is to be measured, and how often. */
export interface Asked {
  shapes: readonly BenchShapeName[];
  rounds: number;
  clock: Clock;
  /** The interpreter that has PyTorch; `python3` where none is named. */
  python: string | undefined;
}

/** The processor, its cores and this Node. */
export const nodeMachine = () =>
  `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.version}`;

export const oneThread = () => `${nodeMachine()}, one thread each`;

/** @throws InputError where this Node has not what the plan needs */
export function needKernels(): KernelKind {
  // Node 20 has the relaxed instructions behind a flag; every contender may use them.
  setFlagsFromString("--experimental-wasm-relaxed-simd");
  const kernels = bestKernels();
  if (!kernels) throw new InputError("this Node has no WebAssembly SIMD, which the plan needs");
  return kernels;
}

/** Times every contender on each shape, one shape after another. */
export async function timeShapes(
  shapes: readonly BenchShapeName[],
  {rounds, clock}: Pick<Asked, "rounds" | "clock">,
  makers: readonly MakeContender[]
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const shape of shapes) {
    const timed = await benchShape(shape, makers, {
      rounds,
      clock: clock === "cpu" ? processorTime : undefined,
      onProgress: ({work, round}) => showProgress(`${shape} ${work}: ${round} of ${rounds}`)
    });
    rows.push(...timed!);
  }
  return rows;
}

/** Overwrites one line of a terminal; silent elsewhere. */
export function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}
