/** Runs forward passes and heads of one model on a WebGPU device; what was asked of them stays there. */
import type {AlbertConfig} from "../../config.js";
import type {ComparedPieces} from "../../forward.js";
import type {FlatInputs} from "../../inputs.js";
import type {Edit} from "../edits.js";
import {
  fillEdits,
  isContiguous,
  lowerForward,
  requestKey,
  type ForwardPlan,
  type ForwardRequest,
  type Pause,
  type PlacedSite
} from "../forwardPlan.js";
import type {Lowered} from "../inferenceBuilder.js";
import type {PlanBuffer} from "../instructions.js";
import {layOutBuffers, roundUp, type Layout} from "../layout.js";
import {placeWeights, type PlacedWeight} from "../placedWeights.js";
import {lowest} from "../program.js";
import {headKey, lowerAnyHead, type HeadPlan, type HeadRequest} from "../rowHead.js";
import {Arena} from "./arena.js";
import {Commands, usage} from "./commands.js";
import type {Places} from "./dispatches.js";
import {transpose} from "./elementwise.js";
import type {Dispatch} from "./kernel.js";
import {sharingOn} from "./program.js";
import {dispatchesOfRun, runsOf, scratchOfRun, touchedBy} from "./runs.js";
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

/** A plan with its places and its commands. */
export interface Ready<P extends Lowered = Lowered> {
  plan: P;
  layout: Layout;
  commands: Commands;
}

/** A forward pass with its inputs as they are sent. */
interface ReadyForward extends Ready<ForwardPlan> {
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

  /** The plan of a forward pass and its places in the arena. */
  planFor(request: ForwardRequest): ReadyForward {
    return this.#ready(requestKey(request), () =>
      this.#prepare(lowerForward(this.#config, request))
    );
  }

  /** The plan of a head and its places in the arena. */
  headFor(request: HeadRequest): Ready<HeadPlan> {
    return this.#ready(headKey(request), () =>
      this.#prepareHead(lowerAnyHead(this.#config, request))
    );
  }

  /** Bytes that a plan needs, weights included. */
  bytesFor({layout}: Ready): number {
    return Math.max(layout.bytes, this.#bytesToLoad());
  }

  #ready<R extends Ready>(key: string, prepare: () => R): R {
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
    const ready = this.planFor(request);
    const {plan, layout, commands} = ready;
    this.#reserve(layout.bytes);
    const {buffer: arena} = this.#arena;
    this.#setInputs(ready, request, given);
    this.#arena.write(ready.inputsAt, ready.inputs);
    const encoder = this.device.createCommandEncoder();
    commands.record(encoder, arena);
    const taken = (at: number, shape: number[]) => this.#taken(encoder, at, shape);
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

  /**
   * Logits of rows of states.
   *
   * @param states `[rows, hidden]`, on the processor or on the device
   * @param pieces of the rows, where the head compares them
   * @throws InputError where the device has no room
   */
  runHead(
    request: HeadRequest,
    states: ReturnType<DeviceWeight["read"]>,
    pieces?: ComparedPieces
  ): DeviceResult {
    const {plan, layout, commands} = this.headFor(request);
    this.#reserve(layout.bytes);
    const {buffer: arena} = this.#arena;
    const at = (buffer: PlanBuffer) => layout.offsets.get(buffer)!;
    const encoder = this.device.createCommandEncoder();
    const {values, done} = states;
    if (values instanceof Float32Array)
      this.#arena.write(at(plan.states) / 4, Float32Array.from(values));
    else encoder.copyBufferToBuffer(values, 0, arena, at(plan.states), 4 * plan.states.size);
    if (plan.pieces && pieces) {
      const {inputIds, innerPieces} = plan.pieces;
      this.#arena.write(at(inputIds) / 4, Float32Array.from(pieces.inputIds));
      this.#arena.write(at(innerPieces) / 4, Float32Array.from(pieces.inner));
    }
    commands.record(encoder, arena);
    const {buffer, rows, columns} = plan.logits;
    const result = this.#taken(encoder, at(buffer) / 4, [rows, columns]);
    this.device.queue.submit([encoder.finish()]);
    done();
    return result;
  }

  /** A copy of numbers of the arena, `at` in numbers. */
  #taken(encoder: GPUCommandEncoder, at: number, shape: number[]): DeviceResult {
    const size = 4 * shape.reduce((a, b) => a * b, 1);
    const label = "result";
    const all = usage.storage | usage.copySource | usage.copyTarget;
    const buffer = this.device.createBuffer({label, size, usage: all});
    encoder.copyBufferToBuffer(this.#arena.buffer, 4 * at, buffer, 0, size);
    return {shape, buffer};
  }

  dispose(): void {
    for (const {commands} of this.#plans.values()) commands.dispose();
    for (const commands of this.#turns.values()) commands.dispose();
    this.#plans.clear();
    this.#turns.clear();
    this.#loaded.clear();
    this.#arena.dispose();
  }

  /**
   * Places the buffers of a plan, those of `sent` side by side, and gives its dispatches; `before` adds
   * to them what comes before an instruction.
   */
  #place(
    plan: Lowered,
    {sent, kept, fences}: {sent: PlanBuffer[]; kept: PlanBuffer[]; fences: number[]},
    before: (at: number, places: Places) => Dispatch[] = () => []
  ): {layout: Layout; places: Places; dispatches: Dispatch[]} {
    const runs = runsOf(plan.instructions, fences);
    const scratch = extra("scratch", Math.max(1, ...runs.map(scratchOfRun)), "output");
    const layout = layOutBuffers(
      [...sent, ...kept, scratch, ...ofKind(plan, "activation")],
      touchedBy(runs),
      this.#start
    );
    for (const buffer of ofKind(plan, "parameter"))
      layout.offsets.set(buffer, this.#weights.get(buffer.name)!.at);
    const of = (buffer: PlanBuffer) => layout.offsets.get(buffer)! / 4;
    const places: Places = {
      of,
      orderOf: () => {
        throw new Error("a forward pass scatters nothing");
      },
      scratch: of(scratch),
      sharing: sharingOn(this.device)
    };
    const dispatches = runs.flatMap((run) => [
      ...before(run.at, places),
      ...dispatchesOfRun(run, places)
    ]);
    dispatches.push(...before(plan.instructions.length, places));
    return {layout, places, dispatches};
  }

  #prepareHead(plan: HeadPlan): Ready<HeadPlan> {
    const {layout, dispatches} = this.#place(plan, {
      sent: ofKind(plan, "input"),
      kept: [plan.logits.buffer],
      fences: []
    });
    return {plan, layout, commands: Commands.prepareNow(this.device, dispatches)};
  }

  #prepare(plan: ForwardPlan): ReadyForward {
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
    const sent = [...ofKind(plan, "input"), ...chosen.values()];
    const kept = [...ofKind(plan, "output"), ...apart.values()];
    const scaled = (at: number, {of, sharing}: Places) =>
      Array.from(chosen).flatMap(([pause, rows]) => {
        const {buffer, rows: count, columns} = pause.value;
        return pause.at === at ? [scaleRows(of(buffer), of(rows), count, columns, sharing)] : [];
      });
    const fences = plan.pauses.map(({at}) => at);
    const {layout, places, dispatches} = this.#place(plan, {sent, kept, fences}, scaled);
    const {of} = places;
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
    {plan, layout, inputs: all, inputsAt, chosen}: ReadyForward,
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

const ofKind = ({buffers}: Lowered, of: PlanBuffer["kind"]) =>
  buffers.filter(({kind}) => kind === of);

const extra = (name: string, size: number, kind: PlanBuffer["kind"]): PlanBuffer => ({
  name,
  size,
  kind
});
