import type {AlbertConfig} from "../../../../src/lib/albert/config.js";
import {
  logitsShape,
  type LabelledRows
} from "../../../../src/lib/albert/objectives/labelledRows.js";
import {initParameters, type ParameterData} from "../../../../src/lib/albert/specs.js";
import {Random} from "../../../../src/lib/random.js";
import {randomBatch, randomCase} from "./cases.js";

const heads = [
  {architecture: "AlbertForSequenceClassification", labels: 3},
  {architecture: "AlbertForSequenceClassification", labels: 1},
  {architecture: "AlbertForTokenClassification", labels: 5},
  {architecture: "AlbertForQuestionAnswering", labels: 2},
  {architecture: "AlbertForTextPairs", labels: 3},
  {architecture: "AlbertForTextPairs", labels: 1}
] as const;

/** A random small model with a head, and a batch for it; some labels weigh nothing, some more. */
export function headCase(seed: number): {config: AlbertConfig; rows: LabelledRows} {
  const {config: pretraining, shape} = randomCase(seed);
  const {architecture, labels} = heads[seed % heads.length]!;
  const config: AlbertConfig = {
    ...pretraining,
    architecture,
    id2label: Array.from({length: labels}, (_, i) => `label ${i}`),
    classifierDropoutProb: seed % 3 ? 0.2 : 0
  };
  const {sequence} = shape;
  const batch = architecture === "AlbertForTextPairs" ? 2 * shape.batch : shape.batch;
  const random = new Random(seed, "shuffle");
  const {rows, classes} = logitsShape(config, batch, sequence);
  const isQuestion = architecture === "AlbertForQuestionAnswering";
  const values = Float32Array.from({length: rows}, () =>
    classes === 1 ? random.normal() : random.int(classes)
  );
  const weights = Float32Array.from({length: rows}, (_, i) =>
    isQuestion || classes === 1 ? 1 : i === 0 ? 0.5 : random.pick([0, 1, 2])
  );
  return {
    config,
    rows: {...randomBatch(pretraining, {...shape, batch}, seed), labels: values, weights}
  };
}

/** Fresh parameters, those that start at zero moved away from it. */
export function headParameters(config: AlbertConfig, seed: number): ParameterData {
  const data = initParameters(config, seed);
  const random = new Random(seed, "probes");
  for (const [name, {data: values}] of data)
    if (name === "alignment.context.weight")
      data.get(name)!.data = values.map(() => 0.3 * random.normal());
  return data;
}

/** The same rows without their last position. */
export function shortened(rows: LabelledRows, config: AlbertConfig): LabelledRows {
  const {batch, sequence} = rows;
  const cut = <A extends Int32Array | Float32Array>(values: A) =>
    values.filter((_, i) => i % sequence < sequence - 1) as A;
  const perPiece = config.architecture === "AlbertForTokenClassification";
  const isQuestion = config.architecture === "AlbertForQuestionAnswering";
  return {
    batch,
    sequence: sequence - 1,
    inputIds: cut(rows.inputIds),
    attentionMask: cut(rows.attentionMask),
    tokenTypeIds: cut(rows.tokenTypeIds),
    labels: perPiece
      ? cut(rows.labels)
      : isQuestion
        ? rows.labels.map((p) => Math.min(p, sequence - 2))
        : rows.labels,
    weights: perPiece ? cut(rows.weights) : rows.weights
  };
}
