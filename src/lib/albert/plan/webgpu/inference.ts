/** Plans that compute without training on a WebGPU device: their weights, their places, their commands. */
import type {AlbertConfig} from "../../config.js";
import type {Lowered} from "../inferenceBuilder.js";
import type {PlanBuffer} from "../regions.js";
import {layOutBuffers, roundUp, type Layout} from "../layout.js";
import {placeWeights, smallestPlans, type PlacedWeight} from "../placedWeights.js";
import {sharingOn} from "./adapter.js";
import {Arena, arenaBytes} from "./arena.js";
import {Commands, usage} from "./commands.js";
import type {Places} from "./dispatches.js";
import {transpose} from "./elementwise.js";
import {extra} from "./extra.js";
import type {Dispatch} from "./kernel.js";
import {dispatchesOfRun, runsOf, scratchOfRun, touchedBy, type Run} from "./runs.js";

/** Plans kept at once: one for each shape and kind of question. */
const mostPlans = 64;

/** A weight's numbers; the same `version` means the same numbers. */
export interface DeviceWeight {
  version: object;
  /** On the processor or on the device; `done` when they have been taken. */
  read(): {values: Float32Array | GPUBuffer; done(): void};
}

/** A result in a buffer of its own, which belongs to the caller. */
export interface DeviceResult {
  shape: number[];
  buffer: GPUBuffer;
}

/** What lasts of a plan: what is sent, what is kept, and the orders of what scatters. */
interface Placing {
  sent: PlanBuffer[];
  kept: PlanBuffer[];
  /** Numbers of instructions that nothing behind them is moved over. */
  fences: number[];
  orders?: ReadonlyMap<PlanBuffer, PlanBuffer>;
}

/** A plan with its places and its commands. */
export interface Ready<P extends Lowered = Lowered> {
  plan: P;
  layout: Layout;
  commands: Commands;
}

/**
 * One arena: weights, which stay until others are loaded, and behind them the buffers of whichever
 * plan runs. Nothing is waited for and nothing read back.
 */
export class WebgpuInference {
  readonly device: GPUDevice;
  protected readonly config: AlbertConfig;
  protected readonly arena: Arena;
  readonly #plans = new Map<string, Ready>();
  readonly #weights: ReadonlyMap<string, PlacedWeight>;
  readonly #loaded = new Map<string, object>();
  readonly #turns = new Map<string, Commands>();
  readonly #start: number;

  /** @param smallest plans that read every weight there is */
  constructor(
    device: GPUDevice,
    config: AlbertConfig,
    smallest: readonly Lowered[] = smallestPlans(config)
  ) {
    this.device = device;
    this.config = config;
    this.arena = new Arena(device);
    const {weights, end} = placeWeights(smallest, 0);
    this.#weights = weights;
    this.#start = end;
  }

  /** Bytes of the arena. */
  get bytes(): number {
    return this.arena.bytes;
  }

  /** Bytes that a plan needs, weights included. */
  bytesFor({layout}: Ready): number {
    return Math.max(layout.bytes, this.#bytesToLoad());
  }

  /** The plan that is known by a key, made where there is none. */
  protected ready<R extends Ready>(key: string, prepare: () => R): R {
    const known = this.#plans.get(key);
    if (known) return known as R;
    if (this.#plans.size >= mostPlans) {
      const [oldest, {commands}] = this.#plans.entries().next().value!;
      this.#plans.delete(oldest);
      commands.dispose();
    }
    const made = prepare();
    this.#plans.set(key, made);
    return made;
  }

  /** Puts in the weights of a plan that are not there yet. @throws InputError where the device has no room */
  load({plan}: Ready, source: (name: string) => DeviceWeight): void {
    const {device} = this;
    for (const {name: key, kind} of plan.buffers) {
      if (kind !== "parameter") continue;
      const weight = this.#weights.get(key)!;
      const {version, read} = source(weight.parameter);
      if (this.#loaded.get(key) === version) continue;
      this.reserve(this.#bytesToLoad());
      const {buffer} = this.arena;
      const to = weight.turned ? this.#start : weight.at;
      const encoder = device.createCommandEncoder();
      const done = this.arrive(encoder, to, read(), weight.size);
      if (weight.turned) this.#turn(key, weight.at, weight.turned).record(encoder, buffer);
      device.queue.submit([encoder.finish()]);
      done();
      this.#loaded.set(key, version);
    }
  }

  /** Puts numbers into a buffer; gives who is to be told when they have been submitted. */
  protected arrive(
    encoder: GPUCommandEncoder,
    at: number,
    {values, done}: ReturnType<DeviceWeight["read"]>,
    size: number
  ): () => void {
    if (values instanceof Float32Array) this.arena.write(at / 4, Float32Array.from(values));
    else encoder.copyBufferToBuffer(values, 0, this.arena.buffer, at, 4 * size);
    return done;
  }

  /** A copy of numbers of the arena, `at` in numbers. */
  protected taken(encoder: GPUCommandEncoder, at: number, shape: number[]): DeviceResult {
    const size = 4 * shape.reduce((a, b) => a * b, 1);
    const label = "result";
    const all = usage.storage | usage.copySource | usage.copyTarget;
    const buffer = this.device.createBuffer({label, size, usage: all});
    encoder.copyBufferToBuffer(this.arena.buffer, 4 * at, buffer, 0, size);
    return {shape, buffer};
  }

  dispose(): void {
    for (const {commands} of this.#plans.values()) commands.dispose();
    for (const commands of this.#turns.values()) commands.dispose();
    this.#plans.clear();
    this.#turns.clear();
    this.#loaded.clear();
    this.arena.dispose();
  }

  /**
   * Places the buffers of a plan, those of `sent` side by side, and gives its dispatches. `starts` says which
   * dispatch is the first of an instruction behind a fence.
   */
  protected place(
    plan: Lowered,
    {sent, kept, fences, orders}: Placing
  ): {layout: Layout; places: Places; dispatches: Dispatch[]; starts: Map<number, number>} {
    const runs = runsOf(plan.instructions, fences);
    const {layout, scratch} = layOutInference(plan, runs, [...sent, ...kept], this.#start);
    for (const buffer of ofKind(plan, "parameter"))
      layout.offsets.set(buffer, this.#weights.get(buffer.name)!.at);
    const of = (buffer: PlanBuffer) => layout.offsets.get(buffer)! / 4;
    const places: Places = {
      of,
      orderOf: (index) => of(orders!.get(index)!),
      scratch: of(scratch),
      sharing: sharingOn(this.device)
    };
    const dispatches: Dispatch[] = [];
    const starts = new Map<number, number>();
    for (const run of runs) {
      starts.set(run.at, dispatches.length);
      dispatches.push(...dispatchesOfRun(run, places));
    }
    starts.set(plan.instructions.length, dispatches.length);
    return {layout, places, dispatches, starts};
  }

  /** Turns a weight that stands behind the others, where no plan has anything that lasts. */
  #turn(name: string, to: number, {rows, columns}: {rows: number; columns: number}): Commands {
    let made = this.#turns.get(name);
    if (!made) {
      const x = {at: this.#start / 4, stride: columns};
      const y = {at: to / 4, stride: rows};
      made = Commands.prepareNow(this.device, [transpose(x, y, rows, columns)]);
      this.#turns.set(name, made);
    }
    return made;
  }

  /** The weights and room for the largest that is turned. */
  #bytesToLoad(): number {
    return bytesToLoad(this.#weights, this.#start);
  }

  /** Room for so much, moving the weights along. */
  protected reserve(bytes: number): void {
    this.arena.ensureNow(bytes, Math.min(this.#start, this.bytes));
  }
}

/**
 * Where the buffers of a plan lie behind the weights.
 *
 * @param lasting what is sent and what is kept, in this order
 * @param start first byte behind the weights
 */
function layOutInference(
  plan: Lowered,
  runs: readonly Run[],
  lasting: readonly PlanBuffer[],
  start: number
): {layout: Layout; scratch: PlanBuffer} {
  const scratch = extra("scratch", Math.max(1, ...runs.map(scratchOfRun)), "output");
  const buffers = [...lasting, scratch, ...ofKind(plan, "activation")];
  return {layout: layOutBuffers(buffers, touchedBy(runs), start), scratch};
}

/** The weights and room for the largest that is turned. */
function bytesToLoad(weights: ReadonlyMap<string, PlacedWeight>, start: number): number {
  return start + roundUp(4 * Math.max(...Array.from(weights.values(), ({size}) => size)));
}

/** The bytes of the arena of a model that runs one plan, found without a device. */
export function inferenceBytes(config: AlbertConfig, plan: Lowered): number {
  const {weights, end} = placeWeights(smallestPlans(config), 0);
  const lasting = [...ofKind(plan, "input"), ...ofKind(plan, "output")];
  const {layout} = layOutInference(plan, runsOf(plan.instructions, []), lasting, end);
  return arenaBytes(Math.max(layout.bytes, bytesToLoad(weights, end)));
}

/** The buffers of a kind. */
export const ofKind = ({buffers}: Lowered, of: PlanBuffer["kind"]) =>
  buffers.filter(({kind}) => kind === of);
