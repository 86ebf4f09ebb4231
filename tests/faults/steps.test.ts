/** R6: thousands of steps leave nothing behind. */
import * as tf from "@tensorflow/tfjs-core";
import {afterAll, expect, test} from "vitest";
import {encode, useForwardExecutor} from "../../src/lib/albert/forward.js";
import {uploadParameters, disposeParameters} from "../../src/lib/albert/params.js";
import {onPlan} from "../../src/lib/albert/plan/onPlan.js";
import {PretrainingRun} from "../../src/lib/engine/run.js";
import {useBackend} from "../lib/albert/backends.js";
import {smallRecipe, smallText} from "../lib/engine/hostPort.js";
import {Tally} from "./tally.js";

const corpus = {name: "text.txt", documents: [smallText.split("\n")], notes: []};

afterAll(() => useForwardExecutor(null));

test.each([
  ["wasm", 2000],
  ["cpu", 500]
] as const)("on %s, %i steps keep every byte and tensor constant", async (backend, steps) => {
  await useBackend(backend);
  useForwardExecutor(backend === "wasm" ? onPlan : null);
  const tally = new Tally("R6", `${steps} steps on ${backend}, scored and looked into on the way`);
  const empty = tf.memory().numTensors;
  const run = await PretrainingRun.prepare(smallRecipe({steps}), corpus);
  let first: {bytes: number; tensors: number} | null = null;
  const heap: number[] = [];
  while (run.step < steps) {
    const result = await run.takeStep();
    if ("diverged" in result) throw new Error(result.diverged);
    if (run.step % 100 !== 0) continue;
    await run.evaluate();
    const params = uploadParameters(await run.parameters());
    const inputs = run.batches.at(run.step);
    tf.tidy(() => void encode(params, inputs, run.config, {capture: ["layer.*.attention.probs"]}));
    disposeParameters(params);
    const now = {bytes: result.memoryBytes, tensors: tf.memory().numTensors};
    first ??= now;
    await tally.attempt(`step ${run.step}`, () => expect(now).toEqual(first));
    heap.push(process.memoryUsage().external / 2 ** 20);
  }
  await run.dispose();
  await tally.attempt("the end", () => expect(tf.memory().numTensors).toBe(empty));
  tally.finish(
    `nothing; outside the heap ${heap[0]!.toFixed(0)} MiB at step 100, ${heap.at(-1)!.toFixed(0)} at the end`
  );
});
