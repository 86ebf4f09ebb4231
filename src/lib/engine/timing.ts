/** How long models of given shapes take on the backend in use. */
import type {AlbertConfig} from "../albert/config.js";
import {disposeEncoded, encode} from "../albert/forward.js";
import {disposeParameters, uploadParameters, type Parameters} from "../albert/params.js";
import type {Batch} from "../albert/objectives/batch.js";
import {initParameters} from "../albert/specs.js";
import {Random} from "../random.js";
import {makeStepper} from "./makeStepper.js";
import {yieldToMessages} from "./yield.js";

/** A shape to be timed, under the name that figures show. */
export interface TimedModel {
  name: string;
  config: AlbertConfig;
}

/** Milliseconds of each round, in order. */
export interface Timing {
  name: string;
  elapsedMs: number[];
}

/** Rounds before any is counted: the first compile shaders and fill caches. */
const warmupRounds = 3;

/**
 * Times one forward pass of the encoder for one text, models taking turns, so that whatever else the
 * machine does falls on all alike. Weights are random: time does not depend on them.
 *
 * @param sequence pieces of the text
 * @param rounds passes of each model that are counted
 * @returns null where it was stopped
 */
export async function timeModels(
  models: readonly TimedModel[],
  {sequence, rounds}: {sequence: number; rounds: number},
  report: (progress: {round: number}) => void,
  signal: AbortSignal
): Promise<Timing[] | null> {
  const loaded: {model: TimedModel; params: Parameters; elapsedMs: number[]}[] = [];
  try {
    for (const model of models)
      loaded.push({
        model,
        params: uploadParameters(initParameters(model.config, 1)),
        elapsedMs: []
      });
    for (let round = -warmupRounds; round < rounds; ++round) {
      for (const {model, params, elapsedMs} of loaded) {
        if (signal.aborted) return null;
        const random = new Random(1, "probes", round + warmupRounds);
        const inputIds = Int32Array.from({length: sequence}, () =>
          random.int(model.config.vocabSize)
        );
        const start = performance.now();
        const encoded = encode(params, {batch: 1, sequence, inputIds}, model.config);
        await encoded.sequenceOutput.data();
        if (round >= 0) elapsedMs.push(performance.now() - start);
        disposeEncoded(encoded);
        await yieldToMessages();
      }
      if (round >= 0) report({round: round + 1});
    }
    return loaded.map(({model, elapsedMs}) => ({name: model.name, elapsedMs}));
  } finally {
    for (const {params} of loaded) disposeParameters(params);
  }
}

/**
 * Times one training step (forward, gradients, AdamW) of each model on rows of random pieces, models
 * taking turns. The first steps, which compile, are not counted.
 *
 * @param models with a masked head
 * @param sequence pieces of a row
 * @param batch rows of a step
 * @param clock milliseconds from a fixed moment; the wall's clock unless given
 * @returns null where it was stopped
 */
export async function timeSteps(
  models: readonly TimedModel[],
  {
    sequence,
    batch,
    rounds,
    clock = () => performance.now()
  }: {sequence: number; batch: number; rounds: number; clock?: () => number},
  report: (progress: {round: number}) => void,
  signal: AbortSignal
): Promise<Timing[] | null> {
  const loaded = models.map((model) => ({
    model,
    stepper: makeStepper(model.config, initParameters(model.config, 1), {
      optimizer: "adamw",
      options: {},
      maxGradientNorm: 1,
      seed: 1
    }),
    elapsedMs: [] as number[]
  }));
  try {
    for (let round = -warmupRounds; round < rounds; ++round) {
      for (const {model, stepper, elapsedMs} of loaded) {
        if (signal.aborted) return null;
        const step = round + warmupRounds;
        const rows = randomRows(model.config, {batch, sequence}, step);
        const start = clock();
        await stepper.step(rows, step, 1e-4);
        if (round >= 0) elapsedMs.push(clock() - start);
        await yieldToMessages();
      }
      if (round >= 0) report({round: round + 1});
    }
    return loaded.map(({model, elapsedMs}) => ({name: model.name, elapsedMs}));
  } finally {
    for (const {stepper} of loaded) stepper.dispose();
  }
}

/** Full rows of random pieces, every seventh of them masked. */
function randomRows(
  {vocabSize, architecture}: AlbertConfig,
  {batch, sequence}: {batch: number; sequence: number},
  step: number
): Batch {
  const random = new Random(1, "probes", step);
  const size = batch * sequence;
  const inputIds = Int32Array.from({length: size}, () => random.int(vocabSize));
  const maskedPositions = Int32Array.from({length: Math.ceil(size / 7)}, (_, i) => 7 * i);
  return {
    batch,
    sequence,
    inputIds,
    attentionMask: new Int32Array(size).fill(1),
    tokenTypeIds: new Int32Array(size),
    maskedPositions,
    maskedLabels: maskedPositions.map((at) => inputIds[at]!),
    maskedWeights: new Float32Array(maskedPositions.length).fill(1),
    sentenceLabels:
      architecture === "AlbertForPreTraining"
        ? Int32Array.from({length: batch}, () => random.int(2))
        : null
  };
}
