import * as tf from "@tensorflow/tfjs-core";
import {captureSites, siteShape} from "../../../../src/lib/albert/capture.js";
import {makeConfig, type AlbertConfig, type Sharing} from "../../../../src/lib/albert/config.js";
import type {
  ForwardExecutor,
  Intervention,
  ModelInputs
} from "../../../../src/lib/albert/forward.js";
import type {ValueSource} from "../../../../src/lib/albert/plan/edits.js";
import {effectiveDepth} from "../../../../src/lib/albert/sharing.js";
import {Random} from "../../../../src/lib/random.js";

interface ForwardCase {
  config: AlbertConfig;
  inputs: ModelInputs;
  capture: string[];
  interventions: Intervention[];
}

/** A random model of any family, with inputs, sites to keep and changes to make; odd sizes. */
export function forwardCase(seed: number): ForwardCase {
  const made = caseOfRows(seed);
  if (seed % 6 === 4) return readApart(made);
  return seed % 5 === 1 ? maskedApart(made, seed) : made;
}

/** The same question with a mask for each piece that looks; some may look at nothing. */
function maskedApart({inputs, ...rest}: ForwardCase, seed: number): ForwardCase {
  const random = new Random(seed, "probes");
  const [batch, sequence] = [inputs.inputIds.length, (inputs.inputIds[0] as number[]).length];
  const attentionMask = Array.from({length: batch * sequence ** 2}, () => random.pick([1, 0]));
  return {...rest, inputs: {...inputs, attentionMask}};
}

/** The same model with the head for texts that are read apart, each row beside itself turned round; unchanged. */
function readApart({config, inputs, capture}: ForwardCase): ForwardCase {
  const twice = (rows: ModelInputs["inputIds"] | null | undefined) => {
    if (!rows) return null;
    const own = rows as number[][];
    return [...own, ...own.map((row) => row.toReversed())];
  };
  return {
    capture: capture.filter((site) => site !== "pooler"),
    interventions: [],
    config: {...config, architecture: "AlbertForTextPairs"},
    inputs: {
      inputIds: twice(inputs.inputIds)!,
      attentionMask: twice(inputs.attentionMask),
      tokenTypeIds: twice(inputs.tokenTypeIds)
    }
  };
}

function caseOfRows(seed: number): ForwardCase {
  const random = new Random(seed, "splits");
  const heads = 1 + random.int(4);
  const layers = 1 + random.int(3);
  const groups = 1 + random.int(layers);
  const sharing = random.pick<Sharing>([
    "none",
    "attention",
    "ffn",
    "all",
    {groups, inner: 1 + random.int(2)},
    {layers: Array.from({length: layers}, () => random.int(groups)).toSorted()}
  ]);
  const hiddenSize = heads * (3 + random.int(7));
  const factorisation = random.int(4) > 0;
  const positionOffset = random.pick([0, 0, 2]);
  const sequence = 1 + random.int(13);
  const batch = 1 + random.int(3);
  const pooler = random.pick(["tanh", "relu", "none"] as const);
  const config = makeConfig({
    vocabSize: 11 + random.int(23),
    embeddingSize: factorisation ? 3 + random.int(9) : hiddenSize,
    factorisation,
    hiddenSize,
    numHiddenLayers: layers,
    sharing: typeof sharing === "object" && "layers" in sharing ? dense(sharing.layers) : sharing,
    numAttentionHeads: heads,
    intermediateSize: 1 + random.int(17),
    hiddenAct: random.pick(["gelu", "gelu_new", "relu"] as const),
    hiddenDropoutProb: 0.1,
    attentionProbsDropoutProb: 0.1,
    maxPositionEmbeddings: sequence + 3 + random.int(4),
    typeVocabSize: random.pick([0, 2, 3]),
    positionOffset,
    padTokenId: positionOffset ? 1 : 0,
    initializerRange: 0.3,
    pooler,
    tieWordEmbeddings: random.int(4) > 0,
    id2label: ["a", "b", "c"].slice(random.int(2)),
    architecture: random.pick([
      "AlbertModel",
      "AlbertForMaskedLM",
      "AlbertForPreTraining",
      "AlbertForPreTraining",
      "AlbertForTokenClassification",
      "AlbertForQuestionAnswering",
      ...(pooler === "none"
        ? []
        : (["AlbertForSequenceClassification", "AlbertForMultipleChoice"] as const))
    ] as const)
  });
  const rows = <T>(of: (row: number, i: number) => T) =>
    Array.from({length: batch}, (_, row) => Array.from({length: sequence}, (_, i) => of(row, i)));
  const inputs: ModelInputs = {
    inputIds: rows(() => random.int(config.vocabSize)),
    attentionMask: random.int(3) ? rows(() => random.pick([1, 1, 0])) : null,
    tokenTypeIds: config.typeVocabSize ? rows(() => random.int(config.typeVocabSize)) : null
  };
  const sites = captureSites(config);
  const capture = sites.map(({site}) => site).filter(() => random.int(3) === 0);
  const some = (size: number) =>
    Array.from({length: size}, (_, i) => i).filter(() => random.int(2));
  const change = (): Intervention => {
    const depth = random.int(2) ? random.int(effectiveDepth(config)) : undefined;
    const site = random.pick(sites);
    const shape = siteShape(config, site, batch, sequence);
    const byHead = site.axes.length === 4;
    const numbers = (sizes: number[]) =>
      Float32Array.from({length: sizes.reduce((a, b) => a * b, 1)}, () => random.normal());
    const last = shape.slice(-1);
    const value = random.pick([
      0,
      0.7,
      {shape, data: numbers(shape)},
      {shape: last, data: numbers(last)}
    ]);
    return random.pick<() => Intervention>([
      () => ({type: "maskHeads", heads: some(heads), depth}),
      () => ({
        type: "maskAttention",
        heads: some(heads),
        from: some(sequence),
        to: some(sequence),
        depth,
        renormalise: random.int(2) === 1
      }),
      () => ({type: "add", site: site.site, value}),
      () => ({
        type: "replace",
        site: site.site,
        value,
        rows: random.int(2) ? some(batch) : undefined,
        heads: byHead && random.int(2) ? some(heads) : undefined,
        positions: site.site !== "pooler" && random.int(2) ? some(sequence) : undefined
      })
    ])();
  };
  const interventions = Array.from({length: random.int(4)}, change);
  return {config, inputs, capture, interventions};
}

/** Numbers of interventions, of which none are in a tensor. */
export const sentValues: ValueSource = {
  numbersOf: (value) =>
    typeof value === "number" || value instanceof tf.Tensor
      ? {shape: [], data: [Number(value)]}
      : value,
  onDevice: () => null
};

/** The same intervention with its value in a tensor, which belongs to the caller. */
export function inTensor(intervention: Intervention): Intervention {
  if (!("value" in intervention)) return intervention;
  const {value} = intervention;
  const {shape, data} = sentValues.numbersOf(value);
  const tensor = tf.tensor(Float32Array.from(data), [...shape]);
  return {...intervention, value: tf.keep(tensor)};
}

/** An executor, and who is told of each part whether it took it. */
export function watched(
  {encode, head}: ForwardExecutor,
  onAsked: (part: keyof ForwardExecutor, isTaken: boolean) => void
): ForwardExecutor {
  const told = <T>(part: keyof ForwardExecutor, answer: T): T => {
    onAsked(part, answer !== null);
    return answer;
  };
  return {
    encode: (...given) => told("encode", encode(...given)),
    head: (...given) => told("head", head(...given))
  };
}

/** Layer numbers without gaps, as a configuration wants them. */
function dense(layers: readonly number[]): {layers: number[]} {
  const known = [...new Set(layers)];
  return {layers: layers.map((layer) => known.indexOf(layer))};
}
