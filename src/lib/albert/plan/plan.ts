/** A plan: the buffers and instructions of one training step, before it is laid out. */
import type {AlbertConfig} from "../config.js";
import {parameterSpecs} from "../specs.js";
import {type Instruction, transpose} from "./instructions.js";
import {
  region,
  type BufferKind,
  type Matrix,
  type PlanBuffer,
  type Region,
  matrix
} from "./regions.js";

/** What does not change during a run. */
export interface PlanShape {
  /** Rows of a batch. */
  batch: number;
  /** Positions of a row. */
  sequence: number;
  /** Masked slots of a batch; in fine-tuning, rows of the logits. */
  slots: number;
}

export interface Plan {
  config: AlbertConfig;
  shape: PlanShape;
  buffers: PlanBuffer[];
  instructions: Instruction[];
  /** Instructions before this one give the logits, those before `backward` the losses too. */
  logits: number;
  backward: number;
  parameters: Map<string, PlanBuffer>;
  gradients: Map<string, PlanBuffer>;
  inputs: PlanInputs;
  /**
   * Loss, weight that was right and sum of weights of each objective, [3] each; in fine-tuning
   * `mlmOut` is the head's, unused by a regression.
   */
  mlmOut: PlanBuffer;
  sentenceOut: PlanBuffer | null;
  /**
   * Logits of the masked slots, [slots, vocab]; their gradient after the losses. In fine-tuning those
   * of the head.
   */
  mlmLogits: PlanBuffer;
  /**
   * Where another loss can come in, in plans that were made for it: after instruction `from` the
   * gradients of the logits and of the last layer's output `states`, [tokens, hidden], may be added to.
   */
  entry: {from: number; states: PlanBuffer; dStates: PlanBuffer} | null;
  /** Dropout masks to fill before a step, by their site and probability. */
  dropouts: {buffer: PlanBuffer; site: number; probability: number}[];
}

/** Buffers to fill before a step; whole numbers as int32. */
export interface PlanInputs {
  inputIds: PlanBuffer;
  positions: PlanBuffer;
  tokenTypeIds: PlanBuffer;
  /** 0 where a position may be seen, −3.4e38 where not, [batch, seq]; in a pass that is asked also [batch, from, to]. */
  attentionBias: PlanBuffer;
  /** Null in fine-tuning, whose logits have fixed places. */
  maskedPositions: PlanBuffer | null;
  /** Of the masked slots; in fine-tuning of the rows of the logits. */
  maskedLabels: PlanBuffer;
  maskedWeights: PlanBuffer;
  /** Regression: minus the values to predict, [batch]; null otherwise. */
  negatedTargets: PlanBuffer | null;
  /** Texts that are read apart: 1 for pieces that are compared, else 0, [batch, seq]; null otherwise. */
  innerPieces: PlanBuffer | null;
  /** Rows of the [CLS] positions, [batch]. */
  clsRows: PlanBuffer;
  sentenceLabels: PlanBuffer | null;
  sentenceWeights: PlanBuffer | null;
}

/** Those of the encoder. */
export type EncoderInputs = Pick<
  PlanInputs,
  "inputIds" | "positions" | "tokenTypeIds" | "attentionBias" | "clsRows"
>;

/** What comes back at attention weights that were changed. */
export interface WeightsGradient {
  dUsed: Matrix;
  keep: Region | null;
  through: ((dUsed: Matrix) => Region) | null;
}

/** Collects buffers and instructions; the lowering of each part of the model writes into one. */
export class PlanBuilder {
  readonly config: AlbertConfig;
  readonly shape: PlanShape;
  readonly buffers: PlanBuffer[] = [];
  readonly instructions: Instruction[] = [];
  readonly parameters = new Map<string, PlanBuffer>();
  readonly gradients = new Map<string, PlanBuffer>();
  readonly dropouts: Plan["dropouts"] = [];
  readonly #transposes = new Map<string, Matrix>();

  constructor(config: AlbertConfig, shape: PlanShape) {
    this.config = config;
    this.shape = shape;
    const specs = parameterSpecs(config).map(({name, shape: dimensions}) => ({
      name,
      size: dimensions.reduce((a, b) => a * b, 1)
    }));
    for (const {name, size} of specs)
      this.parameters.set(name, this.buffer(name, size, "parameter"));
    for (const {name, size} of specs)
      this.gradients.set(name, this.buffer(`∂ ${name}`, size, "gradient"));
  }

  /** Positions of a batch. */
  get tokens(): number {
    return this.shape.batch * this.shape.sequence;
  }

  buffer(name: string, size: number, kind: BufferKind = "activation"): PlanBuffer {
    const made = {name, size, kind};
    this.buffers.push(made);
    return made;
  }

  /** A fresh activation as rows. */
  rows(name: string, rows: number, columns: number): Matrix {
    return matrix(this.buffer(name, rows * columns), rows, columns);
  }

  emit(instruction: Instruction): void {
    this.instructions.push(instruction);
  }

  /** A parameter's numbers. @throws Error when the model has none of that name */
  parameter(name: string): Region {
    return region(need(this.parameters, name));
  }

  gradient(name: string): Region {
    return region(need(this.gradients, name));
  }

  /** A weight `[out, in]` as rows. */
  weight(name: string, out: number, width: number): Matrix {
    return matrix(need(this.parameters, name), out, width);
  }

  weightGradient(name: string, out: number, width: number): Matrix {
    return matrix(need(this.gradients, name), out, width);
  }

  /** A weight's transpose `[in, out]`, made once a step however many depths use it. */
  transposed(name: string, out: number, width: number): Matrix {
    const known = this.#transposes.get(name);
    if (known) return known;
    const made = this.rows(`${name} transposed`, width, out);
    this.emit(transpose("weights", this.weight(name, out, width), made));
    this.#transposes.set(name, made);
    return made;
  }

  /**
   * Called with the value of every site of `captureSites` as it is made; gives what the model goes on
   * with, which is the value itself in a step that trains.
   */
  site(_name: string, value: Matrix): Matrix {
    return value;
  }

  /**
   * Called on the way back with the derivative by a site's value; gives that by the value before it was
   * changed, which is the same in a step that trains.
   */
  siteGradient(_name: string, d: Matrix): Matrix {
    return d;
  }

  /**
   * Where attention weights were changed or are asked about: what they were multiplied by, and the
   * derivative by what came of it, to which that of their averages is added; `through` where rows of them were
   * scaled, which takes it back to the weights as they were made. In a step that trains null.
   */
  weightsGradient(_name: string): WeightsGradient | null {
    return null;
  }

  /** A dropout mask of `size` factors, or null where the probability is 0. */
  dropout(name: string, size: number, probability: number, site: number): Region | null {
    if (probability === 0) return null;
    const buffer = this.buffer(`${name} dropout`, size, "input");
    this.dropouts.push({buffer, site, probability});
    return region(buffer);
  }
}

function need(buffers: Map<string, PlanBuffer>, name: string): PlanBuffer {
  const found = buffers.get(name);
  if (!found) throw new Error(`the model has no parameter ${name}`);
  return found;
}
