/** A plan made ready for a device: its layout, its inputs, its commands. */
import type {Batch} from "../../objectives/batch.js";
import type {LabelledRows} from "../../objectives/labelledRows.js";
import {dropoutWords, type DropoutKey} from "../../ops/dropout.js";
import {innerPieces} from "../../textPairs.js";
import type {Instruction, PlanBuffer} from "../instructions.js";
import {alignment, layOutBuffers, type Layout} from "../layout.js";
import type {Plan} from "../plan.js";
import {isSoftwareAdapter} from "./adapter.js";
import {Commands} from "./commands.js";
import type {Places} from "./dispatches.js";
import {drawMask, maskWordCount, zero} from "./elementwise.js";
import type {Dispatch, Sharing} from "./kernel.js";
import {dispatchesOfRun, runsOf, scratchOfRun, touchedBy, type Run} from "./runs.js";
import {fillScatterOrder, scatterOrderSize} from "./sums.js";
import {
  controlSize,
  stepWords,
  updateDispatches,
  updateScratch,
  type UpdateRule
} from "./update.js";

/** The lowest float32, as the reference adds to scores that must not be attended to. */
const lowest = -3.4028234663852886e38;

/** How far a plan is run. */
export type Until = "logits" | "losses" | "gradients" | "update";

/** Where the parts of a run end; `cleared`: where the gradients of the run before are gone. */
type Ends = Record<Until | "cleared", number>;

/** Buffers of the executor's own. */
interface OwnBuffers {
  first: Map<string, PlanBuffer>;
  second: Map<string, PlanBuffer>;
  control: PlanBuffer;
  chunks: PlanBuffer;
  tensors: PlanBuffer;
  step: PlanBuffer;
  keys: PlanBuffer | null;
  orders: Map<PlanBuffer, PlanBuffer>;
  scratch: PlanBuffer;
}

/** An optimizer's rule for the places that a plan's parameters have; its tables' sizes. */
export interface Updating {
  rule: UpdateRule;
  maxGradientNorm: number;
}

/** Where a model's tensors begin, counted from the first; the same in every plan of the model. */
export function tensorPlaces(plan: Plan): Map<string, {at: number; size: number}> {
  const {offsets} = layOutBuffers([...plan.parameters.values()], [], 0);
  return new Map(
    Array.from(plan.parameters, ([name, buffer]) => [
      name,
      {at: offsets.get(buffer)! / 4, size: buffer.size}
    ])
  );
}

/** The instruction after those that empty the gradients. */
const clearedAt = ({backward, gradients}: Plan) => backward + gradients.size;

/** What a plan does, where it may be stopped or begun kept apart. */
const planRuns = (plan: Plan): Run[] =>
  runsOf(plan.instructions, [plan.logits, plan.backward, clearedAt(plan)]);

/** The layout of a plan on this executor, before anything is made on a device. */
export function layOutPlan(plan: Plan, {rule}: Updating): {layout: Layout; own: OwnBuffers} {
  const buffer = (name: string, size: number, kind: PlanBuffer["kind"]): PlanBuffer => ({
    name,
    size: Math.max(1, size),
    kind
  });
  const moments = (prefix: string) =>
    new Map(
      Array.from(plan.parameters, ([name, {size}]) => [
        name,
        buffer(`${prefix} ${name}`, size, "moment")
      ])
    );
  const scattered = plan.instructions.flatMap(({op, operands}) => {
    const index = op === "scatterRows" ? operands[1]! : null;
    return index && "region" in index ? [index.region!.buffer] : [];
  });
  const runs = planRuns(plan);
  const scratch = Math.max(updateScratch(rule), ...runs.map(scratchOfRun));
  const own: OwnBuffers = {
    first: moments("m"),
    second: moments("v"),
    control: buffer("control", controlSize, "moment"),
    chunks: buffer("chunks", rule.tables.chunks.length, "moment"),
    tensors: buffer("tensors", rule.tables.tensors.length, "moment"),
    step: buffer("step", stepWords.length, "input"),
    keys: plan.dropouts.length
      ? buffer("dropout keys", plan.dropouts.length * maskWordCount, "input")
      : null,
    orders: new Map(
      [...new Set(scattered)].map((index) => [
        index,
        buffer(`order of ${index.name}`, scatterOrderSize(index.size), "input")
      ])
    ),
    scratch: buffer("scratch", scratch, "output")
  };
  const masks = plan.dropouts.map(({buffer: mask}) => mask);
  const ofKind = (...kinds: PlanBuffer["kind"][]) =>
    plan.buffers.filter((b) => kinds.includes(b.kind) && !masks.includes(b));
  const layout = layOutBuffers(
    [
      // What lasts: in one place whatever the shape of the batch.
      ...ofKind("parameter"),
      ...ofKind("gradient"),
      ...own.first.values(),
      ...own.second.values(),
      own.control,
      own.chunks,
      own.tensors,
      // What the page sends before a step, side by side.
      own.step,
      ...(own.keys ? [own.keys] : []),
      ...ofKind("input"),
      ...own.orders.values(),
      ...masks,
      ...ofKind("output"),
      own.scratch,
      ...ofKind("activation")
    ],
    touchedBy(runs),
    0
  );
  return {layout, own};
}

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
    const {dispatches, ends} = allDispatches(plan, updating, laidOut, sharingOn(device));
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
    const {losses, cleared, [until]: end} = this.#ends;
    if (!isAdded) return this.#commands.record(encoder, arena, 0, end);
    this.#commands.record(encoder, arena, 0, losses);
    this.#commands.record(encoder, arena, cleared, end);
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
  }

  /** Puts labelled rows into the inputs of a fine-tuning plan; no dropout without a key. */
  setRows(rows: LabelledRows, dropout: DropoutKey | null): void {
    const {maskedLabels, maskedWeights, negatedTargets, innerPieces: inner} = this.plan.inputs;
    this.#setPieces(rows, dropout);
    if (inner) this.#input(inner).set(innerPieces(rows.attentionMask, rows.batch, rows.sequence));
    if (negatedTargets) {
      // The gradient of a weighted mean of squares is 2w/Σw times the difference.
      const total = rows.weights.reduce((a, b) => a + b, 0);
      this.#input(negatedTargets).set(rows.labels.map((y) => -y));
      this.#input(maskedWeights).set(rows.weights.map((w) => (2 * w) / total));
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

/** How rows are best shared out on a device; devices that do not say are taken for cards. */
export function sharingOn(device: GPUDevice): Sharing {
  const {adapterInfo} = device as {adapterInfo?: GPUAdapterInfo};
  return adapterInfo && isSoftwareAdapter(adapterInfo) ? "lanes" : "groups";
}

/** Masks, forward, losses, gradients, update; and where each part ends. */
function allDispatches(
  plan: Plan,
  {rule, maxGradientNorm}: Updating,
  {layout, own}: ReturnType<typeof layOutPlan>,
  sharing: Sharing
): {dispatches: Dispatch[]; ends: Ends} {
  const of = (buffer: PlanBuffer) => layout.offsets.get(buffer)! / 4;
  const places: Places = {
    of,
    orderOf: (index) => of(own.orders.get(index)!),
    scratch: of(own.scratch),
    sharing
  };
  const dispatches = plan.dropouts.map(({buffer}, i) =>
    drawMask(of(buffer), of(own.keys!) + i * maskWordCount, buffer.size)
  );
  const ends: Ends = {logits: 0, losses: 0, cleared: 0, gradients: 0, update: 0};
  const zeros: {from: number; to: number; isPadded: boolean}[] = [];
  const flush = () => {
    for (const {from, to, isPadded} of zeros.splice(0))
      dispatches.push(zero(from, to - from, isPadded));
  };
  for (const run of planRuns(plan)) {
    if (run.at === plan.logits) ends.logits = dispatches.length;
    if (run.at === plan.backward) ends.losses = dispatches.length;
    if (run.at === clearedAt(plan)) {
      flush();
      ends.cleared = dispatches.length;
    }
    const [instruction] = run.instructions as [Instruction];
    if (instruction.op !== "zero") {
      flush();
      dispatches.push(...dispatchesOfRun(run, places));
      continue;
    }
    // Whole buffers side by side are emptied together, with the room between them.
    const {buffer, offset, size} = instruction.writes[0]!;
    const from = of(buffer) + offset;
    const to = from + size;
    const isPadded = offset + size === buffer.size;
    const last = zeros.at(-1);
    if (offset === 0 && last?.isPadded && from >= last.to && from - last.to < alignment / 4)
      Object.assign(last, {to, isPadded});
    else zeros.push({from, to, isPadded});
  }
  flush();
  ends.gradients = dispatches.length;
  const names = [...plan.parameters.keys()];
  const firstOf = (buffers: ReadonlyMap<string, PlanBuffer>) => of(buffers.get(names[0]!)!);
  const losses = [plan.mlmOut, plan.sentenceOut].filter((out) => out !== null).map(of);
  dispatches.push(
    ...updateDispatches(
      rule,
      {
        weights: firstOf(plan.parameters),
        gradient: firstOf(plan.gradients),
        first: firstOf(own.first),
        second: firstOf(own.second),
        chunks: of(own.chunks),
        tensors: of(own.tensors),
        control: of(own.control),
        step: of(own.step),
        scratch: of(own.scratch),
        losses: plan.inputs.negatedTargets ? [] : losses
      },
      maxGradientNorm
    )
  );
  ends.update = dispatches.length;
  return {dispatches, ends};
}
