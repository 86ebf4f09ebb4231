/** Runs forward passes of one model on a WebGPU device; what was asked of them stays on the device. */
import type {AlbertConfig} from "../../config.js";
import type {FlatInputs} from "../../inputs.js";
import type {Edit} from "../edits.js";
import {
  fillEdits,
  isContiguous,
  lowerForward,
  placeWeights,
  requestKey,
  type ForwardPlan,
  type ForwardRequest,
  type Pause,
  type PlacedSite,
  type PlacedWeight
} from "../forwardPlan.js";
import type {PlanBuffer} from "../instructions.js";
import {layOutBuffers, roundUp, type Layout} from "../layout.js";
import {lowest} from "../program.js";
import {Arena} from "./arena.js";
import {Commands, usage} from "./commands.js";
import {dispatchesOf, scratchOf, type Places} from "./dispatches.js";
import {transpose} from "./elementwise.js";
import type {Dispatch} from "./kernel.js";
import {sharingOn} from "./program.js";
import {scaleRows, takeHeads} from "./sites.js";

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

export interface DeviceForwardResult {
  /** `[batch, seq, hidden]` */
  states: DeviceResult;
  /** `[batch, hidden]`, or null without a pooler. */
  pooled: DeviceResult | null;
  captured: Map<string, DeviceResult>;
}

/** A plan with its places, its commands, and its inputs as they are sent. */
interface Ready {
  plan: ForwardPlan;
  layout: Layout;
  commands: Commands;
  inputs: Float32Array<ArrayBuffer>;
  inputsAt: number;
  /** Which rows each pause scales. */
  chosen: Map<Pause, PlanBuffer>;
  /** Where each captured site stands in its own shape. */
  found: Map<string, number>;
}

/**
 * One arena: weights, which stay until others are loaded, and behind them the buffers of whichever
 * plan runs. Nothing is waited for and nothing read back.
 */
export class WebgpuForward {
  readonly device: GPUDevice;
  readonly #config: AlbertConfig;
  readonly #arena: Arena;
  readonly #plans = new Map<string, Ready>();
  readonly #weights: ReadonlyMap<string, PlacedWeight>;
  readonly #loaded = new Map<string, object>();
  readonly #turns = new Map<string, Commands>();
  readonly #start: number;

  constructor(device: GPUDevice, config: AlbertConfig) {
    this.device = device;
    this.#config = config;
    this.#arena = new Arena(device);
    const {weights, end} = placeWeights(config, 0);
    this.#weights = weights;
    this.#start = end;
  }

  /** Bytes of the arena. */
  get bytes(): number {
    return this.#arena.bytes;
  }

  /** Bytes that a request needs, weights included. */
  bytesFor(request: ForwardRequest): number {
    return Math.max(this.readyFor(request).layout.bytes, this.#bytesToLoad());
  }

  /** The plan of a request and its places in the arena. */
  readyFor(request: ForwardRequest): Ready {
    const key = requestKey(request);
    const known = this.#plans.get(key);
    if (known) return known;
    if (this.#plans.size >= mostPlans) {
      const [oldest, {commands}] = this.#plans.entries().next().value!;
      this.#plans.delete(oldest);
      commands.dispose();
    }
    const made = this.#prepare(lowerForward(this.#config, request));
    this.#plans.set(key, made);
    return made;
  }

  /** Puts in the weights that are not there yet. @throws InputError where the device has no room */
  load(source: (name: string) => DeviceWeight): void {
    const {device} = this;
    for (const [key, weight] of this.#weights) {
      const {version, read} = source(weight.parameter);
      if (this.#loaded.get(key) === version) continue;
      this.#reserve(this.#bytesToLoad());
      const {buffer} = this.#arena;
      const {values, done} = read();
      const to = weight.turned ? this.#start : weight.at;
      const encoder = device.createCommandEncoder();
      if (values instanceof Float32Array) this.#arena.write(to / 4, Float32Array.from(values));
      else encoder.copyBufferToBuffer(values, 0, buffer, to, 4 * weight.size);
      if (weight.turned) this.#turn(key, weight.at, weight.turned).record(encoder, buffer);
      device.queue.submit([encoder.finish()]);
      done();
      this.#loaded.set(key, version);
    }
  }

  /** @throws InputError where the device has no room */
  run(request: ForwardRequest, given: FlatInputs): DeviceForwardResult {
    const ready = this.readyFor(request);
    const {plan, layout, commands} = ready;
    this.#reserve(layout.bytes);
    const {buffer: arena} = this.#arena;
    this.#setInputs(ready, request, given);
    this.#arena.write(ready.inputsAt, ready.inputs);
    const encoder = this.device.createCommandEncoder();
    commands.record(encoder, arena);
    const taken = (at: number, shape: number[]): DeviceResult => {
      const size = 4 * shape.reduce((a, b) => a * b, 1);
      const label = "result";
      const all = usage.storage | usage.copySource | usage.copyTarget;
      const buffer = this.device.createBuffer({label, size, usage: all});
      encoder.copyBufferToBuffer(arena, 4 * at, buffer, 0, size);
      return {shape, buffer};
    };
    const at = (buffer: PlanBuffer) => layout.offsets.get(buffer)! / 4;
    const {batch, sequence} = plan;
    const {hiddenSize} = this.#config;
    const result: DeviceForwardResult = {
      states: taken(at(plan.states.buffer), [batch, sequence, hiddenSize]),
      pooled: plan.pooled && taken(at(plan.pooled.buffer), [batch, hiddenSize]),
      captured: new Map(
        Array.from(plan.captured, ([site, {shape}]) => [site, taken(ready.found.get(site)!, shape)])
      )
    };
    this.device.queue.submit([encoder.finish()]);
    return result;
  }

  dispose(): void {
    for (const {commands} of this.#plans.values()) commands.dispose();
    for (const commands of this.#turns.values()) commands.dispose();
    this.#plans.clear();
    this.#turns.clear();
    this.#loaded.clear();
    this.#arena.dispose();
  }

  #prepare(plan: ForwardPlan): Ready {
    const sharing = sharingOn(this.device);
    const chosen = new Map(
      plan.pauses.map((pause) => [pause, extra(`${pause.site} rows`, pause.value.rows, "input")])
    );
    const apart = new Map(
      Array.from(plan.captured)
        .filter(([, place]) => !isContiguous(place))
        .map(([site, {shape}]) => [
          site,
          extra(
            `${site} by head`,
            shape.reduce((a, b) => a * b, 1),
            "output"
          )
        ])
    );
    const scratch = extra("scratch", Math.max(1, ...plan.instructions.map(scratchOf)), "output");
    const ofKind = (...kinds: PlanBuffer["kind"][]) =>
      plan.buffers.filter(({kind}) => kinds.includes(kind));
    const sent = [...ofKind("input"), ...chosen.values()];
    const layout = layOutBuffers(
      [...sent, ...ofKind("output"), ...apart.values(), scratch, ...ofKind("activation")],
      plan.instructions,
      this.#start
    );
    for (const buffer of ofKind("parameter"))
      layout.offsets.set(buffer, this.#weights.get(buffer.name)!.at);
    const of = (buffer: PlanBuffer) => layout.offsets.get(buffer)! / 4;
    const places: Places = {
      of,
      orderOf: () => {
        throw new Error("a forward pass scatters nothing");
      },
      scratch: of(scratch),
      sharing
    };
    const dispatches: Dispatch[] = [];
    const scale = (at: number) => {
      for (const [pause, rows] of chosen)
        if (pause.at === at) {
          const {buffer, rows: count, columns} = pause.value;
          dispatches.push(scaleRows(of(buffer), of(rows), count, columns, sharing));
        }
    };
    plan.instructions.forEach((instruction, i) => {
      scale(i);
      dispatches.push(...dispatchesOf(instruction, places));
    });
    scale(plan.instructions.length);
    const placeOf = ({value}: PlacedSite) => of(value.buffer) + value.offset;
    for (const [site, out] of apart) {
      const place = plan.captured.get(site)!;
      const {shape, value} = place;
      const sizes = shape as [number, number, number, number];
      dispatches.push(takeHeads({at: placeOf(place), stride: value.stride}, of(out), sizes));
    }
    const last = sent.at(-1)!;
    const inputsAt = of(sent[0]!);
    return {
      plan,
      layout,
      commands: Commands.prepareNow(this.device, dispatches),
      inputs: new Float32Array(of(last) + last.size - inputsAt),
      inputsAt,
      chosen,
      found: new Map(
        Array.from(plan.captured, ([site, place]) => {
          const copied = apart.get(site);
          return [site, copied ? of(copied) : placeOf(place)];
        })
      )
    };
  }

  #setInputs(
    {plan, layout, inputs: all, inputsAt, chosen}: Ready,
    request: ForwardRequest,
    {batch, sequence, inputIds, tokenTypeIds, positionIds, attentionMask}: FlatInputs
  ): void {
    const floats = (buffer: PlanBuffer) => {
      const from = layout.offsets.get(buffer)! / 4 - inputsAt;
      return all.subarray(from, from + buffer.size);
    };
    const {inputs} = plan;
    floats(inputs.inputIds).set(inputIds);
    floats(inputs.tokenTypeIds).set(tokenTypeIds);
    floats(inputs.positions).set(positionIds);
    floats(inputs.clsRows).set(Array.from({length: batch}, (_, row) => row * sequence));
    const bias = floats(inputs.attentionBias);
    for (let i = 0; i < bias.length; ++i)
      bias[i] = attentionMask ? (1 - attentionMask[i]!) * lowest : 0;
    fillEdits(plan, request, floats);
    for (const [{site, index}, rows] of chosen) {
      const edit = request.edits.get(site)![index] as Edit & {kind: "scaleRows"};
      floats(rows).set(edit.rows);
    }
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
    const largest = Math.max(...Array.from(this.#weights.values(), ({size}) => size));
    return this.#start + roundUp(4 * largest);
  }

  /** Room for so much, moving the weights along. */
  #reserve(bytes: number): void {
    this.#arena.ensureNow(bytes, Math.min(this.#start, this.bytes));
  }
}

const extra = (name: string, size: number, kind: PlanBuffer["kind"]): PlanBuffer => ({
  name,
  size,
  kind
});
