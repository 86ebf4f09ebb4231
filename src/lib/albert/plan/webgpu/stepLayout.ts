/** Where everything of a training step lies on a device, before anything is made there. */
import type {DistillationWeights} from "../../distillation.js";
import type {PlanBuffer} from "../regions.js";
import {layOutBuffers, type Layout} from "../layout.js";
import type {Plan} from "../plan.js";
import {distilScratch} from "./distil.js";
import {maskWordCount} from "./elementwise.js";
import {runsOf, scratchOfRun, touchedBy, type Run} from "./runs.js";
import {scatterOrderSize} from "./sums.js";
import {controlSize, stepWords, updateScratch, type UpdateRule} from "./update.js";

/** Buffers of the executor's own. */
export interface OwnBuffers {
  first: Map<string, PlanBuffer>;
  second: Map<string, PlanBuffer>;
  control: PlanBuffer;
  chunks: PlanBuffer;
  tensors: PlanBuffer;
  step: PlanBuffer;
  keys: PlanBuffer | null;
  orders: Map<PlanBuffer, PlanBuffer>;
  scratch: PlanBuffer;
  /** Where another loss comes in: null in plans without. */
  taught: TaughtBuffers | null;
}

/** What a student has of its teacher. */
export interface TaughtBuffers {
  /** What it says, `[slots, vocab]` and `[tokens, hidden]`. */
  logits: PlanBuffer;
  states: PlanBuffer;
  /** Gradient of its soft guesses at the student's logits. */
  gradient: PlanBuffer;
  /** Both losses, before their weights: of the soft guesses, of the states. */
  out: PlanBuffer;
  /** 1 over the pieces in use, sent before a step. */
  share: PlanBuffer;
}

/** An optimizer's rule for the places that a plan's parameters have; its tables' sizes. */
export interface Updating {
  rule: UpdateRule;
  maxGradientNorm: number;
  /** How much a teacher counts, in plans where its loss comes in. */
  taught?: DistillationWeights;
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
export const clearedAt = ({backward, gradients}: Plan) => backward + gradients.size;

/** What a plan does, where it may be stopped or begun kept apart. */
export const planRuns = (plan: Plan): Run[] => {
  const entry = plan.entry ? [plan.entry.from] : [];
  return runsOf(plan.instructions, [plan.logits, plan.backward, clearedAt(plan), ...entry]);
};

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
  const {batch, sequence, slots} = plan.shape;
  const tokens = batch * sequence;
  const taught = plan.entry && {
    logits: buffer("teacher's logits", plan.mlmLogits.size, "output"),
    states: buffer("teacher's states", plan.entry.states.size, "output"),
    gradient: buffer("∂ soft targets", plan.mlmLogits.size, "output"),
    out: buffer("teacher's losses", 2, "output"),
    share: buffer("share of a piece", 1, "input")
  };
  const scratch = Math.max(
    updateScratch(rule),
    taught ? distilScratch(slots, tokens) : 0,
    ...runs.map(scratchOfRun)
  );
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
    scratch: buffer("scratch", scratch, "output"),
    taught
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
      ...(taught ? [taught.share] : []),
      ...ofKind("input"),
      ...own.orders.values(),
      ...masks,
      ...ofKind("output"),
      ...(taught ? [taught.logits, taught.states, taught.gradient, taught.out] : []),
      own.scratch,
      ...ofKind("activation")
    ],
    touchedBy(runs),
    0
  );
  return {layout, own};
}
