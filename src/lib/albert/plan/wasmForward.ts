/** Runs forward passes and heads of one model on WebAssembly SIMD, and hands over what was asked of them. */
import type {AlbertConfig} from "../config.js";
import type {ComparedPieces} from "../forward.js";
import type {FlatInputs} from "../inputs.js";
import type {Edit} from "./edits.js";
import {
  eachNumber,
  fillEdits,
  isContiguous,
  lowerForward,
  requestKey,
  type ForwardPlan,
  type ForwardRequest,
  type Pause,
  type PlacedSite
} from "./forwardPlan.js";
import type {Lowered} from "./inferenceBuilder.js";
import {transpose} from "./instructions.js";
import {matrix, type PlanBuffer} from "./regions.js";
import {bestKernels, kernelModule} from "./kernels.js";
import {bufferBytes, layOutBuffers, roundUp, type Layout} from "./layout.js";
import {placeWeights, type PlacedWeight} from "./placedWeights.js";
import {
  encodeInstructions,
  instructionBytes,
  lowest,
  scratchBytes,
  type Kernels
} from "./program.js";
import {headKey, lowerAnyHead, type HeadPlan, type HeadRequest} from "./rowHead.js";

/** Plans kept at once: one for each shape and kind of question. */
const mostPlans = 64;

/** A weight's numbers; the same `version` means the same numbers. */
export interface WeightSource {
  version: object;
  read(): Float32Array;
}

/** A plan with its places in the arena. */
export interface Placed<P extends Lowered = Lowered> {
  plan: P;
  layout: Layout;
}

/** What a pass gives: copies of its own. */
export interface ForwardResult {
  /** `[batch, seq, hidden]` */
  states: Float32Array;
  /** `[batch, hidden]`, or null without a pooler. */
  pooled: Float32Array | null;
  captured: Map<string, {shape: number[]; data: Float32Array}>;
}

/**
 * One arena: weights, which stay until others are loaded, and behind them the buffers of whichever
 * plan runs.
 */
export class WasmForward {
  readonly #config: AlbertConfig;
  readonly #kernels: Kernels;
  readonly #memory = new WebAssembly.Memory({initial: 1});
  readonly #plans = new Map<string, Placed>();
  readonly #weights: ReadonlyMap<string, PlacedWeight>;
  readonly #loaded = new Map<string, object>();
  readonly #start: number;
  #encoded: Lowered | null = null;

  /** @throws Error where WebAssembly has no SIMD */
  constructor(config: AlbertConfig) {
    const kind = bestKernels();
    if (!kind) throw new Error("WebAssembly SIMD does not run here");
    this.#config = config;
    const env = {memory: this.#memory};
    const instance = new WebAssembly.Instance(kernelModule(kind)!, {env});
    this.#kernels = instance.exports as unknown as Kernels;
    const {weights, end} = placeWeights(config, roundUp(this.#kernels.firstFreeByte()));
    this.#weights = weights;
    this.#start = end;
  }

  /** Bytes of the arena. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** The plan of a forward pass and its places in the arena. */
  planFor(request: ForwardRequest): Placed<ForwardPlan> {
    return this.#placed(requestKey(request), () => lowerForward(this.#config, request));
  }

  /** The plan of a head and its places in the arena. */
  headFor(request: HeadRequest): Placed<HeadPlan> {
    return this.#placed(headKey(request), () => lowerAnyHead(this.#config, request));
  }

  /** Bytes that a plan needs, weights included. */
  bytesFor({plan, layout}: Placed): number {
    return layout.bytes + scratchBytes(this.#kernels, this.#config, plan.sequence);
  }

  #placed<P extends Lowered>(key: string, lower: () => P): Placed<P> {
    const known = this.#plans.get(key);
    if (known) return known as Placed<P>;
    if (this.#plans.size >= mostPlans) this.#plans.delete(this.#plans.keys().next().value!);
    const plan = lower();
    const own = plan.buffers.filter(({kind}) => kind !== "parameter");
    const from = this.#start + plan.instructions.length * instructionBytes;
    const layout = layOutBuffers(own, plan.instructions, from);
    for (const buffer of plan.buffers)
      if (buffer.kind === "parameter")
        layout.offsets.set(buffer, this.#weights.get(buffer.name)!.at);
    const made = {plan, layout};
    this.#plans.set(key, made);
    return made;
  }

  /** Puts in the weights of a plan that are not there yet. */
  load({plan}: Placed, source: (name: string) => WeightSource): void {
    for (const {name: key, kind} of plan.buffers) {
      if (kind !== "parameter") continue;
      const {parameter, at, size, turned} = this.#weights.get(key)!;
      const {version, read} = source(parameter);
      if (this.#loaded.get(key) === version) continue;
      if (turned) this.#turn(read(), at, turned);
      else {
        this.#reserve(at + 4 * size);
        this.#floats(at, size).set(read());
      }
      this.#loaded.set(key, version);
    }
  }

  /** @throws RangeError where there is no memory for it */
  run(request: ForwardRequest, inputs: FlatInputs): ForwardResult {
    const ready = this.planFor(request);
    const {plan} = ready;
    const {scratch, address, floats} = this.#encode(ready);
    this.#setInputs(plan, inputs, address);
    fillEdits(plan, request, floats);
    let from = 0;
    for (const pause of plan.pauses) {
      this.#run(from, pause.at, scratch);
      scaleRows(floats(pause.value.buffer), pause, request.edits.get(pause.site)![pause.index]!);
      from = pause.at;
    }
    this.#run(from, plan.instructions.length, scratch);
    const captured: ForwardResult["captured"] = new Map();
    for (const [site, place] of plan.captured)
      captured.set(site, {shape: place.shape, data: readSite(floats(place.value.buffer), place)});
    return {
      states: floats(plan.states.buffer).slice(),
      pooled: plan.pooled && floats(plan.pooled.buffer).slice(),
      captured
    };
  }

  /**
   * Logits of rows of states.
   *
   * @param states `[rows, hidden]`
   * @param pieces of the rows, where the head compares them
   * @throws RangeError where there is no memory for it
   */
  runHead(request: HeadRequest, states: Float32Array, pieces?: ComparedPieces): Float32Array {
    const ready = this.headFor(request);
    const {plan} = ready;
    const {scratch, address, floats} = this.#encode(ready);
    floats(plan.states).set(states);
    if (plan.pieces && pieces) {
      const {inputIds, innerPieces} = plan.pieces;
      new Int32Array(this.#memory.buffer, address(inputIds)).set(pieces.inputIds);
      floats(innerPieces).set(pieces.inner);
    }
    this.#run(0, plan.instructions.length, scratch);
    return floats(plan.logits.buffer).slice();
  }

  /** Makes room for a plan and puts its instructions in. */
  #encode(ready: Placed) {
    const {plan, layout} = ready;
    const scratch = roundUp(layout.bytes);
    this.#reserve(this.bytesFor(ready));
    const address = (buffer: PlanBuffer) => layout.offsets.get(buffer)!;
    if (this.#encoded !== plan) {
      encodeInstructions(this.#memory, this.#start, plan.instructions, address);
      this.#encoded = plan;
    }
    const floats = (buffer: PlanBuffer) => this.#floats(address(buffer), buffer.size);
    return {scratch, address, floats};
  }

  #run(from: number, to: number, scratch: number): void {
    if (to > from)
      this.#kernels.run(this.#start + from * instructionBytes, to - from, scratch, 0, 1, 0);
  }

  #setInputs(
    {inputs}: ForwardPlan,
    {batch, sequence, inputIds, tokenTypeIds, positionIds, attentionMask}: FlatInputs,
    address: (buffer: PlanBuffer) => number
  ): void {
    const ints = (buffer: PlanBuffer) =>
      new Int32Array(this.#memory.buffer, address(buffer), buffer.size);
    ints(inputs.inputIds).set(inputIds);
    ints(inputs.tokenTypeIds).set(tokenTypeIds);
    ints(inputs.positions).set(positionIds);
    const bias = this.#floats(address(inputs.attentionBias), inputs.attentionBias.size);
    for (let i = 0; i < bias.length; ++i)
      bias[i] = attentionMask ? (1 - attentionMask[i]!) * lowest : 0;
    ints(inputs.clsRows).set(Int32Array.from({length: batch}, (_, row) => row * sequence));
  }

  /** Turns a weight behind the others, where no plan has anything that lasts. */
  #turn(values: Float32Array, at: number, {rows, columns}: {rows: number; columns: number}): void {
    const given: PlanBuffer = {name: "given", size: values.length, kind: "input"};
    const result: PlanBuffer = {name: "turned", size: values.length, kind: "output"};
    const from = roundUp(this.#start + instructionBytes);
    this.#reserve(from + bufferBytes(given));
    this.#floats(from, given.size).set(values);
    const program = [
      transpose("weights", matrix(given, rows, columns), matrix(result, columns, rows))
    ];
    encodeInstructions(this.#memory, this.#start, program, (b) => (b === given ? from : at));
    this.#encoded = null;
    this.#run(0, 1, from);
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / 65536));
  }

  #floats(at: number, size: number): Float32Array {
    return new Float32Array(this.#memory.buffer, at, size);
  }
}

/** A site's numbers, in the site's shape. */
function readSite(source: Float32Array, place: PlacedSite): Float32Array {
  if (isContiguous(place) && place.value.offset === 0) return source.slice();
  const values = new Float32Array(place.shape.reduce((a, b) => a * b, 1));
  eachNumber(place, (inSite, inBuffer) => (values[inSite] = source[inBuffer]!));
  return values;
}

function scaleRows(values: Float32Array, {value}: Pause, edit: Edit): void {
  const {rows} = edit as Edit & {kind: "scaleRows"};
  const {columns} = value;
  rows.forEach((isCut, i) => {
    if (!isCut) return;
    const row = values.subarray(i * columns, (i + 1) * columns);
    const sum = row.reduce((a, b) => a + b, 0);
    if (sum !== 0) for (let j = 0; j < columns; ++j) row[j]! /= sum;
  });
}
