import type {Sharing} from "../../../../src/lib/albert/config.js";
import {makeConfig, type AlbertConfig} from "../../../../src/lib/albert/config.js";
import type {Batch} from "../../../../src/lib/albert/objectives/batch.js";
import {predictionCount} from "../../../../src/lib/albert/objectives/masking.js";
import type {PlanShape} from "../../../../src/lib/albert/plan/plan.js";
import {Random} from "../../../../src/lib/random.js";

/**
 * A random small pretraining model and the shape of its batches; sizes are mostly odd. Widths are at
 * least 3: the layer norm of one or two numbers has no gradient but rounding noise.
 */
export function randomCase(seed: number): {config: AlbertConfig; shape: PlanShape} {
  const random = new Random(seed, "splits");
  const heads = 1 + random.int(3);
  const layers = 1 + random.int(4);
  const groups = 1 + random.int(layers);
  const sharing = random.pick<Sharing>([
    "none",
    "attention",
    "ffn",
    "all",
    {groups, inner: 1 + random.int(2)}
  ]);
  const sequence = 5 + random.int(9);
  const batch = 1 + random.int(3);
  const drop = random.pick([0, 0, 0.2]);
  const config = makeConfig({
    vocabSize: 11 + random.int(23),
    embeddingSize: 3 + random.int(9),
    hiddenSize: heads * (3 + random.int(6)),
    numHiddenLayers: layers,
    sharing,
    numAttentionHeads: heads,
    intermediateSize: 1 + random.int(17),
    hiddenAct: random.pick(["gelu", "gelu_new", "relu"] as const),
    hiddenDropoutProb: drop,
    attentionProbsDropoutProb: random.pick([0, drop]),
    maxPositionEmbeddings: sequence + random.int(4),
    initializerRange: 0.3,
    layerNormEps: random.pick([1e-12, 1e-5]),
    architecture: random.pick(["AlbertForPreTraining", "AlbertForMaskedLM"] as const)
  });
  return {config, shape: {batch, sequence, slots: batch * predictionCount(sequence, 0.3)}};
}

/** A random batch for a case: padding on the right, some masked slots unused. */
export function randomBatch(config: AlbertConfig, shape: PlanShape, seed: number): Batch {
  const {batch, sequence, slots} = shape;
  const random = new Random(seed, "masks");
  const tokens = batch * sequence;
  const lengths = Array.from({length: batch}, () => 3 + random.int(sequence - 2));
  const place = (i: number) => i % sequence < lengths[Math.floor(i / sequence)]!;
  const used = 1 + random.int(slots);
  return {
    batch,
    sequence,
    inputIds: Int32Array.from({length: tokens}, (_, i) =>
      place(i) ? random.int(config.vocabSize) : 0
    ),
    attentionMask: Int32Array.from({length: tokens}, (_, i) => (place(i) ? 1 : 0)),
    tokenTypeIds: Int32Array.from({length: tokens}, () => random.int(2)),
    maskedPositions: Int32Array.from({length: slots}, () => random.int(tokens)),
    maskedLabels: Int32Array.from({length: slots}, () => random.int(config.vocabSize)),
    maskedWeights: Float32Array.from({length: slots}, (_, i) => (i < used ? 1 : 0)),
    sentenceLabels:
      config.architecture === "AlbertForPreTraining"
        ? Int32Array.from({length: batch}, () => random.int(2))
        : null
  };
}
