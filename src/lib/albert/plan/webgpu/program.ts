/** A plan made ready for a device: its layout, its inputs, its commands. */
import type {Batch} from "../../objectives/batch.js";
import {squaredErrorInputs, type LabelledRows} from "../../objectives/labelledRows.js";
import {dropoutWords, type DropoutKey} from "../../ops/dropout.js";
import {innerPieces} from "../../textPairs.js";
import type {PlanBuffer} from "../regions.js";
import type {Layout} from "../layout.js";
import type {Plan} from "../plan.js";
import {lowest} from "../program.js";
import {sharingOn} from "./adapter.js";
import {Commands} from "./commands.js";
import {maskWordCount} from "./elementwise.js";
import {stepDispatches, type Ends, type Until} from "./stepDispatches.js";
import {layOutPlan, type OwnBuffers, type TaughtBuffers, type Updating} from "./stepLayout.js";
import {fillScatterOrder} from "./sums.js";
import {controlSize} from "./update.js";

export class WebgpuProgram {
  readonly plan: Plan;
  readonly layout: Layout;
  /** Bytes at the beginning of the arena that are the model's, not the plan's. */
  readonly lastingBytes: number;
  /** What is sent before a run: numbers from `inputsAt`. */
  readonly inputs: Float32Array<ArrayBuffer>;
  readonly inputsAt: number;
  readonly #own: OwnBuffers;
  readonly #updating: Updating;
  readonly #commands: Commands;
  readonly #ends: Ends;

  private constructor(
    plan: Plan,
    updating: Updating,
    {layout, own}: ReturnType<typeof layOutPlan>,
    commands: Commands,
    ends: Ends
  ) {
    this.plan = plan;
    this.layout = layout;
    this.#own = own;
    this.#updating = updating;
    this.#commands = commands;
    this.#ends = ends;
    this.lastingBytes = layout.offsets.get(own.step)!;
    this.inputsAt = this.at(own.step);
    const sent = [...own.orders.values()].at(-1)!;
    this.inputs = new Float32Array(this.at(sent) + sent.size - this.inputsAt);
    this.#fillConstants();
  }

  /**
   * Compiles the kernels that a plan needs.
   *
   * @param onProgress told the share that is done, in [0, 1]
   */
  static async prepare(
    device: GPUDevice,
    plan: Plan,
    updating: Updating,
    onProgress?: (fraction: number) => void
  ): Promise<WebgpuProgram> {
    const laidOut = layOutPlan(plan, updating);
    const {dispatches, ends} = stepDispatches(plan, updating, laidOut, sharingOn(device));
    const commands = await Commands.prepare(device, dispatches, onProgress);
    return new WebgpuProgram(plan, updating, laidOut, commands, ends);
  }

  /** Bytes that the arena must have. */
  get bytes(): number {
    return this.layout.bytes;
  }

  /** Dispatches of a whole step. */
  get dispatchCount(): number {
    return this.#commands.length;
  }

  /** First number of a buffer in the arena. */
  at(buffer: PlanBuffer): number {
    return this.layout.offsets.get(buffer)! / 4;
  }

  get control(): {at: number; size: number} {
    return {at: this.at(this.#own.control), size: controlSize};
  }

  /** The moments of a parameter. */
  moments(name: string): {first: PlanBuffer; second: PlanBuffer} {
    return {first: this.#own.first.get(name)!, second: this.#own.second.get(name)!};
  }

  /** What a student has of its teacher; null without. */
  get taught(): TaughtBuffers | null {
    return this.#own.taught;
  }

  /** What the update looks up, and where. */
  get tables(): {at: number; values: Float32Array<ArrayBuffer>}[] {
    const {chunks, tensors} = this.#updating.rule.tables;
    return [
      {at: this.at(this.#own.chunks), values: Float32Array.from(chunks)},
      {at: this.at(this.#own.tensors), values: Float32Array.from(tensors)}
    ];
  }

  /** Records a run. @param isAdded whether its gradients are added to those that are there */
  record(encoder: GPUCommandEncoder, arena: GPUBuffer, until: Until, isAdded = false): void {
    const {logits, asked, losses, cleared, [until]: end} = this.#ends;
    const left: [number, number][] = [];
    if (until === "losses" && asked > logits) left.push([logits, asked]);
    if (isAdded) left.push([losses, cleared]);
    let from = 0;
    for (const [before, behind] of left) {
      this.#commands.record(encoder, arena, from, before);
      from = behind;
    }
    this.#commands.record(encoder, arena, from, end);
  }

  /** Puts a pretraining batch into the inputs; no dropout without a key. */
  setBatch(batch: Batch, dropout: DropoutKey | null): void {
    const {inputs, shape} = this.plan;
    this.#setPieces(batch, dropout);
    this.#setIndex(inputs.maskedPositions!, batch.maskedPositions);
    this.#input(inputs.maskedLabels).set(batch.maskedLabels);
    this.#input(inputs.maskedWeights).set(batch.maskedWeights);
    if (inputs.sentenceLabels) {
      this.#input(inputs.sentenceLabels).set(batch.sentenceLabels ?? new Int32Array(shape.batch));
      this.#input(inputs.sentenceWeights!).fill(batch.sentenceLabels ? 1 : 0);
    }
    const {taught} = this.#own;
    if (taught) {
      const used = batch.attentionMask.reduce((sum, is) => sum + is, 0);
      this.#input(taught.share)[0] = 1 / used;
    }
  }

  /** Puts labelled rows into the inputs of a fine-tuning plan; no dropout without a key. */
  setRows(rows: LabelledRows, dropout: DropoutKey | null): void {
    const {maskedLabels, maskedWeights, negatedTargets, innerPieces: inner} = this.plan.inputs;
    this.#setPieces(rows, dropout);
    if (inner) this.#input(inner).set(innerPieces(rows.attentionMask, rows.batch, rows.sequence));
    if (negatedTargets) {
      const {negated, slopes} = squaredErrorInputs(rows);
      this.#input(negatedTargets).set(negated);
      this.#input(maskedWeights).set(slopes);
    } else {
      this.#input(maskedLabels).set(rows.labels);
      this.#input(maskedWeights).set(rows.weights);
    }
  }

  /**
   * The numbers of an update.
   *
   * @param t its number, from 1
   * @param batches whose gradients were added up
   */
  setUpdate(t: number, learningRate: number, batches = 1): void {
    const {correction1, correction2} = this.#updating.rule.correction(t);
    this.#input(this.#own.step).set([learningRate, correction1, correction2, 1 / batches]);
  }

  dispose(): void {
    this.#commands.dispose();
  }

  #input(buffer: PlanBuffer): Float32Array {
    const from = this.at(buffer) - this.inputsAt;
    return this.inputs.subarray(from, from + buffer.size);
  }

  /** An index, and the order of the scatter that goes by it. */
  #setIndex(buffer: PlanBuffer, values: ArrayLike<number>): void {
    this.#input(buffer).set(values);
    const order = this.#own.orders.get(buffer);
    if (order) fillScatterOrder(values, this.#input(order));
  }

  #setPieces(
    {
      inputIds,
      tokenTypeIds,
      attentionMask
    }: Pick<Batch, "inputIds" | "tokenTypeIds" | "attentionMask">,
    dropout: DropoutKey | null
  ): void {
    const {inputs, dropouts} = this.plan;
    this.#setIndex(inputs.inputIds, inputIds);
    this.#setIndex(inputs.tokenTypeIds, tokenTypeIds);
    const bias = this.#input(inputs.attentionBias);
    for (let i = 0; i < bias.length; ++i) bias[i] = attentionMask[i] === 0 ? lowest : 0;
    if (!this.#own.keys) return;
    const keys = this.#input(this.#own.keys);
    dropouts.forEach(({site, probability}, i) => {
      const {k0, k1, threshold, kept} = dropout
        ? dropoutWords(probability, dropout, site)
        : {k0: 0, k1: 0, threshold: 0, kept: 1};
      // Halves of words: every float holds them exactly.
      const halves = [k0, k1, threshold].flatMap((word) => [word >>> 16, word & 0xffff]);
      keys.set([...halves, kept], i * maskWordCount);
    });
  }

  #fillConstants(): void {
    const {inputs, shape, config} = this.plan;
    const positions = Array.from(
      {length: inputs.positions.size},
      (_, i) => (i % shape.sequence) + config.positionOffset
    );
    this.#setIndex(inputs.positions, positions);
    const rows = Array.from({length: shape.batch}, (_, b) => b * shape.sequence);
    this.#setIndex(inputs.clsRows, rows);
  }
}
