/** Runs in a browser: plans and single instructions on its WebGPU device. */
import type {OptimizerOptions} from "../../../../../src/lib/albert/optimizers/optimizer.js";
import type {OptimizerName} from "../../../../../src/lib/albert/optimizers/rule.js";
import {layOutBuffers} from "../../../../../src/lib/albert/plan/layout.js";
import {lowerPretraining} from "../../../../../src/lib/albert/plan/lower.js";
import type {PlanBuffer} from "../../../../../src/lib/albert/plan/regions.js";
import {Arena} from "../../../../../src/lib/albert/plan/webgpu/arena.js";
import {Commands} from "../../../../../src/lib/albert/plan/webgpu/commands.js";
import {dispatchesOf, scratchOf} from "../../../../../src/lib/albert/plan/webgpu/dispatches.js";
import type {VectorForm} from "../../../../../src/lib/albert/plan/webgpu/product.js";
import {large, small} from "../../../../../src/lib/albert/plan/webgpu/products.js";
import {multiplyInTiles} from "../../../../../src/lib/albert/plan/webgpu/tiledProduct.js";
import {fillScatterOrder} from "../../../../../src/lib/albert/plan/webgpu/sums.js";
import {WebgpuTrainer} from "../../../../../src/lib/albert/plan/webgpu/trainer.js";
import {webgpuHeadStepper} from "../../../../../src/lib/albert/plan/webgpuHeadStepper.js";
import {webgpuStepper} from "../../../../../src/lib/albert/plan/webgpuStepper.js";
import {initParameters, type ParameterData} from "../../../../../src/lib/albert/specs.js";
import type {StepperSettings} from "../../../../../src/lib/albert/stepper.js";
import {Random} from "../../../../../src/lib/random.js";
import {randomBatch, randomCase} from "../cases.js";
import {headCase, headParameters, shortened} from "../headCases.js";
import {instructionCases} from "./instructionCases.js";

let device: GPUDevice;
/** What the device complained of; must stay empty. */
const complaints: string[] = [];

/** Whether this browser has WebGPU. */
export async function openDevice(): Promise<boolean> {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) return false;
  device = await adapter.requestDevice();
  device.addEventListener("uncapturederror", ({error}) => complaints.push(error.message));
  return true;
}

export const deviceComplaints = () => complaints;

const lists = (values: readonly Float32Array[]) => values.map((v) => Array.from(v));
const entries = (data: ParameterData) =>
  Array.from(data, ([name, tensor]): [string, number[]] => [name, Array.from(tensor.data)]);

/** What stands in every buffer after each of the cases. */
export async function runInstructions(
  sharing: "groups" | "lanes"
): Promise<[string, number[]][][]> {
  const results: [string, number[]][][] = [];
  for (const {instruction, buffers} of instructionCases(sharing)) {
    const own = [...buffers.keys()];
    const index = own.find(({name}) => name === "index");
    const extra = (name: string, size: number): PlanBuffer => ({name, size, kind: "moment"});
    const order = extra("order", 2 * (index?.size ?? 1));
    const scratch = extra("scratch", Math.max(1, scratchOf(instruction)));
    const layout = layOutBuffers([...own, order, scratch], [], 0);
    const of = (buffer: PlanBuffer) => layout.offsets.get(buffer)! / 4;
    const dispatches = dispatchesOf(instruction, {
      of,
      orderOf: () => of(order),
      scratch: of(scratch),
      sharing
    });
    const arena = new Arena(device);
    await arena.ensure(layout.bytes, 0);
    for (const [buffer, values] of buffers) arena.write(of(buffer), values);
    if (index) {
      const values = new Float32Array(order.size);
      fillScatterOrder(buffers.get(index)!, values);
      arena.write(of(order), values);
    }
    const commands = await Commands.prepare(device, dispatches);
    const encoder = device.createCommandEncoder();
    commands.record(encoder, arena.buffer);
    device.queue.submit([encoder.finish()]);
    const read = await arena.read(own.map((buffer) => ({at: of(buffer), size: buffer.size})));
    results.push(own.map(({name}, i) => [name, Array.from(read[i]!)]));
    commands.dispose();
    arena.dispose();
  }
  return results;
}

/** A product in tiles, two of a grid, its sums in parts or not. */
export interface TiledCase {
  form: VectorForm;
  size: "small" | "large";
  epilogue: "set" | "accumulate" | "bias";
  parts: number;
}

/** Sizes of such a product; none is a multiple of a tile. */
export const tiledSizes = {m: 68, n: 52, k: 72} as const;

/** What stands in both factors, the bias and the result before, and in the result after. */
export async function runTiled({form, size, epilogue, parts}: TiledCase) {
  const {m, n, k} = tiledSizes;
  const random = new Random(parts, "probes");
  const draw = (numbers: number) => Float32Array.from({length: numbers}, () => random.normal());
  const [a, b, bias, c] = [draw(2 * m * k), draw(2 * k * n), draw(2 * n), draw(2 * m * n)];
  const all = new Float32Array([...a, ...b, ...bias, ...c]);
  const tiling = {small, large}[size];
  const terms = Math.ceil(k / parts / tiling.depth) * tiling.depth;
  const at = {b: a.length, bias: a.length + b.length, c: all.length - c.length};
  const arena = new Arena(device);
  await arena.ensure(4 * all.length + 4 * 2 * parts * m * n, 0);
  arena.write(0, all);
  const commands = await Commands.prepare(
    device,
    multiplyInTiles(
      {
        a: {
          at: 0,
          ...(form === "columnsA" ? {rowStep: 1, columnStep: m} : {rowStep: k, columnStep: 1}),
          outer: m * k
        },
        b: {
          at: at.b,
          ...(form === "rowsB" ? {rowStep: 1, columnStep: k} : {rowStep: n, columnStep: 1}),
          outer: k * n
        },
        c: {at: at.c, rowStep: n, columnStep: 1, outer: m * n},
        m,
        n,
        k,
        accumulate: epilogue === "accumulate",
        bias: epilogue === "bias" ? at.bias : null,
        biasOuter: n,
        grid: {outer: 2, inner: 1}
      },
      form,
      tiling,
      {parts: Math.ceil(k / terms), terms},
      all.length
    )
  );
  const encoder = device.createCommandEncoder();
  commands.record(encoder, arena.buffer);
  device.queue.submit([encoder.finish()]);
  const [after] = await arena.read([{at: at.c, size: c.length}]);
  commands.dispose();
  arena.dispose();
  return {parts: Math.ceil(k / terms), ...mapOf({a, b, bias, c, after: after!})};
}

const mapOf = <T extends string>(values: Record<T, Float32Array>) =>
  Object.fromEntries(
    Object.entries<Float32Array>(values).map(([name, v]) => [name, Array.from(v)])
  ) as Record<T, number[]>;

/** Losses and gradients of random models, with dropout. */
export async function planGradients(seeds: readonly number[]) {
  const results: {outputs: number[][]; gradients: [string, number[]][]}[] = [];
  for (const seed of seeds) {
    const {config, shape} = randomCase(seed);
    const trainer = new WebgpuTrainer(
      device,
      config,
      initParameters(config, seed),
      (of) => lowerPretraining(config, of),
      {optimizer: "adamw", options: {}, maxGradientNorm: 0}
    );
    const program = await trainer.programFor(shape);
    const {mlmOut, sentenceOut} = program.plan;
    const batch = randomBatch(config, shape, seed);
    const [result] = await trainer.run([
      {
        program,
        fill: (own) => own.setBatch(batch, {seed: 5, step: 3}),
        update: null,
        until: "gradients",
        read: sentenceOut ? [mlmOut, sentenceOut] : [mlmOut]
      }
    ]);
    const gradients = Array.from(await trainer.gradients(), ([name, g]): [string, number[]] => [
      name,
      Array.from(g)
    ]);
    results.push({outputs: lists(result!.values), gradients});
    trainer.dispose();
  }
  return results;
}

/** Settings that cross into the browser; `frozen` is part of the names that are not trained. */
export interface TrainingCall {
  seed: number;
  optimizer: OptimizerName;
  frozen: string | null;
  maxGradientNorm: number;
  steps: number;
}

export function settingsOf({
  optimizer,
  frozen,
  maxGradientNorm,
  seed
}: TrainingCall): StepperSettings {
  const options: OptimizerOptions = {weightDecay: 0.01, epsilon: 1e-4};
  if (frozen !== null) options.trainable = (name) => !name.includes(frozen);
  return {optimizer, options, maxGradientNorm, seed};
}

/** Trains a random model, `together` in one call or step by step. */
export async function train(call: TrainingCall, together: boolean) {
  const {config, shape} = randomCase(call.seed);
  const stepper = webgpuStepper(
    device,
    config,
    initParameters(config, call.seed),
    settingsOf(call)
  );
  const requests = Array.from({length: call.steps}, (_, step) => ({
    batch: randomBatch(config, shape, call.seed + step),
    step,
    learningRate: 0.01
  }));
  const results = together ? await stepper.steps!(requests) : [];
  if (!together)
    for (const {batch, step, learningRate} of requests)
      results.push(await stepper.step(batch, step, learningRate));
  const evaluation = await stepper.evaluate(requests[0]!.batch);
  const logits = Array.from(await stepper.logits(requests[0]!.batch));
  const {first, second} = await stepper.optimizerData();
  const moments = [first, second].map((slots) => lists([...slots.values()]));
  const parameters = entries(await stepper.parameters());
  stepper.dispose();
  return {results, evaluation, logits, parameters, moments};
}

/** Takes two steps, restores what was after the first into another stepper, takes the second there. */
export async function restored(seed: number) {
  const {config, shape} = randomCase(seed);
  const settings: StepperSettings = {optimizer: "adamw", options: {}, maxGradientNorm: 1, seed};
  const first = webgpuStepper(device, config, initParameters(config, seed), settings);
  const second = webgpuStepper(device, config, initParameters(config, seed + 1), settings);
  await first.step(randomBatch(config, shape, 0), 0, 0.01);
  second.restore(await first.parameters(), await first.optimizerData());
  const results = [];
  for (const stepper of [first, second]) {
    await stepper.step(randomBatch(config, shape, 1), 1, 0.01);
    results.push(entries(await stepper.parameters()));
    stepper.dispose();
  }
  return results;
}

/** Steps with a learning rate that makes the second weights useless; what is left, and a step after. */
export async function diverge(seed: number) {
  const {config, shape} = randomCase(seed);
  const settings: StepperSettings = {optimizer: "adamw", options: {}, maxGradientNorm: 0, seed};
  const stepper = webgpuStepper(device, config, initParameters(config, seed), settings);
  const batch = randomBatch(config, shape, 0);
  const request = (step: number, learningRate: number) => ({batch, step, learningRate});
  const results = await stepper.steps!([request(0, 1e30), request(1, 0.01), request(2, 0.01)]);
  const after = entries(await stepper.parameters());
  const moments = await stepper.optimizerData();
  const again = await stepper.step(batch, 1, 0.01);
  const unchanged = entries(await stepper.parameters());
  stepper.restore(initParameters(config, seed), {...moments, step: 0});
  const restoredStep = await stepper.step(batch, 0, 0.01);
  stepper.dispose();
  return {results, after, again, unchanged, restoredStep, updates: moments.step};
}

/** Fine-tunes a random model with a head on batches of two lengths. */
export async function fineTune(seed: number, settings: StepperSettings) {
  const {config, rows} = headCase(seed);
  const short = shortened(rows, config);
  const stepper = webgpuHeadStepper(device, config, headParameters(config, seed), settings);
  const losses: number[] = [];
  for (let step = 0; step < 4; ++step) {
    const result = await stepper.step(step % 2 ? short : rows, step, 0.01);
    losses.push("loss" in result ? result.loss : NaN);
  }
  const logits = Array.from(await stepper.logits(rows));
  const parameters = entries(await stepper.parameters());
  stepper.dispose();
  return {losses, logits, parameters};
}
