/** Plans that compute without training on WebAssembly SIMD: their weights, their places, their runs. */
import type {AlbertConfig} from "../config.js";
import type {Lowered} from "./inferenceBuilder.js";
import {transpose} from "./instructions.js";
import {matrix, type PlanBuffer} from "./regions.js";
import {bestKernels, kernelModule} from "./kernels.js";
import {bufferBytes, layOutBuffers, roundUp, type Layout} from "./layout.js";
import {placeWeights, type PlacedWeight} from "./placedWeights.js";
import {encodeInstructions, instructionBytes, scratchBytes, type Kernels} from "./program.js";

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

/** Where a plan that was put in has its buffers, and what runs its instructions [from, to). */
export interface Encoded {
  floats(buffer: PlanBuffer): Float32Array;
  ints(buffer: PlanBuffer): Int32Array;
  run(from: number, to: number): void;
}

/**
 * One arena: weights, which stay until others are loaded, and behind them the buffers of whichever
 * plan runs.
 */
export class WasmInference {
  protected readonly config: AlbertConfig;
  readonly #kernels: Kernels;
  readonly #memory = new WebAssembly.Memory({initial: 1});
  readonly #plans = new Map<string, Placed>();
  readonly #weights: ReadonlyMap<string, PlacedWeight>;
  readonly #loaded = new Map<string, object>();
  readonly #start: number;
  #encoded: Lowered | null = null;

  /**
   * @param smallest plans that read every weight there is
   * @throws Error where WebAssembly has no SIMD
   */
  constructor(config: AlbertConfig, smallest: readonly Lowered[]) {
    const kind = bestKernels();
    if (!kind) throw new Error("WebAssembly SIMD does not run here");
    this.config = config;
    const env = {memory: this.#memory};
    const instance = new WebAssembly.Instance(kernelModule(kind)!, {env});
    this.#kernels = instance.exports as unknown as Kernels;
    const {weights, end} = placeWeights(smallest, roundUp(this.#kernels.firstFreeByte()));
    this.#weights = weights;
    this.#start = end;
  }

  /** Bytes of the arena. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Bytes that a plan needs, weights included. */
  bytesFor({plan, layout}: Placed): number {
    return layout.bytes + scratchBytes(this.#kernels, this.config, plan.sequence);
  }

  /** The plan that is known by a key with its places, made where there is none. */
  protected placed<P extends Lowered>(key: string, lower: () => P): Placed<P> {
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

  /** Makes room for a plan and puts its instructions in. @throws RangeError where there is no memory for it */
  protected encode(ready: Placed): Encoded {
    const {plan, layout} = ready;
    const scratch = roundUp(layout.bytes);
    this.#reserve(this.bytesFor(ready));
    const address = (buffer: PlanBuffer) => layout.offsets.get(buffer)!;
    if (this.#encoded !== plan) {
      encodeInstructions(this.#memory, this.#start, plan.instructions, address);
      this.#encoded = plan;
    }
    return {
      floats: (buffer) => this.#floats(address(buffer), buffer.size),
      ints: (buffer) => new Int32Array(this.#memory.buffer, address(buffer), buffer.size),
      run: (from, to) => this.#run(from, to, scratch)
    };
  }

  #run(from: number, to: number, scratch: number): void {
    if (to > from)
      this.#kernels.run(this.#start + from * instructionBytes, to - from, scratch, 0, 1, 0);
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
