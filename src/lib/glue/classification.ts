/** Precision, recall and F1 of one class; 0 where undefined. */
export interface ClassScores {
  label: number;
  precision: number;
  recall: number;
  f1: number;
  /** Examples whose true label this is. */
  support: number;
}

/** Everything that follows from a confusion matrix. */
export interface ClassificationReport {
  /** Share of right predictions; NaN without examples. */
  accuracy: number;
  /** Matthews correlation for any number of classes; 0 if either column is constant, NaN without examples. */
  mcc: number;
  /** Labels that occur as truth or prediction, ascending. */
  labels: number[];
  /** `confusion[i][j]`: examples of labels[i] predicted as labels[j]. */
  confusion: number[][];
  classes: ClassScores[];
  /** Mean F1 of the classes in `labels`. */
  macroF1: number;
  /** F1 of all decisions pooled: the accuracy, since each example has one label. */
  microF1: number;
  /** Mean F1 weighted by support. */
  weightedF1: number;
}

/**
 * Scores of predicted against true classes, as scikit-learn with zero_division = 0.
 *
 * @param truth true labels, integers
 * @param predictions predicted labels, same length
 * @throws Error if the lengths differ
 */
export function classificationReport(
  truth: ArrayLike<number>,
  predictions: ArrayLike<number>
): ClassificationReport {
  const n = checkLengths(truth, predictions);
  const labels = [...new Set([...Array.from(truth), ...Array.from(predictions)])].sort(
    (a, b) => a - b
  );
  const places = new Map(labels.map((label, i) => [label, i]));
  const confusion = labels.map(() => labels.map(() => 0));
  for (let i = 0; i < n; ++i)
    confusion[places.get(truth[i]!)!]![places.get(predictions[i]!)!]! += 1;
  const supports = confusion.map(sum);
  const predicted = labels.map((_, j) => sum(confusion.map((row) => row[j]!)));
  const classes = labels.map((label, i): ClassScores => {
    const right = confusion[i]![i]!;
    const precision = ratio(right, predicted[i]!);
    const recall = ratio(right, supports[i]!);
    const f1 = ratio(2 * right, predicted[i]! + supports[i]!);
    return {label, precision, recall, f1, support: supports[i]!};
  });
  const right = sum(confusion.map((row, i) => row[i]!));
  const accuracy = n > 0 ? right / n : NaN;
  const f1s = classes.map(({f1}) => f1);
  return {
    accuracy,
    mcc: n > 0 ? matthews(n, right, supports, predicted) : NaN,
    labels,
    confusion,
    classes,
    macroF1: n > 0 ? sum(f1s) / f1s.length : NaN,
    microF1: accuracy,
    weightedF1: n > 0 ? sum(f1s.map((f1, i) => f1 * supports[i]!)) / n : NaN
  };
}

/**
 * F1 of one class against the rest, the metric of MRPC and QQP; 0 where undefined, NaN without
 * examples.
 *
 * @param positive the class that counts; default 1
 */
export function binaryF1(
  truth: ArrayLike<number>,
  predictions: ArrayLike<number>,
  positive = 1
): number {
  const {classes} = classificationReport(truth, predictions);
  if (truth.length === 0) return NaN;
  return classes.find(({label}) => label === positive)?.f1 ?? 0;
}

/** Share of right predictions; NaN without examples. */
export function accuracy(truth: ArrayLike<number>, predictions: ArrayLike<number>): number {
  return classificationReport(truth, predictions).accuracy;
}

/**
 * Matthews correlation for any number of classes (Gorodkin 2004): `(n·c − Σ tₖpₖ)/√((n² − Σ pₖ²)(n² − Σ
 * tₖ²))`, 0 if either column is constant, NaN without examples.
 */
export function matthewsCorrelation(
  truth: ArrayLike<number>,
  predictions: ArrayLike<number>
): number {
  return classificationReport(truth, predictions).mcc;
}

function matthews(n: number, right: number, supports: number[], predicted: number[]): number {
  const covariance = n * right - sum(supports.map((t, i) => t * predicted[i]!));
  const predictedSpread = n * n - sum(predicted.map((p) => p * p));
  const trueSpread = n * n - sum(supports.map((t) => t * t));
  return ratio(covariance, Math.sqrt(predictedSpread) * Math.sqrt(trueSpread));
}

/** One bin of predictions of similar confidence. */
export interface CalibrationBin {
  /** Confidences in [from, to), the last bin with its end. */
  from: number;
  to: number;
  count: number;
  /** Mean confidence; NaN in an empty bin. */
  confidence: number;
  /** Share that was right; NaN in an empty bin. */
  accuracy: number;
}

/**
 * How far confidence is from accuracy: equal-width bins, and the expected calibration error
 * `Σ count/n · |accuracy − confidence|`.
 *
 * @param confidences probability of each predicted class, in [0, 1]
 * @param isRight whether each prediction was right, same length
 * @param bins default 10
 * @returns error NaN without examples
 */
export function calibration(
  confidences: ArrayLike<number>,
  isRight: ArrayLike<boolean>,
  bins = 10
): {bins: CalibrationBin[]; error: number} {
  const n = checkLengths(confidences, isRight);
  const counts = new Array<number>(bins).fill(0);
  const totals = new Array<number>(bins).fill(0);
  const rights = new Array<number>(bins).fill(0);
  for (let i = 0; i < n; ++i) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor(confidences[i]! * bins)));
    counts[bin]! += 1;
    totals[bin]! += confidences[i]!;
    if (isRight[i]) rights[bin]! += 1;
  }
  const error = sum(counts.map((_, i) => Math.abs(rights[i]! - totals[i]!))) / n;
  return {
    bins: counts.map((count, i) => ({
      from: i / bins,
      to: (i + 1) / bins,
      count,
      confidence: totals[i]! / count,
      accuracy: rights[i]! / count
    })),
    error: n > 0 ? error : NaN
  };
}

function ratio(numerator: number, denominator: number): number {
  return denominator === 0 ? 0 : numerator / denominator;
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** The common length of two columns. */
export function checkLengths(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  if (a.length !== b.length)
    throw new Error(`expected as many predictions as labels (${a.length}), got ${b.length}`);
  return a.length;
}
