/** The plan of a pass that is differentiated: forward, and back to whatever derivatives are asked for. */
import type {AlbertConfig} from "../config.js";
import {parameterSpecs} from "../specs.js";
import {
  ForwardBuilder,
  lowerEncoder,
  requestKey,
  smallestRequest,
  type ForwardPlan,
  type ForwardRequest
} from "./forwardPlan.js";
import type {InferenceBuilder, Lowered} from "./inferenceBuilder.js";
import {pointwise, zero, type Instruction} from "./instructions.js";
import type {PlacedSite} from "./placedSites.js";
import {matrix, region, type Matrix, type PlanBuffer, type Region} from "./regions.js";
import {
  headBuilder,
  headKey,
  lowerHead,
  smallestHeads,
  type HeadPlan,
  type HeadRequest
} from "./rowHead.js";

/** A forward pass, and by what its outputs are differentiated. */
export interface GradientRequest extends ForwardRequest {
  parameters: readonly string[];
  /** Sites, as their changes leave them. */
  sites: readonly string[];
}

/** A head, and by what its logits are differentiated. */
export type HeadGradientRequest = HeadRequest & {
  parameters: readonly string[];
  ofStates: boolean;
};

/** A plan of both ways. */
export interface TwoWayPlan extends Lowered {
  /** Instructions from here on are the way back. */
  backward: number;
  /** What the pass gives. */
  outputs: PlacedSite[];
  /** Where the derivatives by each of them are put, as they are laid out. */
  cotangents: PlacedSite[];
  /** By what was asked, in that order: parameters, then sites or states. */
  derivatives: PlacedSite[];
}

/** Outputs: states, what the pooler gives where there is one, sites kept. */
export type EncoderGradientPlan = TwoWayPlan & Pick<ForwardPlan, "inputs" | "edits" | "edited">;

export type HeadGradientPlan = TwoWayPlan & Pick<HeadPlan, "states" | "pieces">;

/** What makes two requests ask for the same plan. */
export const gradientKey = (request: GradientRequest) =>
  JSON.stringify([requestKey(request), request.parameters, request.sites]);

/** The same for heads. */
export const headGradientKey = (request: HeadGradientRequest) =>
  JSON.stringify([headKey(request), request.parameters, request.ofStates]);

/** Both ways through the encoder. @throws Error for changes that scale rows */
export function lowerGradients(
  config: AlbertConfig,
  request: GradientRequest
): EncoderGradientPlan {
  const {batch, sequence} = request;
  const plan = new GradientBuilder(config, request);
  const {inputs, states, pooler, backward} = lowerEncoder(plan, request);
  if (plan.pauses.length > 0) throw new Error("rows that were scaled have no way back");
  const from = plan.instructions.length;
  clearGradients(plan);
  const [givenStates, dStates] = plan.comeIn("sequence output", states);
  const outputs = [placed(states, [batch, sequence, config.hiddenSize])];
  const cotangents = [givenStates];
  if (pooler) {
    const [given, dPooled] = plan.comeIn("pooled output", pooler.pooled);
    outputs.push(placed(pooler.pooled, [batch, config.hiddenSize]));
    cotangents.push(given);
    pooler.backward(dPooled, dStates);
  }
  backward(dStates);
  for (const site of request.capture) {
    outputs.push(plan.captured.get(site)!);
    cotangents.push(plan.given.get(site)!);
  }
  const ways = {
    from,
    outputs,
    cotangents: outputs.map((place, i) => ({
      ...place,
      value: {...place.value, buffer: cotangents[i]!}
    })),
    derivatives: [
      ...parameterDerivatives(plan, request.parameters),
      ...request.sites.map((site) => plan.derivatives.get(site)!)
    ]
  };
  const {edits, edited} = plan;
  return {...finish(plan, ways), inputs, edits, edited};
}

/** Both ways through a head. */
export function lowerHeadGradients(
  config: AlbertConfig,
  request: HeadGradientRequest
): HeadGradientPlan {
  const plan = headBuilder(config, request);
  const {states, pieces, logits, backward} = lowerHead(plan, request);
  const from = plan.instructions.length;
  clearGradients(plan);
  const given = plan.buffer("∂ logits given", logits.buffer.size, "input");
  const dStates = backward({...logits, buffer: given});
  const output = placed(logits, [logits.rows, logits.columns]);
  const ways = {
    from,
    outputs: [output],
    cotangents: [{...output, value: {...logits, buffer: given}}],
    derivatives: [
      ...parameterDerivatives(plan, request.parameters),
      ...(request.ofStates ? [placed(dStates, [dStates.rows, dStates.columns])] : [])
    ]
  };
  return {...finish(plan, ways), states: states.buffer, pieces};
}

/** Parts of a model that are differentiated each on its own. */
export type DifferentiatedPart = "encoder" | "head";

/** The smallest plans that differentiate a part by everything there is. */
export function smallestGradients(config: AlbertConfig, part: DifferentiatedPart): TwoWayPlan[] {
  const parameters = parameterSpecs(config).map(({name}) => name);
  return part === "encoder"
    ? [lowerGradients(config, {...smallestRequest, parameters, sites: []})]
    : smallestHeads(config).map((request) =>
        lowerHeadGradients(config, {...request, parameters, ofStates: true})
      );
}

/** Parameters that a plan reads. */
export function parametersOf({buffers, turned}: Lowered): string[] {
  const read = buffers.filter(({kind}) => kind === "parameter");
  return [...new Set(read.map((buffer) => turned.get(buffer)?.name ?? buffer.name))];
}

const placed = (value: Matrix, shape: number[]): PlacedSite => ({value, shape, byHead: false});

function clearGradients(plan: InferenceBuilder): void {
  for (const gradient of plan.gradients.values()) plan.emit(zero("gradients", region(gradient)));
}

function parameterDerivatives(plan: InferenceBuilder, names: readonly string[]): PlacedSite[] {
  const shapes = new Map(parameterSpecs(plan.config).map(({name, shape}) => [name, shape]));
  return names.map((name) => {
    const buffer = plan.gradients.get(name)!;
    return placed(matrix(buffer, 1, buffer.size), shapes.get(name)!);
  });
}

/** The plan without what nobody asked for. */
function finish(
  plan: InferenceBuilder,
  {from, ...ways}: Pick<TwoWayPlan, "outputs" | "cotangents" | "derivatives"> & {from: number}
): TwoWayPlan {
  const asked = [...ways.outputs, ...ways.derivatives].map(({value}) => value.buffer);
  const needed = neededFor(plan.instructions, asked);
  // Gradients that only stand beside others which were asked for are nothing that lasts.
  for (const gradient of plan.gradients.values()) gradient.kind = "activation";
  for (const buffer of asked) buffer.kind = "output";
  const instructions = plan.instructions.filter((one) => needed.has(one));
  return {
    ...ways,
    sequence: plan.shape.sequence,
    backward: plan.instructions.slice(0, from).filter((one) => needed.has(one)).length,
    instructions,
    buffers: plan.usedBuffers(instructions),
    turned: plan.turned
  };
}

/** The instructions that some buffers' numbers depend on. */
function neededFor(
  instructions: readonly Instruction[],
  asked: readonly PlanBuffer[]
): Set<Instruction> {
  const live = new Set(asked);
  const needed = new Set<Instruction>();
  for (const one of instructions.toReversed()) {
    if (!one.writes.some(({buffer}) => live.has(buffer))) continue;
    needed.add(one);
    for (const {buffer} of one.reads) live.add(buffer);
  }
  return needed;
}

class GradientBuilder extends ForwardBuilder {
  /** Derivatives by kept sites that come in from outside. */
  readonly given = new Map<string, PlanBuffer>();
  readonly derivatives = new Map<string, PlacedSite>();
  readonly #asked: ReadonlySet<string>;

  constructor(config: AlbertConfig, request: GradientRequest) {
    super(config, request);
    this.#asked = new Set(request.sites);
  }

  /** Where the derivative by an output comes in, and a copy of it to go on with. */
  comeIn(name: string, {buffer, rows, columns}: Matrix): [PlanBuffer, Matrix] {
    const given = this.buffer(`∂ ${name} given`, buffer.size, "input");
    return [given, this.#copy(`∂ ${name}`, matrix(given, rows, columns))];
  }

  override siteGradient(name: string, d: Matrix): Matrix {
    const label = `${name} ∂`;
    let x = d;
    const combine = (op: "multiply" | "add", other: PlanBuffer) => {
      const made = this.buffer(label, x.buffer.size);
      this.emit(pointwise(op, label, region(x.buffer), region(other), region(made)));
      x = {...x, buffer: made};
    };
    const given = this.#given(name);
    if (given) combine("add", given);
    if (this.#asked.has(name)) this.#derivative(name, this.#copy(label, x));
    const keep = this.#keepOf(name);
    if (keep) combine("multiply", keep);
    return x;
  }

  override weightsGradient(name: string): {dUsed: Region; keep: Region | null} | null {
    const given = this.#given(name);
    const isAsked = this.#asked.has(name);
    const edited = this.edited.get(name);
    if (!given && !isAsked && !edited) return null;
    const {rows, columns} = this.#weightsOf(name);
    const label = `${name} ∂`;
    const d = this.rows(label, rows, columns);
    const dUsed = region(d.buffer);
    this.emit(zero(label, dUsed));
    if (given) this.emit(pointwise("add", label, dUsed, region(given), dUsed));
    if (isAsked) this.#derivative(name, d);
    const keep = this.#keepOf(name);
    return {dUsed, keep: keep && region(keep)};
  }

  #derivative(name: string, value: Matrix): void {
    this.derivatives.set(name, {...this.sites.get(name)!, value});
  }

  /** Where the derivative by a kept site comes in; null for others. */
  #given(name: string): PlanBuffer | null {
    const kept = this.captured.get(name);
    if (!kept) return null;
    const made = this.buffer(`∂ ${name} given`, kept.value.buffer.size, "input");
    this.given.set(name, made);
    return made;
  }

  #keepOf(name: string): PlanBuffer | null {
    return this.edits.find(({site}) => site === name)?.keep ?? null;
  }

  #copy(label: string, x: Matrix): Matrix {
    const copy = {...x, buffer: this.buffer(label, x.buffer.size)};
    this.emit(zero(label, region(copy.buffer)));
    this.emit(pointwise("add", label, region(copy.buffer), region(x.buffer), region(copy.buffer)));
    return copy;
  }

  #weightsOf(name: string): {rows: number; columns: number} {
    const [batch, heads, from, to] = this.sites.get(name)!.shape as [
      number,
      number,
      number,
      number
    ];
    return {rows: batch * heads * from, columns: to};
  }
}
