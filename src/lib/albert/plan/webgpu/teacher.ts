/** A teacher on a WebGPU device: what it says of a batch goes from its arena into the student's. */
import type {Teacher} from "../../distillation.js";
import type {Batch} from "../../objectives/batch.js";
import type {PlanBuffer} from "../regions.js";
import {lowerMaskedAnswers, type MaskedAnswersPlan} from "../maskedAnswers.js";
import {lowest} from "../program.js";
import {Commands} from "./commands.js";
import {ofKind, WebgpuInference, type Ready} from "./inference.js";

/** Where a student wants what its teacher says, in numbers from the beginning of its arena. */
export interface SignalPlaces {
  logits: number;
  states: number;
}

export class WebgpuTeacher extends WebgpuInference {
  readonly #parameters: Teacher["parameters"];

  /** @param device stays the caller's */
  constructor(device: GPUDevice, {config, parameters}: Teacher) {
    super(device, config);
    this.#parameters = parameters;
  }

  /**
   * Records the teacher's pass and the copies of what it says.
   *
   * @throws InputError where the device has no room
   */
  record(encoder: GPUCommandEncoder, batch: Batch, to: GPUBuffer, places: SignalPlaces): void {
    const ready = this.#planFor(batch);
    this.load(ready, (name) => {
      const values = this.#parameters.get(name)!.data;
      return {version: values, read: () => ({values, done: () => {}})};
    });
    const {plan, layout, commands} = ready;
    this.reserve(layout.bytes);
    this.#setInputs(ready, batch);
    const arena = this.arena.buffer;
    commands.record(encoder, arena);
    for (const name of ["logits", "states"] as const) {
      const {buffer} = plan[name];
      const from = layout.offsets.get(buffer)!;
      encoder.copyBufferToBuffer(arena, from, to, 4 * places[name], 4 * buffer.size);
    }
  }

  #planFor({batch, sequence, maskedLabels}: Batch): Ready<MaskedAnswersPlan> {
    const slots = maskedLabels.length;
    return this.ready(`${batch} ${sequence} ${slots}`, () => {
      const plan = lowerMaskedAnswers(this.config, {batch, sequence, slots});
      const sent = ofKind(plan, "input");
      const {layout, dispatches} = this.place(plan, {
        sent,
        kept: ofKind(plan, "output"),
        fences: []
      });
      return {plan, layout, commands: Commands.prepareNow(this.device, dispatches)};
    });
  }

  #setInputs({plan, layout}: Ready<MaskedAnswersPlan>, batch: Batch): void {
    const {inputs, shape} = plan;
    const {positionOffset} = this.config;
    const put = (buffer: PlanBuffer, values: ArrayLike<number>) =>
      this.arena.write(layout.offsets.get(buffer)! / 4, Float32Array.from(values));
    put(inputs.inputIds, batch.inputIds);
    put(inputs.tokenTypeIds, batch.tokenTypeIds);
    put(inputs.maskedPositions, batch.maskedPositions);
    put(
      inputs.positions,
      batch.inputIds.map((_, i) => (i % shape.sequence) + positionOffset)
    );
    put(
      inputs.attentionBias,
      Float32Array.from(batch.attentionMask, (used) => (used === 0 ? lowest : 0))
    );
  }
}
