/** A model in training on a device: its weights and moments in an arena, its plans by their shape. */
import type {OptimizerData} from "../../optimizers/optimizer.js";
import {copyParameters, parameterSpecs, type ParameterData} from "../../specs.js";
import type {AlbertConfig} from "../../config.js";
import type {GoOn, StepperSettings} from "../../stepper.js";
import type {PlanBuffer} from "../regions.js";
import type {Plan, PlanShape} from "../plan.js";
import {Arena, arenaBytes, checkFits, readMapped} from "./arena.js";
import {usage} from "./commands.js";
import {InFlight} from "./inFlight.js";
import {WebgpuProgram} from "./program.js";
import type {Until} from "./stepDispatches.js";
import {layOutPlan, tensorPlaces, type Updating} from "./stepLayout.js";
import {updateRule} from "./update.js";

/** Plans kept ready at once: one for each shape that batches have. */
const mostPrograms = 16;

/** One run of a plan. */
export interface Work {
  program: WebgpuProgram;
  /** Fills the program's inputs. */
  fill(program: WebgpuProgram): void;
  /** Records what the arena needs before the run. */
  before?(encoder: GPUCommandEncoder, arena: GPUBuffer): void;
  /**
   * Number of the update, from 1, its learning rate, and how many batches' gradients were added up (1);
   * null where nothing is updated.
   */
  update: {t: number; learningRate: number; batches?: number} | null;
  /** Whether its gradients are added to those of the run before. */
  isAdded?: boolean;
  until: Until;
  /** What is read back. */
  read: readonly PlanBuffer[];
}

export interface WorkResult {
  values: Float32Array[];
  gradientNorm: number;
  /** Whether loss or gradient was not finite, so that this update and all after it were not made. */
  isStopped: boolean;
}

export type TrainerOptions = Pick<
  StepperSettings,
  "optimizer" | "options" | "maxGradientNorm" | "teacher"
>;

/** The bytes of the arena that a trainer allocates for this plan. */
export function webgpuBytes(plan: Plan, settings: TrainerOptions): number {
  return arenaBytes(layOutPlan(plan, updatingOf(plan, settings)).layout.bytes);
}

function updatingOf(
  plan: Plan,
  {optimizer, options, maxGradientNorm, teacher}: TrainerOptions
): Updating {
  const rule = updateRule(optimizer, options, tensorPlaces(plan));
  return {rule, maxGradientNorm, taught: teacher?.weights};
}

export class WebgpuTrainer {
  readonly #arena: Arena;
  readonly #inFlight: InFlight;
  readonly #lower: (shape: PlanShape) => Plan;
  readonly #shapes: Map<string, number[]>;
  readonly #settings: TrainerOptions;
  readonly #programs = new Map<string, WebgpuProgram>();
  #updating: Updating | null = null;
  #readBack: GPUBuffer | null = null;
  /** Any program: where what lasts is, is the same in all. */
  #some: WebgpuProgram | null = null;
  #pending: {parameters: ParameterData; moments: OptimizerData | null} | null;
  #updates = 0;

  constructor(
    device: GPUDevice,
    config: AlbertConfig,
    initial: ParameterData,
    lower: (shape: PlanShape) => Plan,
    settings: TrainerOptions
  ) {
    this.#arena = new Arena(device);
    this.#inFlight = new InFlight(device);
    this.#lower = lower;
    this.#shapes = new Map(parameterSpecs(config).map(({name, shape}) => [name, shape]));
    this.#settings = settings;
    this.#pending = {parameters: initial, moments: null};
  }

  /** Updates made. */
  get updates(): number {
    return this.#updates;
  }

  /** Bytes of the arena. */
  get bytes(): number {
    return this.#arena.bytes;
  }

  /**
   * The plan of a shape, compiled, with room in the arena.
   *
   * @param onProgress told the share of the kernels that is compiled, in [0, 1]
   * @throws InputError where it does not fit
   */
  async programFor(
    shape: PlanShape,
    onProgress?: (fraction: number) => void
  ): Promise<WebgpuProgram> {
    const key = `${shape.batch} ${shape.sequence} ${shape.slots}`;
    let found = this.#programs.get(key);
    if (!found) {
      const plan = this.#lower(shape);
      this.#updating ??= updatingOf(plan, this.#settings);
      const {device} = this.#arena;
      checkFits(layOutPlan(plan, this.#updating).layout.bytes, device);
      found = await WebgpuProgram.prepare(device, plan, this.#updating, onProgress);
      if (this.#programs.size >= mostPrograms) this.#forgetOldest();
      this.#programs.set(key, found);
    }
    await this.#arena.ensure(found.bytes, found.lastingBytes);
    this.#some = found;
    return found;
  }

  /**
   * Submits runs one after another, reading back once at their end.
   *
   * @param goOn asked after each update but the last; what follows is not submitted where it says no
   * @returns a result of each that was submitted
   */
  async run(works: readonly Work[], goOn: GoOn = () => true): Promise<WorkResult[]> {
    if (works.length === 0) return [];
    const {device} = this.#arena;
    this.#upload(works[0]!.program);
    const pieces = works.map(({program, read}) => [
      program.control,
      ...read.map((buffer) => ({at: program.at(buffer), size: buffer.size}))
    ]);
    const bytes = 4 * pieces.flat().reduce((sum, {size}) => sum + size, 0);
    const target = this.#targetOf(bytes);
    let to = 0;
    let submitted = 0;
    for (const {program, fill, before, update, until, isAdded} of works) {
      fill(program);
      if (update) program.setUpdate(update.t, update.learningRate, update.batches);
      this.#arena.write(program.inputsAt, program.inputs);
      const encoder = device.createCommandEncoder();
      before?.(encoder, this.#arena.buffer);
      program.record(encoder, this.#arena.buffer, until, isAdded);
      for (const {at, size} of pieces[submitted]!) {
        encoder.copyBufferToBuffer(this.#arena.buffer, 4 * at, target, 4 * to, 4 * size);
        to += size;
      }
      device.queue.submit([encoder.finish()]);
      submitted += 1;
      if (!update || submitted === works.length) continue;
      await this.#inFlight.submitted();
      if (!(await goOn())) break;
    }
    const all = await readMapped(device, target, 4 * to);
    let from = 0;
    const results = pieces.slice(0, submitted).map((own): WorkResult => {
      const [control, ...values] = own.map(({size}) => all.subarray(from, (from += size)).slice());
      const [gradientNorm, , stopped] = control!;
      return {values, gradientNorm: gradientNorm!, isStopped: stopped !== 0};
    });
    results.forEach(({isStopped}, i) => {
      const {update} = works[i]!;
      if (update && !isStopped) this.#updates = update.t;
    });
    if (results.at(-1)!.isStopped) this.#clearStop(works[0]!.program);
    return results;
  }

  /** Copies of the parameters. */
  async parameters(): Promise<ParameterData> {
    if (this.#pending) return copyParameters(this.#pending.parameters);
    const some = this.#some!;
    const names = [...some.plan.parameters.keys()];
    const data = await this.#read(names.map((name) => some.plan.parameters.get(name)!));
    return new Map(
      names.map((name, i) => [name, {shape: [...this.#shapes.get(name)!], data: data[i]!}])
    );
  }

  /** Copies of the gradients of the last run, by name. */
  async gradients(): Promise<Map<string, Float32Array>> {
    const {gradients} = this.#some!.plan;
    const data = await this.#read([...gradients.values()]);
    return new Map([...gradients.keys()].map((name, i) => [name, data[i]!]));
  }

  /** Copies of the moments of what is trained. */
  async optimizerData(): Promise<OptimizerData> {
    const isTrainable = this.#settings.options.trainable ?? (() => true);
    const names = [...this.#shapes.keys()].filter(isTrainable).sort();
    if (this.#pending?.moments) return this.#pending.moments;
    const step = this.#updates;
    if (this.#pending) {
      const zeros = () =>
        new Map(names.map((name) => [name, new Float32Array(sizeOf(this.#shapes.get(name)!))]));
      return {step, first: zeros(), second: zeros()};
    }
    const some = this.#some!;
    const first = await this.#read(names.map((name) => some.moments(name).first));
    const second = await this.#read(names.map((name) => some.moments(name).second));
    const named = (data: Float32Array[]) => new Map(names.map((name, i) => [name, data[i]!]));
    return {step, first: named(first), second: named(second)};
  }

  /** Replaces parameters and moments. */
  restore(parameters: ParameterData, moments: OptimizerData): void {
    this.#pending = {parameters, moments};
    this.#updates = moments.step;
  }

  dispose(): void {
    for (const program of this.#programs.values()) program.dispose();
    this.#programs.clear();
    this.#readBack?.destroy();
    this.#readBack = null;
    this.#arena.dispose();
  }

  #read(buffers: readonly PlanBuffer[]): Promise<Float32Array[]> {
    const some = this.#some!;
    return this.#arena.read(buffers.map((buffer) => ({at: some.at(buffer), size: buffer.size})));
  }

  #forgetOldest(): void {
    const [key, program] = this.#programs.entries().next().value!;
    this.#programs.delete(key);
    program.dispose();
  }

  #targetOf(bytes: number): GPUBuffer {
    if (this.#readBack && this.#readBack.size >= bytes) return this.#readBack;
    this.#readBack?.destroy();
    this.#readBack = this.#arena.device.createBuffer({
      label: "results",
      size: bytes,
      usage: usage.mapRead | usage.copyTarget
    });
    return this.#readBack;
  }

  /** Puts weights and moments in that came from outside. */
  #upload(program: WebgpuProgram): void {
    if (!this.#pending) return;
    const {parameters, moments} = this.#pending;
    for (const [name, buffer] of program.plan.parameters) {
      this.#arena.write(program.at(buffer), Float32Array.from(parameters.get(name)!.data));
      for (const which of ["first", "second"] as const) {
        const values = moments?.[which].get(name);
        const at = program.at(program.moments(name)[which]);
        this.#arena.write(at, values ? Float32Array.from(values) : new Float32Array(buffer.size));
      }
    }
    for (const {at, values} of program.tables) this.#arena.write(at, values);
    this.#clearStop(program);
    this.#pending = null;
  }

  #clearStop(program: WebgpuProgram): void {
    const {at, size} = program.control;
    this.#arena.write(at, new Float32Array(size));
  }
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
