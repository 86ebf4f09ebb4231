/** R6: thousands of steps leave nothing behind. */
import {setFlagsFromString} from "node:v8";
import {runInNewContext} from "node:vm";
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

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes of JavaScript that are in use. */
function heapInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** The slope of a line through points, by least squares. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1) => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const moment = (of: 0 | 1, centre: number) =>
    points.reduce((sum, point) => sum + (point[0] - x) * (point[of] - centre), 0);
  return moment(1, y) / moment(0, x);
}

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
  const outside: number[] = [];
  const heap: [step: number, bytes: number][] = [];
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
    outside.push(process.memoryUsage().external / 2 ** 20);
    // the first hundreds of steps still compile and fill caches
    if (run.step > steps / 4) heap.push([run.step, heapInUse()]);
  }
  await run.dispose();
  await tally.attempt("the end", () => expect(tf.memory().numTensors).toBe(empty));
  const perThousand = (1000 * slope(heap)) / 1e6;
  if (steps >= 2000)
    await tally.attempt("JavaScript in use", () => expect(perThousand).toBeLessThan(1));
  tally.finish(
    `nothing; JavaScript in use grows by ${perThousand.toFixed(2)} MB in 1000 steps, their rows included; outside the heap ${outside[0]!.toFixed(0)} MiB at step 100, ${outside.at(-1)!.toFixed(0)} at the end`
  );
});
