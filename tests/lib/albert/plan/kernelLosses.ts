/** Runs in a browser: one step of random models with a kind of kernels. */
import {lowerPretraining} from "../../../../src/lib/albert/plan/lower.js";
import {
  bestKernels,
  kernelModule,
  type KernelKind
} from "../../../../src/lib/albert/plan/kernels.js";
import {WasmExecutor} from "../../../../src/lib/albert/plan/wasm.js";
import {initParameters} from "../../../../src/lib/albert/specs.js";
import {randomBatch, randomCase} from "./cases.js";

/** The kind that a run here would take, and whether the relaxed one is understood. */
export function kinds(): {best: KernelKind | null; hasRelaxed: boolean} {
  return {best: bestKernels(), hasRelaxed: kernelModule("relaxed") !== null};
}

/** Masked loss and norm of the whole gradient of models 0 … n − 1. */
export function kernelLosses(kind: KernelKind, n: number): {loss: number; norm: number}[] {
  return Array.from({length: n}, (_, seed) => {
    const {config, shape} = randomCase(seed);
    const executor = new WasmExecutor(lowerPretraining(config, shape), kind);
    executor.setParameters(initParameters(config, seed));
    executor.setBatch(randomBatch(config, shape, seed), {seed: 5, step: 3});
    executor.runStep();
    let squares = 0;
    for (const gradient of executor.gradients().values())
      for (const g of gradient) squares += g * g;
    return {loss: executor.output(executor.plan.mlmOut).loss, norm: Math.sqrt(squares)};
  });
}
