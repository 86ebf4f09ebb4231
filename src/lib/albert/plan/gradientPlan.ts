/** The plan of a pass that is differentiated: forward, and back to whatever derivatives are asked for. */
import type {AlbertConfig} from "../config.js";
import {parameterSpecs} from "../specs.js";
import {lowerEncoder, requestKey, smallestRequest, type ForwardPlan} from "./forwardPlan.js";
import {GradientBuilder, type GradientRequest} from "./gradientBuilder.js";
import type {InferenceBuilder, Lowered} from "./inferenceBuilder.js";
import {zero, type Instruction} from "./instructions.js";
import type {PlacedSite} from "./placedSites.js";
import {matrix, region, type Matrix, type PlanBuffer} from "./regions.js";
import {
  headBuilder,
  headKey,
  lowerHead,
  smallestHeads,
  type HeadPlan,
  type HeadRequest
} from "./rowHead.js";

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
  /** By what was asked, in that order: parameters, then sites (one for each affine change) or states. */
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

/** Both ways through the encoder. */
export function lowerGradients(
  config: AlbertConfig,
  request: GradientRequest
): EncoderGradientPlan {
  const {batch, sequence} = request;
  const plan = new GradientBuilder(config, request);
  const {inputs, states, pooler, backward} = lowerEncoder(plan, request);
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
      ...request.sites.flatMap((site) => plan.derivatives.get(site)!)
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
