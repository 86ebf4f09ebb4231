import {fileURLToPath} from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import type {Page} from "playwright";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {offerWebgpu, withdrawWebgpu} from "../../../../../bin/dawn.js";
import {lossAndGradients} from "../../../../../src/lib/albert/gradients.js";
import {pretrainingLoss} from "../../../../../src/lib/albert/loss.js";
import {
  disposeParameters,
  initParameters,
  uploadParameters
} from "../../../../../src/lib/albert/params.js";
import {plainHeadStepper} from "../../../../../src/lib/albert/plainHeadStepper.js";
import {plainStepper} from "../../../../../src/lib/albert/plainStepper.js";
import {opcodes} from "../../../../../src/lib/albert/plan/instructions.js";
import {browserPages, browserPath, type BrowserPages} from "../../../../browserPage.js";
import {useBackend} from "../../backends.js";
import {randomBatch, randomCase} from "../cases.js";
import {headCase, headParameters, shortened} from "../headCases.js";
import {instructionCases} from "./instructionCases.js";
import {expectedOf} from "./instructionReferences.js";
import * as there from "./onDevice.js";

declare const albert: typeof there;

/** ALBERT_GPU=dawn: on the graphics card that Dawn finds, in this process, in place of a browser. */
const isByDawn = process.env.ALBERT_GPU === "dawn";
if (!browserPath && !isByDawn) console.log("skipped: no browser for WebGPU");

type There = typeof there;
type CallName = {
  [K in keyof There]: There[K] extends (...args: never[]) => unknown ? K : never;
}[keyof There];

const optimizers = ["adamw", "adam", "adamw_google", "lamb_google", "lamb_paper"] as const;

/** max |a − b| over the largest of b, or over `least` where that is more. */
function relativeError(a: ArrayLike<number>, b: ArrayLike<number>, least = 0): number {
  expect(a.length).toBe(b.length);
  let [difference, scale] = [0, least];
  for (let i = 0; i < b.length; ++i) {
    const d = Math.abs(a[i]! - b[i]!);
    difference = Math.max(difference, Number.isNaN(d) ? Infinity : d);
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return scale === 0 ? difference : difference / scale;
}

describe.skipIf(!browserPath && !isByDawn)("the plan on WebGPU", {timeout: 180_000}, () => {
  let pages: BrowserPages | undefined;
  let page: Page;
  let isThere = false;

  /** Calls a function of onDevice.ts where the device is. */
  function call<K extends CallName>(
    name: K,
    ...args: Parameters<There[K]>
  ): Promise<Awaited<ReturnType<There[K]>>> {
    type Call = (...all: Parameters<There[K]>) => Promise<Awaited<ReturnType<There[K]>>>;
    if (isByDawn) return (there[name] as Call)(...args);
    return page.evaluate(
      ([which, all]) => (albert[which] as Call)(...(all as Parameters<There[K]>)),
      [name, args] as const
    ) as Promise<Awaited<ReturnType<There[K]>>>;
  }

  beforeAll(async () => {
    await useBackend("cpu");
    if (isByDawn) await offerWebgpu();
    else {
      pages = await browserPages(fileURLToPath(new URL("onDevice.ts", import.meta.url)));
      page = await pages.open();
    }
    isThere = await call("openDevice");
    if (!isThere) console.log("skipped: this browser has no WebGPU");
  }, 180_000);

  afterAll(async () => {
    if (isThere) expect(await call("deviceComplaints")).toEqual([]);
    if (isByDawn) withdrawWebgpu();
    await pages?.close();
  });

  test.each([
    ["a workgroup", "groups"],
    ["a lane", "lanes"]
  ] as const)("every instruction gives the plain values, %s a row", async (_, sharing) => {
    if (!isThere) return;
    const cases = instructionCases(sharing);
    expect(new Set(cases.map(({instruction}) => instruction.op))).toEqual(
      new Set(Object.keys(opcodes))
    );
    const results = await call("runInstructions", sharing);
    cases.forEach((made, i) => {
      const got = new Map(results[i]);
      const expected = expectedOf(made);
      for (const [name, values] of expected)
        expect(relativeError(got.get(name)!, values), `${made.name}: ${name}`).toBeLessThan(2e-5);
      const written = new Set(made.instruction.writes.map(({buffer}) => buffer.name));
      for (const [{name}, before] of made.buffers)
        if (!written.has(name)) expect(got.get(name), `${made.name}: ${name}`).toEqual([...before]);
    });
  });

  test.each(
    (["rows", "columnsA", "rowsB"] as const).flatMap((form) =>
      (["small", "large"] as const).flatMap((size) => [
        {form, size, epilogue: "set", parts: 1} as const,
        {form, size, epilogue: "bias", parts: 1} as const,
        {form, size, epilogue: "accumulate", parts: 1} as const,
        {form, size, epilogue: "set", parts: 2} as const,
        {form, size, epilogue: "bias", parts: 3} as const,
        {form, size, epilogue: "accumulate", parts: 2} as const
      ])
    )
  )("a product in tiles: $form, $size, $epilogue, $parts", async (made) => {
    if (!isThere) return;
    const {m, n, k} = there.tiledSizes;
    const {a, b, bias, c, after, parts} = await call("runTiled", made);
    expect(parts).toBe(made.parts);
    const expected = c.map((before, i) => {
      const [item, row, column] = [Math.floor(i / (m * n)), Math.floor(i / n) % m, i % n];
      let sum = made.epilogue === "accumulate" ? before : 0;
      if (made.epilogue === "bias") sum += bias[item * n + column]!;
      for (let s = 0; s < k; ++s) {
        const x = made.form === "columnsA" ? s * m + row : row * k + s;
        const y = made.form === "rowsB" ? column * k + s : s * n + column;
        sum += a[item * m * k + x]! * b[item * k * n + y]!;
      }
      return sum;
    });
    expect(relativeError(after, expected)).toBeLessThan(1e-6);
  });

  test("losses and gradients of random models are those of the plain form", async () => {
    if (!isThere) return;
    const seeds = Array.from({length: 8}, (_, i) => i);
    const results = await call("planGradients", seeds);
    const errors: number[] = [];
    for (const seed of seeds) {
      const {config, shape} = randomCase(seed);
      const params = uploadParameters(initParameters(config, seed));
      const {outputs, gradients: got} = results[seed]!;
      tf.tidy(() => {
        const {result, gradients} = lossAndGradients(params, () =>
          pretrainingLoss(params, randomBatch(config, shape, seed), config, {
            dropout: {seed: 5, step: 3},
            isPlain: true
          })
        );
        const numbers = (...scalars: (tf.Tensor | null)[]) => scalars.map((x) => x!.dataSync()[0]!);
        const [mlm, sentence] = outputs;
        expect(mlm!.slice(0, 2)).toBeAllClose(numbers(result.mlmLoss, result.mlmCorrect), {
          rtol: 1e-4
        });
        if (sentence)
          expect(sentence.slice(0, 2)).toBeAllClose(
            numbers(result.sentenceLoss, result.sentenceCorrect),
            {rtol: 1e-4}
          );
        const named = new Map(got);
        expect([...named.keys()].sort()).toEqual([...gradients.keys()].sort());
        const largest = Math.max(
          ...[...gradients.values()].map((g) => tf.max(tf.abs(g)).dataSync()[0]!)
        );
        for (const [name, gradient] of gradients) {
          const error = relativeError(named.get(name)!, gradient.dataSync(), 0.01 * largest);
          expect(error, `seed ${seed}: ${name}`).toBeLessThan(1e-3);
          errors.push(error);
        }
      });
      disposeParameters(params);
    }
    // Layer norms of three numbers can amplify rounding; nearly all tensors agree far better.
    errors.sort((a, b) => a - b);
    expect(errors[Math.floor(0.99 * errors.length)]).toBeLessThan(2e-4);
  });

  test("training is that of the plain form, one by one and together, to the last bit the same", async () => {
    if (!isThere) return;
    for (let seed = 0; seed < 5; ++seed) {
      const training: there.TrainingCall = {
        seed,
        optimizer: optimizers[seed % 5]!,
        frozen: seed % 4 === 3 ? "embeddings" : null,
        maxGradientNorm: seed % 2,
        steps: 3
      };
      const one = await call("train", training, false);
      const together = await call("train", training, true);
      expect(together).toEqual(one);
      const {config, shape} = randomCase(seed);
      const data = initParameters(config, seed);
      const plain = plainStepper(config, data, there.settingsOf(training));
      for (let step = 0; step < training.steps; ++step) {
        const expected = await plain.step(randomBatch(config, shape, seed + step), step, 0.01);
        const got = one.results[step]!;
        if (!("loss" in expected) || !("loss" in got)) throw new Error(`seed ${seed} diverged`);
        expect(got.loss, `seed ${seed}, step ${step}`).toBeCloseTo(expected.loss, 3);
        expect(got.gradientNorm / expected.gradientNorm).toBeCloseTo(1, 3);
        expect(got.mlmCount).toBe(expected.mlmCount);
      }
      const names = new Map(one.parameters);
      for (const [name, {data: values}] of await plain.parameters()) {
        const got = names.get(name)!;
        // three steps of at most 0.01 times the ratio of LAMB: what moved must have moved alike
        expect(relativeError(got, values, 0.1), `seed ${seed}: ${name}`).toBeLessThan(2e-3);
        if (training.frozen && name.includes(training.frozen))
          expect(got, name).toEqual([...data.get(name)!.data]);
        else expect(got, name).not.toEqual([...data.get(name)!.data]);
      }
      const evaluation = await plain.evaluate(randomBatch(config, shape, seed));
      expect(one.evaluation.loss).toBeCloseTo(evaluation.loss, 3);
      const logits = await plain.logits(randomBatch(config, shape, seed));
      expect(relativeError(one.logits, logits)).toBeLessThan(5e-3);
      plain.dispose();
    }
  });

  test("a restored stepper goes on to the last bit", async () => {
    if (!isThere) return;
    const [first, second] = await call("restored", 2);
    expect(second).toEqual(first);
  });

  test("a step that is not finite stops itself and all that were sent after it", async () => {
    if (!isThere) return;
    const {results, after, again, unchanged, restoredStep, updates} = await call("diverge", 3);
    expect(results.length).toBe(2);
    expect(results[0]).toHaveProperty("loss");
    expect(results[1]).toHaveProperty("diverged", expect.stringMatching(/^step 2: .* not finite/));
    expect(updates).toBe(1);
    expect(again).toHaveProperty("diverged");
    expect(unchanged).toEqual(after);
    expect(restoredStep).toHaveProperty("loss");
  });

  test.each([0, 1, 2, 3, 4, 5])("fine-tuning is that of the plain form (head %i)", async (seed) => {
    if (!isThere) return;
    const settings = {
      optimizer: "adamw",
      options: {weightDecay: 0.01, epsilon: 1e-4},
      maxGradientNorm: 1,
      seed: 3
    } as const;
    const got = await call("fineTune", seed, settings);
    const {config, rows} = headCase(seed);
    const plain = plainHeadStepper(config, headParameters(config, seed), settings);
    for (let step = 0; step < 4; ++step) {
      const batch = step % 2 ? shortened(rows, config) : rows;
      const result = await plain.step(batch, step, 0.01);
      expect(got.losses[step]).toBeCloseTo("loss" in result ? result.loss : NaN, 3);
    }
    expect(relativeError(got.logits, await plain.logits(rows), 1)).toBeLessThan(0.01);
    plain.dispose();
  });
});
