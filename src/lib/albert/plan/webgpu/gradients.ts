/** Passes that are differentiated, on a WebGPU device; what was asked of them stays there. */
import type {GradientRequest} from "../gradientBuilder.js";
import {
  gradientKey,
  headGradientKey,
  lowerGradients,
  lowerHeadGradients,
  type EncoderGradientPlan,
  type HeadGradientPlan,
  type HeadGradientRequest,
  type TwoWayPlan
} from "../gradientPlan.js";
import {valuesThere} from "../forwardPlan.js";
import type {PlacedSite} from "../placedSites.js";
import {matrix, type PlanBuffer} from "../regions.js";
import {Commands} from "./commands.js";
import {extra} from "./extra.js";
import {
  ofKind,
  WebgpuInference,
  type DeviceResult,
  type DeviceWeight,
  type Ready
} from "./inference.js";
import {inOwnShape, ownBuffers, ownPlace, putIn, takeOut, type OwnShape} from "./sites.js";
import {fillScatterOrder, scatterOrderSize} from "./sums.js";

type Read = DeviceWeight["read"];

/** A plan of both ways, where its values come in and where those that it gives stand. */
export interface ReadyTwoWay<P extends TwoWayPlan = TwoWayPlan> extends Ready<P> {
  /** Commands before this one are the way forward. */
  split: number;
  inputs: Float32Array<ArrayBuffer>;
  inputsAt: number;
  /** The order in which rows scatter by each index. */
  orders: ReadonlyMap<PlanBuffer, PlanBuffer>;
  /** Where values are copied to before the pass, and before the way back. */
  arriving: OwnShape[];
  cotangents: OwnShape[];
  /** First number of each output and derivative. */
  outputsAt: number[];
  derivativesAt: number[];
}

/** A pass of a plan: its weights, what is sent, and what is copied to it on the device. */
export interface WebgpuPass {
  ready: ReadyTwoWay;
  source: (name: string) => DeviceWeight;
  fill(floats: (buffer: PlanBuffer) => Float32Array): void;
  arriving: Read[];
}

/**
 * An arena in which what a pass leaves stands until another runs: the way back goes on from there, or from a
 * pass that is repeated where another came between.
 */
export class WebgpuGradients extends WebgpuInference {
  #last: object | null = null;

  /** The plan of both ways through the encoder and its places in the arena. */
  planFor(request: GradientRequest): ReadyTwoWay<EncoderGradientPlan> {
    return this.ready(gradientKey(request), () => {
      const plan = lowerGradients(this.config, request);
      return this.#prepare(
        plan,
        valuesThere(plan, request).map(({place}) => place)
      );
    });
  }

  /** The plan of both ways through a head and its places in the arena; its states are copied to it. */
  headFor(request: HeadGradientRequest): ReadyTwoWay<HeadGradientPlan> {
    return this.ready(headGradientKey(request), () => {
      const plan = lowerHeadGradients(this.config, request);
      const shape = [request.rows, this.config.hiddenSize];
      const value = matrix(plan.states, request.rows, this.config.hiddenSize);
      return this.#prepare(plan, [{value, shape, byHead: false}]);
    });
  }

  /**
   * What the pass gives, in the order of the plan's outputs, and by what it is known on the way back.
   *
   * @throws InputError where the device has no room
   */
  forward(pass: WebgpuPass): {values: DeviceResult[]; known: object} {
    const {ready} = pass;
    const encoder = this.#encoder(ready, pass.source);
    const done = this.#forward(encoder, pass);
    const values = ready.plan.outputs.map(({shape}, i) =>
      this.taken(encoder, ready.outputsAt[i]!, shape)
    );
    this.#submit(encoder, done);
    this.#last = {};
    return {values, known: this.#last};
  }

  /** Derivatives in the order of the plan, from those by its outputs, each in its own shape. */
  backward(pass: WebgpuPass, known: object, cotangents: readonly Read[]): DeviceResult[] {
    const {ready} = pass;
    const isThere = this.#last === known;
    this.#last = null;
    const encoder = isThere
      ? this.device.createCommandEncoder()
      : this.#encoder(ready, pass.source);
    const done = isThere ? [] : this.#forward(encoder, pass);
    done.push(...this.#arrive(encoder, ready, ready.cotangents, cotangents));
    ready.commands.record(encoder, this.arena.buffer, ready.split);
    const derivatives = ready.plan.derivatives.map(({shape}, i) =>
      this.taken(encoder, ready.derivativesAt[i]!, shape)
    );
    this.#submit(encoder, done);
    return derivatives;
  }

  /** An encoder of commands, with weights and room in the arena. */
  #encoder(ready: ReadyTwoWay, source: WebgpuPass["source"]): GPUCommandEncoder {
    this.#last = null;
    this.load(ready, source);
    this.reserve(ready.layout.bytes);
    return this.device.createCommandEncoder();
  }

  #forward(encoder: GPUCommandEncoder, {ready, fill, arriving}: WebgpuPass): (() => void)[] {
    const {layout, inputs, inputsAt, orders, commands, split} = ready;
    const floats = (buffer: PlanBuffer) => {
      const from = layout.offsets.get(buffer)! / 4 - inputsAt;
      return inputs.subarray(from, from + buffer.size);
    };
    fill(floats);
    for (const [index, order] of orders) fillScatterOrder(floats(index), floats(order));
    if (inputs.length > 0) this.arena.write(inputsAt, inputs);
    const done = this.#arrive(encoder, ready, ready.arriving, arriving);
    commands.record(encoder, this.arena.buffer, 0, split);
    return done;
  }

  #arrive(
    encoder: GPUCommandEncoder,
    {layout}: ReadyTwoWay,
    places: readonly OwnShape[],
    reads: readonly Read[]
  ): (() => void)[] {
    return places.map(({buffer}, i) =>
      this.arrive(encoder, layout.offsets.get(buffer)!, reads[i]!(), buffer.size)
    );
  }

  #submit(encoder: GPUCommandEncoder, done: readonly (() => void)[]): void {
    this.device.queue.submit([encoder.finish()]);
    for (const tell of done) tell();
  }

  /** @param places of values that are copied to the plan */
  #prepare<P extends TwoWayPlan>(plan: P, places: readonly PlacedSite[]): ReadyTwoWay<P> {
    const arriving = inOwnShape(places);
    const cotangents = inOwnShape(plan.cotangents);
    const [outputs, derivatives] = [inOwnShape(plan.outputs), inOwnShape(plan.derivatives)];
    const copied = new Set([...places, ...plan.cotangents].map(({value}) => value.buffer));
    const orders = new Map(
      plan.instructions.flatMap(({op, operands}) => {
        const index = op === "scatterRows" ? operands[1]! : null;
        if (!index || !("region" in index)) return [];
        const {name, size} = index.region!.buffer;
        const order = extra(`order of ${name}`, scatterOrderSize(size), "input");
        return [[index.region!.buffer, order] as const];
      })
    );
    const sent = [
      ...ofKind(plan, "input").filter((buffer) => !copied.has(buffer)),
      ...orders.values()
    ];
    const kept = [
      ...ofKind(plan, "output"),
      ...copied,
      ...ownBuffers([...arriving, ...cotangents, ...outputs, ...derivatives])
    ];
    const {
      layout,
      places: {of},
      dispatches,
      starts
    } = this.place(plan, {sent, kept, fences: [plan.backward], orders});
    const back = starts.get(plan.backward)!;
    const forward = [...putIn(arriving, of), ...dispatches.slice(0, back), ...takeOut(outputs, of)];
    const [first, last] = [sent[0], sent.at(-1)];
    const inputsAt = first ? of(first) : 0;
    const all = [
      ...forward,
      ...putIn(cotangents, of),
      ...dispatches.slice(back),
      ...takeOut(derivatives, of)
    ];
    return {
      plan,
      layout,
      commands: Commands.prepareNow(this.device, all),
      split: forward.length,
      inputs: new Float32Array(last ? of(last) + last.size - inputsAt : 0),
      inputsAt,
      orders,
      arriving,
      cotangents,
      outputsAt: outputs.map((one) => ownPlace(one, of)),
      derivativesAt: derivatives.map((one) => ownPlace(one, of))
    };
  }
}
