/** Runs a plan on WebAssembly SIMD: one arena, one call a step. */
import type {Batch} from "../objectives/batch.js";
import type {LabelledRows} from "../objectives/labelledRows.js";
import {dropoutMask, type DropoutKey} from "../ops/dropout.js";
import type {ParameterData} from "../specs.js";
import type {PlanBuffer} from "./instructions.js";
import {bestKernels, kernelModule, type KernelKind} from "./kernels.js";
import {bufferBytes, layOutBuffers, roundUp, type Layout} from "./layout.js";
import type {Plan} from "./plan.js";
import {
  encodeInstructions,
  instructionBytes,
  lowest,
  scratchBytes,
  type Kernels
} from "./program.js";
import {controlBytes, threadCount, threadImports, ThreadPool} from "./threads.js";

/** The three numbers that an objective leaves. */
export interface ObjectiveOutput {
  loss: number;
  /** Weight of the rows whose largest logit was the label's. */
  correct: number;
  /** Sum of the weights. */
  weight: number;
}

export class WasmExecutor {
  readonly plan: Plan;
  readonly layout: Layout;
  readonly kernels: Kernels;
  readonly #memory: WebAssembly.Memory;
  readonly #program: number;
  readonly #scratch: number;
  readonly #pool: ThreadPool | null = null;
  readonly #first = new Map<string, PlanBuffer>();
  readonly #second = new Map<string, PlanBuffer>();

  /** @throws Error where WebAssembly has no SIMD, or none of the kind asked for */
  constructor(plan: Plan, kind: KernelKind | null = bestKernels()) {
    const threads = kind && kernelModule(`${kind}Threads`) ? threadCount() : 1;
    const module = kind && kernelModule(threads > 1 ? `${kind}Threads` : kind);
    if (!module) throw new Error(`WebAssembly ${kind ?? "SIMD"} does not run here`);
    this.plan = plan;
    for (const [name, {size}] of plan.parameters) {
      this.#first.set(name, {name: `m ${name}`, size, kind: "moment"});
      this.#second.set(name, {name: `v ${name}`, size, kind: "moment"});
    }
    const moments = [...this.#first.values(), ...this.#second.values()];
    // Grown once the kernels have said where their own tables end.
    this.#memory = new WebAssembly.Memory(
      threads > 1 ? {initial: 1, maximum: 65536, shared: true} : {initial: 1}
    );
    const env = {memory: this.#memory, ...threadImports(this.#memory)};
    const instance = new WebAssembly.Instance(module, {env});
    this.kernels = instance.exports as unknown as Kernels;
    this.#program = roundUp(this.kernels.firstFreeByte());
    const from = this.#program + plan.instructions.length * instructionBytes;
    this.layout = layOutBuffers([...plan.buffers, ...moments], plan.instructions, from);
    this.#scratch = this.layout.bytes;
    const {sequence} = plan.shape;
    const own = scratchBytes(this.kernels, plan.config, sequence);
    const control = this.#scratch + threads * own;
    const bytes = control + controlBytes;
    this.#memory.grow(Math.ceil(bytes / 65536) - 1);
    if (threads > 1)
      this.#pool = new ThreadPool(module, this.#memory, control, (t) => this.#scratch + t * own);
    const addressOf = (buffer: PlanBuffer) => this.layout.offsets.get(buffer)!;
    encodeInstructions(this.#memory, this.#program, plan.instructions, addressOf);
    this.#fillConstants();
  }

  /** Bytes of the arena. */
  get bytes(): number {
    return this.#memory.buffer.byteLength;
  }

  /** A buffer's numbers, in place. */
  floats(buffer: PlanBuffer): Float32Array {
    return new Float32Array(this.#memory.buffer, this.address(buffer), buffer.size);
  }

  /** Byte offset of a buffer. */
  address(buffer: PlanBuffer): number {
    return this.layout.offsets.get(buffer)!;
  }

  setParameters(data: ParameterData): void {
    for (const [name, buffer] of this.plan.parameters)
      this.floats(buffer).set(data.get(name)!.data);
  }

  /** A copy of the parameters, with the shapes of `like`. */
  parameters(shapes: ReadonlyMap<string, number[]>): ParameterData {
    return new Map(
      Array.from(this.plan.parameters, ([name, buffer]) => [
        name,
        {shape: [...shapes.get(name)!], data: this.floats(buffer).slice()}
      ])
    );
  }

  /** Copies of the gradients, by name. */
  gradients(): Map<string, Float32Array> {
    return new Map(
      Array.from(this.plan.gradients, ([name, buffer]) => [name, this.floats(buffer).slice()])
    );
  }

  /** The moments of the optimizer, in place: first and second, by name. */
  moments(name: string): {first: PlanBuffer; second: PlanBuffer} {
    return {first: this.#first.get(name)!, second: this.#second.get(name)!};
  }

  /** Puts a pretraining batch into the inputs, and the dropout masks of a step. */
  setBatch(batch: Batch, dropout: DropoutKey | null): void {
    const {inputs, shape} = this.plan;
    this.#setPieces(batch, dropout);
    this.#ints(inputs.maskedPositions!).set(batch.maskedPositions);
    this.#ints(inputs.maskedLabels).set(batch.maskedLabels);
    this.floats(inputs.maskedWeights).set(batch.maskedWeights);
    if (inputs.sentenceLabels) {
      this.#ints(inputs.sentenceLabels).set(batch.sentenceLabels ?? new Int32Array(shape.batch));
      this.floats(inputs.sentenceWeights!).fill(batch.sentenceLabels ? 1 : 0);
    }
  }

  /** Puts labelled rows into the inputs of a fine-tuning plan, and the dropout masks of a step. */
  setRows(rows: LabelledRows, dropout: DropoutKey | null): void {
    const {maskedLabels, maskedWeights, negatedTargets} = this.plan.inputs;
    this.#setPieces(rows, dropout);
    if (negatedTargets) {
      // The gradient of a weighted mean of squares is 2w/Σw times the difference.
      const total = rows.weights.reduce((a, b) => a + b, 0);
      this.floats(negatedTargets).set(rows.labels.map((y) => -y));
      this.floats(maskedWeights).set(rows.weights.map((w) => (2 * w) / total));
    } else {
      this.#ints(maskedLabels).set(rows.labels);
      this.floats(maskedWeights).set(rows.weights);
    }
  }

  #setPieces(
    {
      inputIds,
      tokenTypeIds,
      attentionMask
    }: Pick<Batch, "inputIds" | "tokenTypeIds" | "attentionMask">,
    dropout: DropoutKey | null
  ): void {
    const {inputs, config} = this.plan;
    this.#ints(inputs.inputIds).set(inputIds);
    this.#ints(inputs.tokenTypeIds).set(tokenTypeIds);
    const bias = this.floats(inputs.attentionBias);
    for (let i = 0; i < bias.length; ++i) bias[i] = attentionMask[i] === 0 ? lowest : 0;
    if (config.positionOffset !== 0) this.#fillConstants();
    for (const {buffer, site, probability} of this.plan.dropouts) {
      const mask = this.floats(buffer);
      if (dropout) mask.set(dropoutMask(buffer.size, probability, dropout, site));
      else mask.fill(1);
    }
  }

  /** Forward to the logits only. */
  runLogits(): void {
    this.#run(0, this.plan.logits);
  }

  /** Forward and losses. */
  runForward(): void {
    this.#run(0, this.plan.backward);
  }

  /** Forward, losses and gradients. */
  runStep(): void {
    this.#run(0, this.plan.instructions.length);
  }

  /** Runs the instructions [from, to). */
  runPart(from: number, to: number): void {
    this.#run(from, to - from);
  }

  /** Runs one instruction, for timing it. */
  runInstruction(index: number): void {
    this.#run(index, 1);
  }

  /** Whether all its threads are there; until then, and without them, one does everything. */
  get isThreaded(): boolean {
    return this.#pool?.isReady ?? false;
  }

  /** Ends its threads; the memory goes with the last reference. */
  dispose(): void {
    this.#pool?.dispose();
  }

  #run(first: number, count: number): void {
    const program = this.#program + first * instructionBytes;
    if (this.#pool?.isReady) this.#pool.run(this.kernels, program, count, this.#scratch);
    else this.kernels.run(program, count, this.#scratch, 0, 1, 0);
  }

  output(buffer: PlanBuffer): ObjectiveOutput {
    const [loss, correct, weight] = this.floats(buffer);
    return {loss: loss!, correct: correct!, weight: weight!};
  }

  #ints(buffer: PlanBuffer): Int32Array {
    return new Int32Array(this.#memory.buffer, this.address(buffer), buffer.size);
  }

  #fillConstants(): void {
    const {inputs, shape, config} = this.plan;
    const positions = this.#ints(inputs.positions);
    for (let i = 0; i < positions.length; ++i)
      positions[i] = (i % shape.sequence) + config.positionOffset;
    const cls = this.#ints(inputs.clsRows);
    for (let b = 0; b < shape.batch; ++b) cls[b] = b * shape.sequence;
  }
}

/** Bytes that the lasting and the transient buffers of a plan take. */
export function planBytes(plan: Plan): number {
  const moments = 2 * [...plan.parameters.values()].reduce((sum, b) => sum + bufferBytes(b), 0);
  return layOutBuffers(plan.buffers, plan.instructions, 0).bytes + moments;
}
