/** The builder of plans that compute without training: what all of them have in common. */
import type {Instruction} from "./instructions.js";
import {matrix, type Matrix, type PlanBuffer} from "./regions.js";
import {PlanBuilder} from "./plan.js";

/** Weights that a plan reads transposed: buffer → the parameter and its rows and columns. */
export type TurnedWeights = Map<PlanBuffer, {name: string; rows: number; columns: number}>;

/** What an executor needs of a plan to place it and to put its weights in. */
export interface Lowered {
  /** Positions of a row, as attention sees them. */
  sequence: number;
  buffers: PlanBuffer[];
  instructions: Instruction[];
  turned: TurnedWeights;
}

/** Weights stay in the arena, turned where they are read so; no dropout. */
export class InferenceBuilder extends PlanBuilder {
  readonly turned: TurnedWeights = new Map();
  readonly #weights = new Map<string, Matrix>();

  /** A lasting buffer: weights are turned when they are loaded, not in every pass. */
  override transposed(name: string, out: number, width: number): Matrix {
    const known = this.#weights.get(name);
    if (known) return known;
    const buffer = this.buffer(`${name} transposed`, out * width, "parameter");
    this.turned.set(buffer, {name, rows: out, columns: width});
    const made = matrix(buffer, width, out);
    this.#weights.set(name, made);
    return made;
  }

  override dropout(): null {
    return null;
  }

  /** Inputs, and the buffers that an instruction touches. */
  usedBuffers(instructions: readonly Instruction[] = this.instructions): PlanBuffer[] {
    const used = new Set(
      instructions.flatMap(({reads, writes}) => [...reads, ...writes]).map((r) => r.buffer)
    );
    return this.buffers.filter((buffer) => used.has(buffer) || buffer.kind === "input");
  }
}
