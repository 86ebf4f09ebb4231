/** The compiled ways back of what a model answers, for the self-test: gradients of its loss, part by part. */
import * as tf from "@tensorflow/tfjs-core";
import type {RowHead} from "../albert/forward.js";
import {flatInputs} from "../albert/inputs.js";
import {disposeParameters, uploadParameters, type Parameters} from "../albert/params.js";
import {lowerForward, smallestRequest} from "../albert/plan/forwardPlan.js";
import {askGradients, type DifferentiatedPass} from "../albert/plan/gradientArena.js";
import {parametersOf, smallestGradients} from "../albert/plan/gradientPlan.js";
import {rowHeadsOf} from "../albert/plan/rowHead.js";
import {selfTestBatch, selfTestConfig, selfTestParameters} from "./selfTest.js";

type Gradients = Map<string, Float32Array>;

/**
 * Gradients of the self-test's loss by the plans that differentiate answers: the encoder's and the heads'. What
 * joins them is computed here, so that a device needs no kernel but theirs.
 */
export async function gradientsOfAnswers(): Promise<Gradients> {
  const {batch, sequence, maskedPositions, sentenceLabels} = selfTestBatch;
  const {hiddenSize} = selfTestConfig;
  const params = uploadParameters(selfTestParameters());
  const sums: Gradients = new Map();
  const names = parametersOf(lowerForward(selfTestConfig, smallestRequest));
  const pass: DifferentiatedPass = {
    part: "encoder",
    params,
    given: flatInputs(selfTestBatch, selfTestConfig),
    request: {batch, sequence, capture: [], edits: new Map(), parameters: names, sites: []}
  };
  const forward = askGradients(selfTestConfig, "encoder", (arena) => arena.forward(pass))!;
  const [states, pooled] = await numbersOf(forward.values);
  const masked = new Float32Array(maskedPositions.length * hiddenSize);
  maskedPositions.forEach((at, i) =>
    masked.set(states!.subarray(at * hiddenSize, (at + 1) * hiddenSize), i * hiddenSize)
  );
  const {maskedLabels, maskedWeights} = selfTestBatch;
  const dMasked = await throughHead(
    params,
    "vocabulary",
    masked,
    {labels: maskedLabels, weights: maskedWeights},
    sums
  );
  const dPooled = await throughHead(
    params,
    "sop_classifier.classifier",
    pooled!,
    {labels: sentenceLabels!, weights: new Float32Array(batch).fill(1)},
    sums
  );
  const dStates = new Float32Array(states!.length);
  dMasked.forEach((d, i) => {
    const row = maskedPositions[Math.floor(i / hiddenSize)]!;
    dStates[row * hiddenSize + (i % hiddenSize)]! += d;
  });
  const given = [
    tf.tensor(dStates, [batch, sequence, hiddenSize]),
    tf.tensor(dPooled, [batch, hiddenSize])
  ];
  const back = askGradients(selfTestConfig, "encoder", (arena) =>
    arena.backward(pass, forward.known, given)
  )!;
  addTo(sums, names, await numbersOf(back));
  tf.dispose(given);
  disposeParameters(params);
  return sums;
}

/** Adds a head's gradients of its mean cross-entropy to the sums; gives that by its states. */
async function throughHead(
  params: Parameters,
  head: RowHead,
  rows: Float32Array,
  target: {labels: Int32Array; weights: Float32Array},
  sums: Gradients
): Promise<Float32Array> {
  const count = target.labels.length;
  const smallest = smallestGradients(selfTestConfig, "head");
  const names = parametersOf(smallest[rowHeadsOf(selfTestConfig).indexOf(head)]!);
  const states = tf.tensor(rows, [count, selfTestConfig.hiddenSize]);
  const pass: DifferentiatedPass = {
    part: "head",
    params,
    request: {head, rows: count, parameters: names, ofStates: true},
    states,
    pieces: undefined
  };
  const forward = askGradients(selfTestConfig, "head", (arena) => arena.forward(pass))!;
  const [logits] = await numbersOf(forward.values);
  const given = tf.tensor(crossEntropyGradient(logits!, target), [count, logits!.length / count]);
  const back = askGradients(selfTestConfig, "head", (arena) =>
    arena.backward(pass, forward.known, [given])
  )!;
  const derivatives = await numbersOf(back);
  const dRows = derivatives.pop()!;
  addTo(sums, names, derivatives);
  tf.dispose([given, states]);
  return dRows;
}

/** `(softmax(x) − onehot)·w/Σw` of rows of logits. */
function crossEntropyGradient(
  logits: Float32Array,
  {labels, weights}: {labels: Int32Array; weights: Float32Array}
): Float32Array {
  const classes = logits.length / labels.length;
  const total = weights.reduce((a, b) => a + b, 0);
  const gradient = new Float32Array(logits.length);
  labels.forEach((label, row) => {
    const at = row * classes;
    const exponentials = Array.from(logits.subarray(at, at + classes), Math.exp);
    const sum = exponentials.reduce((a, b) => a + b, 0);
    const share = weights[row]! / total;
    exponentials.forEach((e, c) => (gradient[at + c] = (e / sum - Number(c === label)) * share));
  });
  return gradient;
}

/** The numbers of tensors, which are given back. */
async function numbersOf(tensors: readonly tf.Tensor[]): Promise<Float32Array[]> {
  const numbers = await Promise.all(tensors.map((tensor) => tensor.data<"float32">()));
  tf.dispose([...tensors]);
  return numbers.map((values) => values.slice());
}

function addTo(
  sums: Gradients,
  names: readonly string[],
  gradients: readonly Float32Array[]
): void {
  names.forEach((name, i) => {
    const before = sums.get(name);
    sums.set(name, before ? before.map((x, j) => x + gradients[i]![j]!) : gradients[i]!);
  });
}
