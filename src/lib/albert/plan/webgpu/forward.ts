/** Runs forward passes and heads of one model on a WebGPU device; what was asked of them stays there. */
import type {ComparedPieces} from "../../forward.js";
import type {FlatInputs} from "../../inputs.js";
import {
  fillEdits,
  fillInputs,
  lowerForward,
  requestKey,
  valuesThere,
  type ForwardPlan,
  type ForwardRequest
} from "../forwardPlan.js";
import type {PlacedSite} from "../placedSites.js";
import type {PlanBuffer} from "../regions.js";
import {headKey, lowerAnyHead, type HeadPlan, type HeadRequest} from "../rowHead.js";
import {Commands} from "./commands.js";
import {
  ofKind,
  WebgpuInference,
  type DeviceResult,
  type DeviceWeight,
  type Ready
} from "./inference.js";
import {inOwnShape, ownBuffers, ownPlace, putIn, takeOut, type OwnShape} from "./sites.js";

export interface DeviceForwardResult {
  /** `[batch, seq, hidden]` */
  states: DeviceResult;
  /** `[batch, hidden]`, or null without a pooler. */
  pooled: DeviceResult | null;
  captured: Map<string, DeviceResult>;
}

/** A forward pass with its inputs as they are sent. */
interface ReadyForward extends Ready<ForwardPlan> {
  inputs: Float32Array<ArrayBuffer>;
  inputsAt: number;
  /** Where each captured site stands in its own shape. */
  found: Map<string, number>;
  /** Where values that are on the device are copied to. */
  there: OwnShape[];
}

/** A model that is asked: its passes, its heads. */
export class WebgpuForward extends WebgpuInference {
  /** The plan of a forward pass and its places in the arena. */
  planFor(request: ForwardRequest): ReadyForward {
    return this.ready(requestKey(request), () => {
      const plan = lowerForward(this.config, request);
      const places = valuesThere(plan, request).map(({place}) => place);
      return this.#prepare(plan, places);
    });
  }

  /** The plan of a head and its places in the arena. */
  headFor(request: HeadRequest): Ready<HeadPlan> {
    return this.ready(headKey(request), () =>
      this.#prepareHead(lowerAnyHead(this.config, request))
    );
  }

  /** @throws InputError where the device has no room */
  run(request: ForwardRequest, given: FlatInputs): DeviceForwardResult {
    const ready = this.planFor(request);
    const {plan, layout, commands} = ready;
    this.reserve(layout.bytes);
    const {buffer: arena} = this.arena;
    this.#setInputs(ready, request, given);
    this.arena.write(ready.inputsAt, ready.inputs);
    const encoder = this.device.createCommandEncoder();
    const done = valuesThere(plan, request).map(({read}, i) => {
      const {buffer} = ready.there[i]!;
      return this.arrive(encoder, layout.offsets.get(buffer)!, read(), buffer.size);
    });
    commands.record(encoder, arena);
    const taken = (at: number, shape: number[]) => this.taken(encoder, at, shape);
    const at = (buffer: PlanBuffer) => layout.offsets.get(buffer)! / 4;
    const {batch, sequence} = plan;
    const {hiddenSize} = this.config;
    const result: DeviceForwardResult = {
      states: taken(at(plan.states.buffer), [batch, sequence, hiddenSize]),
      pooled: plan.pooled && taken(at(plan.pooled.buffer), [batch, hiddenSize]),
      captured: new Map(
        Array.from(plan.captured, ([site, {shape}]) => [site, taken(ready.found.get(site)!, shape)])
      )
    };
    this.device.queue.submit([encoder.finish()]);
    for (const tell of done) tell();
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
    this.reserve(layout.bytes);
    const {buffer: arena} = this.arena;
    const at = (buffer: PlanBuffer) => layout.offsets.get(buffer)!;
    const encoder = this.device.createCommandEncoder();
    const done = this.arrive(encoder, at(plan.states), states, plan.states.size);
    if (plan.pieces && pieces) {
      const {inputIds, innerPieces} = plan.pieces;
      this.arena.write(at(inputIds) / 4, Float32Array.from(pieces.inputIds));
      this.arena.write(at(innerPieces) / 4, Float32Array.from(pieces.inner));
    }
    commands.record(encoder, arena);
    const {buffer, rows, columns} = plan.logits;
    const result = this.taken(encoder, at(buffer) / 4, [rows, columns]);
    this.device.queue.submit([encoder.finish()]);
    done();
    return result;
  }

  #prepareHead(plan: HeadPlan): Ready<HeadPlan> {
    const {layout, dispatches} = this.place(plan, {
      sent: ofKind(plan, "input"),
      kept: [plan.logits.buffer],
      fences: []
    });
    return {plan, layout, commands: Commands.prepareNow(this.device, dispatches)};
  }

  /** @param places of values that are on the device */
  #prepare(plan: ForwardPlan, places: PlacedSite[]): ReadyForward {
    const captured = inOwnShape([...plan.captured.values()]);
    const there = inOwnShape(places);
    const arriving = new Set(places.map(({value}) => value.buffer));
    const sent = ofKind(plan, "input").filter((buffer) => !arriving.has(buffer));
    const kept = [
      ...ofKind(plan, "output"),
      ...ownBuffers(captured),
      ...arriving,
      ...ownBuffers(there)
    ];
    const {
      layout,
      places: {of},
      dispatches
    } = this.place(plan, {sent, kept, fences: []});
    const last = sent.at(-1)!;
    const inputsAt = of(sent[0]!);
    return {
      plan,
      layout,
      commands: Commands.prepareNow(this.device, [
        ...putIn(there, of),
        ...dispatches,
        ...takeOut(captured, of)
      ]),
      inputs: new Float32Array(of(last) + last.size - inputsAt),
      inputsAt,
      found: new Map(
        [...plan.captured.keys()].map((site, i) => [site, ownPlace(captured[i]!, of)])
      ),
      there
    };
  }

  #setInputs(
    {plan, layout, inputs: all, inputsAt}: ReadyForward,
    request: ForwardRequest,
    given: FlatInputs
  ): void {
    const floats = (buffer: PlanBuffer) => {
      const from = layout.offsets.get(buffer)! / 4 - inputsAt;
      return all.subarray(from, from + buffer.size);
    };
    fillInputs(plan.inputs, given, floats, floats);
    fillEdits(plan, request, floats);
  }
}
