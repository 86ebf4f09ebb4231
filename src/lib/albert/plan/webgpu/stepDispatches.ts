/** The dispatches of a training step, and where its parts end. */
import type {DistillationWeights} from "../../distillation.js";
import type {Instruction} from "../instructions.js";
import type {PlanBuffer} from "../regions.js";
import {alignment} from "../layout.js";
import type {Plan} from "../plan.js";
import type {Places} from "./dispatches.js";
import {blend, softTargets, stateCosine} from "./distil.js";
import {drawMask, maskWordCount, zero} from "./elementwise.js";
import type {Dispatch, Sharing} from "./kernel.js";
import {dispatchesOfRun} from "./runs.js";
import {
  clearedAt,
  planRuns,
  type layOutPlan,
  type OwnBuffers,
  type Updating
} from "./stepLayout.js";
import {updateDispatches} from "./update.js";

/** How far a plan is run. */
export type Until = "logits" | "losses" | "gradients" | "update";

/**
 * Where the parts of a run end; `asked`: where the student's logits have been held against its
 * teacher's; `cleared`: where the gradients of the run before are gone.
 */
export type Ends = Record<Until | "asked" | "cleared", number>;

/** Masks, forward, losses, gradients, update; and where each part ends. */
export function stepDispatches(
  plan: Plan,
  {rule, maxGradientNorm, taught: weights}: Updating,
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
  const ends: Ends = {logits: 0, asked: 0, losses: 0, cleared: 0, gradients: 0, update: 0};
  const zeros: {from: number; to: number; isPadded: boolean}[] = [];
  const flush = () => {
    for (const {from, to, isPadded} of zeros.splice(0))
      dispatches.push(zero(from, to - from, isPadded));
  };
  for (const run of planRuns(plan)) {
    if (run.at === plan.logits) {
      ends.logits = dispatches.length;
      if (weights) dispatches.push(...softDispatches(plan, own, weights, places));
      ends.asked = dispatches.length;
    }
    if (run.at === plan.backward) ends.losses = dispatches.length;
    if (run.at === clearedAt(plan)) {
      flush();
      ends.cleared = dispatches.length;
    }
    if (weights && run.at === plan.entry!.from) {
      flush();
      dispatches.push(...teachingDispatches(plan, own, weights, places));
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

/** The student's logits against its teacher's, before they become their gradient. */
function softDispatches(
  {mlmLogits, inputs, shape, config}: Plan,
  {taught}: OwnBuffers,
  weights: DistillationWeights,
  {of, scratch, sharing}: Places
): Dispatch[] {
  const {logits, gradient, out} = taught!;
  const places = {
    student: of(mlmLogits),
    teacher: of(logits),
    weights: of(inputs.maskedWeights),
    gradient: of(gradient),
    out: of(out),
    scratch
  };
  return softTargets(places, weights, shape.slots, config.vocabSize, sharing);
}

/** What the teacher adds to the gradients of the logits and of the last layer's output. */
function teachingDispatches(
  {mlmLogits, entry, inputs, shape, config}: Plan,
  {taught}: OwnBuffers,
  {mlm, cosine}: DistillationWeights,
  {of, scratch, sharing}: Places
): Dispatch[] {
  const {gradient, states, out, share} = taught!;
  const places = {
    student: of(entry!.states),
    teacher: of(states),
    bias: of(inputs.attentionBias),
    gradient: of(entry!.dStates),
    share: of(share),
    out: of(out) + 1,
    scratch
  };
  return [
    blend(of(mlmLogits), of(gradient), mlmLogits.size, mlm),
    ...stateCosine(places, cosine, shape.batch * shape.sequence, config.hiddenSize, sharing)
  ];
}
