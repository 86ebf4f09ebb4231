import {afterAll, describe, expect, test} from "vitest";
import {useNodeThreads} from "../../../../bin/nodeThreads.js";
import {lowerPretraining} from "../../../../src/lib/albert/plan/lower.js";
import {threadCount} from "../../../../src/lib/albert/plan/threads.js";
import {WasmExecutor} from "../../../../src/lib/albert/plan/wasm.js";
import {wasmStepper} from "../../../../src/lib/albert/plan/wasmStepper.js";
import {initParameters} from "../../../../src/lib/albert/specs.js";
import {randomBatch, randomCase} from "./cases.js";

afterAll(() => useNodeThreads(1));

/** An executor of a random model whose threads, if any, are all there. */
async function readyExecutor(seed: number, threads: number): Promise<WasmExecutor> {
  useNodeThreads(threads);
  const {config, shape} = randomCase(seed);
  const executor = new WasmExecutor(lowerPretraining(config, shape));
  executor.setParameters(initParameters(config, seed));
  executor.setBatch(randomBatch(config, shape, seed), {seed: 5, step: 3});
  while (threads > 1 && !executor.isThreaded)
    await new Promise((resolve) => setTimeout(resolve, 5));
  return executor;
}

describe("WasmExecutor on several threads", () => {
  test("gives the bits of one thread on 24 random models", {timeout: 120_000}, async () => {
    for (let seed = 0; seed < 24; ++seed) {
      const results = [];
      for (const threads of [1, 2 + (seed % 2)]) {
        const executor = await readyExecutor(seed, threads);
        executor.runStep();
        executor.runStep();
        const {mlmOut} = executor.plan;
        results.push({out: executor.output(mlmOut), gradients: executor.gradients()});
        executor.dispose();
      }
      expect(results[1], `seed ${seed}`).toEqual(results[0]);
    }
  });

  test("does everything alone until its threads are there", () => {
    useNodeThreads(2);
    const {config, shape} = randomCase(3);
    const executor = new WasmExecutor(lowerPretraining(config, shape));
    executor.setParameters(initParameters(config, 3));
    executor.setBatch(randomBatch(config, shape, 3), null);
    executor.runForward();
    const early = executor.output(executor.plan.mlmOut);
    executor.dispose();
    useNodeThreads(1);
    const alone = new WasmExecutor(lowerPretraining(config, shape));
    alone.setParameters(initParameters(config, 3));
    alone.setBatch(randomBatch(config, shape, 3), null);
    alone.runForward();
    expect(early).toEqual(alone.output(alone.plan.mlmOut));
  });

  test("a stepper trains the same weights, whatever shape its batches have", async () => {
    const trained = [];
    for (const threads of [1, 2]) {
      useNodeThreads(threads);
      const {config, shape} = randomCase(6);
      const settings = {optimizer: "lamb_paper", options: {}, maxGradientNorm: 1, seed: 1} as const;
      const stepper = wasmStepper(config, initParameters(config, 1), settings);
      for (let step = 0; step < 6; ++step) {
        const batch = {...shape, batch: step < 3 ? shape.batch : shape.batch + 1};
        await stepper.step(randomBatch(config, batch, step), step, 0.01);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      trained.push(await stepper.parameters());
      stepper.dispose();
    }
    expect(trained[1]).toEqual(trained[0]);
  });

  test("a stepper names its threads", () => {
    useNodeThreads(2);
    expect(threadCount()).toBe(2);
    const {config} = randomCase(1);
    const settings = {optimizer: "adamw", options: {}, maxGradientNorm: 1, seed: 1} as const;
    const stepper = wasmStepper(config, initParameters(config, 1), settings);
    expect(stepper.executor).toMatch(/, 2 threads$/);
    stepper.dispose();
  });
});
