/** Runs a plan on WebAssembly SIMD: one arena, one call a step. */
import {InputError} from "../../errors.js";
import type {Batch} from "../objectives/batch.js";
import {squaredErrorInputs, type LabelledRows} from "../objectives/labelledRows.js";
import {dropoutMask, type DropoutKey} from "../ops/dropout.js";
import {innerPieces} from "../textPairs.js";
import type {ParameterData} from "../specs.js";
import type {PlanBuffer} from "./regions.js";
import {bestKernels, kernelModule, type KernelKind} from "./kernels.js";
import {layOutBuffers, roundUp, type Layout} from "./layout.js";
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
  readonly #first: ReadonlyMap<string, PlanBuffer>;
  readonly #second: ReadonlyMap<string, PlanBuffer>;

  /**
   * @throws Error where WebAssembly has no SIMD, or none of the kind asked for; InputError when the
   *   plan needs more memory than there is, before any of it is asked for
   */
  constructor(plan: Plan, kind: KernelKind | null = bestKernels()) {
    const {module, threads, memory, kernels} = instantiate(kind);
    this.plan = plan;
    this.kernels = kernels;
    this.#memory = memory;
    const places = placesOf(plan, kernels, threads);
    const {layout, program, scratch, own, control, bytes} = places;
    this.#first = places.first;
    this.#second = places.second;
    this.#program = program;
    this.#scratch = scratch;
    this.layout = layout;
    growTo(memory, bytes, plan);
    if (threads > 1) this.#pool = new ThreadPool(module, memory, control, (t) => scratch + t * own);
    const addressOf = (buffer: PlanBuffer) => layout.offsets.get(buffer)!;
    encodeInstructions(memory, program, plan.instructions, addressOf);
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
    const {maskedLabels, maskedWeights, negatedTargets, innerPieces: inner} = this.plan.inputs;
    this.#setPieces(rows, dropout);
    if (inner) this.floats(inner).set(innerPieces(rows.attentionMask, rows.batch, rows.sequence));
    if (negatedTargets) {
      const {negated, slopes} = squaredErrorInputs(rows);
      this.floats(negatedTargets).set(negated);
      this.floats(maskedWeights).set(slopes);
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

/** Memory comes in pages of this. */
const pageBytes = 65536;
/** Bytes that one plan may take. */
const mostBytes = 3 * 2 ** 30;

/** The bytes that an executor of this plan allocates, to the byte, found without allocating them. */
export function wasmBytes(plan: Plan, kind: KernelKind | null = bestKernels()): number {
  const {threads, kernels} = instantiate(kind);
  return wholePages(placesOf(plan, kernels, threads).bytes);
}

const wholePages = (bytes: number) => Math.ceil(bytes / pageBytes) * pageBytes;

/** The kernels over a memory of one page, which is grown once they have said where their tables end. */
function instantiate(kind: KernelKind | null) {
  const wanted = kind && kernelModule(`${kind}Threads`) ? threadCount() : 1;
  const shared = wanted > 1 ? sharedMemory() : null;
  const threads = shared ? wanted : 1;
  const module = kind && kernelModule(shared ? `${kind}Threads` : kind);
  if (!module) throw new Error(`WebAssembly ${kind ?? "SIMD"} does not run here`);
  const memory = shared ?? new WebAssembly.Memory({initial: 1});
  const env = {memory, ...threadImports(memory)};
  const {exports} = new WebAssembly.Instance(module, {env});
  return {module, threads, memory, kernels: exports as unknown as Kernels};
}

/** A memory that threads share; null where a device does not reserve so much: one thread does it. */
function sharedMemory(): WebAssembly.Memory | null {
  try {
    return new WebAssembly.Memory({initial: 1, maximum: 65536, shared: true});
  } catch {
    return null;
  }
}

/** Where everything of a plan lies: program, buffers, moments, scratch of each thread, shared words. */
function placesOf(plan: Plan, kernels: Kernels, threads: number) {
  const moments = (prefix: string) =>
    new Map(
      Array.from(plan.parameters, ([name, {size}]): [string, PlanBuffer] => [
        name,
        {name: `${prefix} ${name}`, size, kind: "moment"}
      ])
    );
  const [first, second] = [moments("m"), moments("v")];
  const program = roundUp(kernels.firstFreeByte());
  const from = program + plan.instructions.length * instructionBytes;
  const buffers = [...plan.buffers, ...first.values(), ...second.values()];
  const layout = layOutBuffers(buffers, plan.instructions, from);
  const scratch = layout.bytes;
  const own = scratchBytes(kernels, plan.config, plan.shape.sequence);
  const control = scratch + threads * own;
  return {first, second, program, layout, scratch, own, control, bytes: control + controlBytes};
}

/** @throws InputError when there is no such room, in a sentence for people */
function growTo(memory: WebAssembly.Memory, bytes: number, {shape}: Plan): void {
  const step = `a step of ${shape.batch} rows of ${shape.sequence} pieces needs ${(bytes / 2 ** 30).toFixed(2)} GiB`;
  const smaller = "make the batch, the rows or the model smaller";
  if (bytes > mostBytes)
    throw new InputError(`${step}, over the ${mostBytes / 2 ** 30} GiB there are: ${smaller}`);
  try {
    memory.grow(wholePages(bytes) / pageBytes - 1);
  } catch {
    throw new InputError(`${step}, which this device does not give: ${smaller}`);
  }
}
