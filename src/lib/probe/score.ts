/** What a probe finds, beside what it would find if there were nothing: control, majority, form. */
import {Random} from "../random.js";
import {onlineCode, type CodeLength} from "./codeLength.js";
import {probeProbabilities, trainProbe, type ProbeOptions} from "./logistic.js";

/** Rows of one task at every depth, on one side of the split. */
export interface ProbeRows {
  /** The class of each row, by name. */
  labels: readonly string[];
  /** What the control task draws the class of each row by. */
  types: readonly string[];
  /** Features by depth, each `[rows, width]`. */
  depths: readonly Float32Array[];
  width: number;
}

/** A probe at one depth. */
export interface DepthScore extends CodeLength {
  /** Share of the test rows that are right, in [0, 1]. */
  accuracy: number;
  /** The same for the control task; the difference is the selectivity. */
  control: number;
}

/** What is right without a probe. */
export interface BaselineScore {
  /** Accuracy of the most frequent class of the training rows. */
  majority: number;
  /** Accuracy of the class that a type has most often in training, else the most frequent. */
  form: number;
}

/** How probes are trained here: to the optimum that matters for accuracy, not to the last digit. */
export const pageProbe: ProbeOptions = {l2: 1, iterations: 100, gainTolerance: 1e-5};

/** Class names as numbers. */
export function classNumbers(labels: readonly string[], classes: readonly string[]): Int32Array {
  const number = new Map(classes.map((name, i) => [name, i]));
  return Int32Array.from(labels, (label) => number.get(label)!);
}

/** Accuracies that need no hidden state. */
export function baselineScore(train: ProbeRows, test: ProbeRows): BaselineScore {
  const counts = new Map<string, number>();
  const byType = new Map<string, Map<string, number>>();
  train.labels.forEach((label, i) => {
    counts.set(label, (counts.get(label) ?? 0) + 1);
    const of = byType.get(train.types[i]!) ?? new Map<string, number>();
    byType.set(train.types[i]!, of.set(label, (of.get(label) ?? 0) + 1));
  });
  const best = (table: Map<string, number>) =>
    [...table].reduce((a, b) => (b[1] > a[1] ? b : a))[0];
  const majority = best(counts);
  const forms = new Map([...byType].map(([type, table]) => [type, best(table)]));
  const right = (guess: (i: number) => string) =>
    test.labels.filter((label, i) => guess(i) === label).length / test.labels.length;
  return {
    majority: right(() => majority),
    form: right((i) => forms.get(test.types[i]!) ?? majority)
  };
}

/**
 * Classes of the control task of Hewitt and Liang: each type gets one at random, as often as the
 * task's own are, and keeps it in every row. Only a probe that learns types by heart can find them.
 *
 * @returns the classes of the training and of the test rows
 * @see Hewitt and Liang 2019, "Designing and Interpreting Probes with Control Tasks", section 2
 */
export function controlLabels(
  train: Pick<ProbeRows, "labels" | "types">,
  test: Pick<ProbeRows, "types">,
  seed: number
): {train: string[]; test: string[]} {
  const random = new Random(seed, "probes", 1);
  const drawn = new Map<string, string>();
  const classOf = (type: string) => {
    const known = drawn.get(type) ?? random.pick(train.labels);
    drawn.set(type, known);
    return known;
  };
  return {train: train.types.map(classOf), test: test.types.map(classOf)};
}

/** Accuracy of a probe trained on some rows and tested on others. */
export function probeAccuracy(
  train: {x: Float32Array; y: Int32Array},
  test: {x: Float32Array; y: Int32Array},
  width: number,
  classes: number,
  options: ProbeOptions = pageProbe
): number {
  const probe = trainProbe({...train, width, classes}, options);
  const p = probeProbabilities(probe, test.x);
  let right = 0;
  for (let i = 0; i < test.y.length; ++i) {
    let best = 0;
    for (let c = 1; c < classes; ++c) if (p[i * classes + c]! > p[i * classes + best]!) best = c;
    right += Number(best === test.y[i]);
  }
  return right / test.y.length;
}

/**
 * Everything that is measured of a task at one depth: the probe, its control and its code.
 *
 * @param seed draws the control's classes and the order in which labels are sent
 */
export function depthScore(
  train: ProbeRows,
  test: ProbeRows,
  depth: number,
  classes: readonly string[],
  seed: number
): DepthScore {
  const {width} = train;
  const K = classes.length;
  const [x, xTest] = [train.depths[depth]!, test.depths[depth]!];
  const y = classNumbers(train.labels, classes);
  const control = controlLabels(train, test, seed);
  const order = new Random(seed, "shuffle", 1).shuffle(Array.from(y.keys()));
  const shuffled = new Float32Array(x.length);
  order.forEach((from, to) =>
    shuffled.set(x.subarray(from * width, (from + 1) * width), to * width)
  );
  const sent = {x: shuffled, y: Int32Array.from(order, (i) => y[i]!), width, classes: K};
  return {
    accuracy: probeAccuracy({x, y}, {x: xTest, y: classNumbers(test.labels, classes)}, width, K),
    control: probeAccuracy(
      {x, y: classNumbers(control.train, classes)},
      {x: xTest, y: classNumbers(control.test, classes)},
      width,
      K
    ),
    ...onlineCode(sent, pageProbe)
  };
}
