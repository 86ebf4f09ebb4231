/** The executors of the plan against the trajectories that PyTorch wrote in float64. */
import {afterAll, describe, expect, test} from "vitest";
import type {HeadStepper} from "../../../../src/lib/albert/headStepper.js";
import {flatInputs} from "../../../../src/lib/albert/inputs.js";
import type {Batch} from "../../../../src/lib/albert/objectives/batch.js";
import type {LabelledRows} from "../../../../src/lib/albert/objectives/labelledRows.js";
import {learningRateAt} from "../../../../src/lib/albert/optimizers/schedule.js";
import {wasmHeadStepper} from "../../../../src/lib/albert/plan/wasmHeadStepper.js";
import {wasmStepper} from "../../../../src/lib/albert/plan/wasmStepper.js";
import {webgpuHeadStepper} from "../../../../src/lib/albert/plan/webgpuHeadStepper.js";
import {webgpuStepper} from "../../../../src/lib/albert/plan/webgpuStepper.js";
import {hasMaskedLm} from "../../../../src/lib/albert/specs.js";
import type {Stepper, StepperSettings} from "../../../../src/lib/albert/stepper.js";
import {dawnIsMissing, useDawnDevice} from "../dawn.js";
import {compareFinal, folder, names, readCase, startOf} from "../trainingCases.js";

type Start = Awaited<ReturnType<typeof startOf>>;
type Given = Start["batches"][number];

function rowsOf({inputs}: Given, config: Start["config"]) {
  const {attentionMask, ...rows} = flatInputs(inputs, config);
  const {length} = rows.inputIds;
  const all = new Int32Array(length).fill(1);
  return {...rows, attentionMask: attentionMask ? Int32Array.from(attentionMask) : all};
}

/** A masked batch: every position has a slot, which counts where it has a label. */
function maskedBatch(given: Given, config: Start["config"]): Batch {
  const own = [given.labels.labels!].flat(2) as number[];
  const {sentenceOrderLabel: order} = given.labels;
  return {
    ...rowsOf(given, config),
    maskedPositions: Int32Array.from(own.keys()),
    maskedLabels: Int32Array.from(own, (label) => Math.max(0, label)),
    maskedWeights: Float32Array.from(own, (label) => Number(label >= 0)),
    sentenceLabels: order ? Int32Array.from(order) : null
  };
}

/** Labelled rows; of an answer, starts and then ends. */
function labelledRows(given: Given, config: Start["config"]): LabelledRows {
  const {labels, startPositions, endPositions} = given.labels;
  const own = startPositions
    ? [...Array.from(startPositions), ...Array.from(endPositions!)]
    : Array.from(labels as ArrayLike<number>);
  return {
    ...rowsOf(given, config),
    labels: Float32Array.from(own),
    weights: new Float32Array(own.length).fill(1)
  };
}

interface Executor {
  stepper(...start: [Start["config"], Start["parameters"], StepperSettings]): Stepper;
  headStepper(...start: [Start["config"], Start["parameters"], StepperSettings]): HeadStepper;
}

/** Trains a case and compares losses, gradient norms and final tensors. */
async function follow(name: string, {stepper, headStepper}: Executor): Promise<string> {
  const about = readCase(name);
  const start = await startOf(about);
  const {config, parameters, optimizer, options, schedule, learningRate, batches} = start;
  const settings = {optimizer, options, maxGradientNorm: about.clip?.max_norm ?? 0, seed: 1};
  // Dropout is part of a step; the reference's was off.
  const still = {
    ...config,
    hiddenDropoutProb: 0,
    attentionProbsDropoutProb: 0,
    classifierDropoutProb: 0
  };
  const model = hasMaskedLm(config)
    ? stepper(still, parameters, settings)
    : headStepper(still, parameters, settings);
  const other = about.pad_row_gradient_matters ? about.alternative_without_padding_idx! : null;
  const lr = (step: number) => learningRateAt(schedule, learningRate, step);
  let [lossError, normError] = [0, 0];
  for (const [step, expected] of about.per_step.entries()) {
    const several = about.accumulation_steps;
    const given = batches.slice(step * several, (step + 1) * several);
    const masked = () => given.map((part) => maskedBatch(part, config));
    const labelled = () => given.map((part) => labelledRows(part, config));
    const result = hasMaskedLm(config)
      ? await (model as Stepper).step(masked(), step, lr(step))
      : await (model as HeadStepper).step(labelled(), step, lr(step));
    if ("diverged" in result) throw new Error(result.diverged);
    const wanted = other?.loss_before_update[step] ?? expected.loss_before_update;
    lossError = Math.max(lossError, Math.abs(result.loss - wanted));
    expect(Math.abs(result.loss - wanted), `loss at ${step}`).toBeLessThanOrEqual(2e-5);
    if (other) continue;
    const off = Math.abs(result.gradientNorm / expected.grad_global_norm - 1);
    normError = Math.max(normError, off);
    expect(off, `gradient norm at ${step}`).toBeLessThan(5e-5);
  }
  const share = other ? null : compareFinal(name, about, await model.parameters());
  model.dispose();
  return `  ${name.padEnd(28)} loss ${lossError.toExponential(1)}, gradient norm ${normError.toExponential(1)} relative${share === null ? "" : `, final tensors ${share.toFixed(2)} of the tolerance`}`;
}

describe.skipIf(!folder)("the reference's training on the plan, WebAssembly", () => {
  const lines: string[] = [];
  afterAll(() => console.log(`training on the plan, against float64\n${lines.join("\n")}`));

  test.each(names)("%s", async (name) => {
    lines.push(await follow(name, {stepper: wasmStepper, headStepper: wasmHeadStepper}));
  });
});

const missing = folder ? dawnIsMissing() : "no ALBERT_PARITY_DIR";
if (missing) console.log(`the plan on WebGPU through Dawn: skipped: ${missing}`);

describe.skipIf(missing)("the reference's training on the plan, WebGPU by Dawn", () => {
  const lines: string[] = [];
  const device = useDawnDevice();

  afterAll(() => {
    console.log(`training on WebGPU by Dawn, against float64\n${lines.join("\n")}`);
  });

  test.each(names)("%s", {timeout: 180_000}, async (name) => {
    lines.push(
      await follow(name, {
        stepper: (...start) => webgpuStepper(device(), ...start),
        headStepper: (...start) => webgpuHeadStepper(device(), ...start)
      })
    );
  });
});
