/** ASCII punctuation, which SQuAD removes; “ ” — … stay. */
const punctuation = /[!-/:-@[-`{-~]/g;
/** Articles between characters that are not part of a word in any script, as Python's `\b`. */
const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** What Python's `str.split()` splits at: other than `\s`, with U+001C–1F and U+0085, without U+FEFF. */
// eslint-disable-next-line no-control-regex
const space = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/**
 * SQuAD's normalisation of an answer: lower case, no ASCII punctuation, no articles, single spaces.
 *
 * Example: `"  A  dog,  the cat! "` → `"dog cat"`; `"(a)"` → `""`.
 *
 * @see evaluate-v2.0.py, normalize_answer
 */
export function normalizeAnswer(text: string): string {
  return words(text).join(" ");
}

function words(text: string): string[] {
  return text
    .toLowerCase()
    .replace(punctuation, "")
    .replace(articles, " ")
    .split(space)
    .filter((word) => word !== "");
}

/** Exact match (0 or 1) and F1 in [0, 1] of a prediction. */
export interface AnswerScore {
  exact: number;
  f1: number;
}

/** SQuAD's versions differ where nothing is left after normalisation: v1.1 gives F1 0 there. */
export type SquadVersion = "1.1" | "2.0";

/**
 * The best exact match and F1 of a prediction over all gold answers. In version 2.0 gold answers that
 * normalise to nothing are dropped unless all do, and no gold answer means that "" is right.
 */
export function scoreAnswer(
  prediction: string,
  gold: readonly string[],
  version: SquadVersion = "2.0"
): AnswerScore {
  let answers = gold;
  if (version === "2.0") {
    answers = gold.filter((answer) => words(answer).length > 0);
    if (answers.length === 0) answers = [""];
  }
  const predicted = words(prediction);
  let exact = 0;
  let f1 = 0;
  for (const answer of answers) {
    const expected = words(answer);
    if (predicted.join(" ") === expected.join(" ")) exact = 1;
    f1 = Math.max(f1, bagF1(predicted, expected, version));
  }
  return {exact, f1};
}

/** F1 of two bags of words. */
function bagF1(predicted: string[], expected: string[], version: SquadVersion): number {
  if (version === "2.0" && (predicted.length === 0 || expected.length === 0))
    return predicted.length === expected.length ? 1 : 0;
  const left = new Map<string, number>();
  for (const word of expected) left.set(word, (left.get(word) ?? 0) + 1);
  let same = 0;
  for (const word of predicted) {
    const count = left.get(word) ?? 0;
    if (count > 0) {
      ++same;
      left.set(word, count - 1);
    }
  }
  if (same === 0) return 0;
  const precision = same / predicted.length;
  const recall = same / expected.length;
  return (2 * precision * recall) / (precision + recall);
}

/** One question with its gold answers (none: unanswerable) and what was predicted. */
export interface SquadItem {
  gold: readonly string[];
  /** "" predicts that there is no answer. */
  prediction: string;
  /** Probability, or any score, of there being no answer; default 0. */
  noAnswer?: number;
}

/** Mean exact match and F1 in percent of some questions. */
export interface SquadPart {
  exact: number;
  f1: number;
  total: number;
}

/** SQuAD 2.0's evaluation; percentages in [0, 100]. */
export interface SquadReport extends SquadPart {
  /** Questions that have an answer; null where there are none. */
  hasAnswer: SquadPart | null;
  /** Questions that have none; null where there are none. */
  noAnswer: SquadPart | null;
  /** The best scores that any threshold on `noAnswer` would give, and those thresholds. */
  bestExact: number;
  bestExactThreshold: number;
  bestF1: number;
  bestF1Threshold: number;
}

/**
 * Evaluates a set as SQuAD 2.0's script does. A question whose `noAnswer` exceeds the threshold counts
 * as predicted "".
 *
 * @param threshold default 1
 * @returns NaN scores for an empty set
 * @see evaluate-v2.0.py
 */
export function evaluateSquad(items: readonly SquadItem[], threshold = 1): SquadReport {
  const raw = items.map(({prediction, gold}) => scoreAnswer(prediction, gold));
  const applied = raw.map((score, i) => {
    const {gold, noAnswer = 0} = items[i]!;
    if (noAnswer <= threshold) return score;
    const right = gold.length === 0 ? 1 : 0;
    return {exact: right, f1: right};
  });
  const part = (isIn: (item: SquadItem) => boolean): SquadPart | null => {
    const scores = applied.filter((_, i) => isIn(items[i]!));
    return scores.length > 0 ? meanScores(scores) : null;
  };
  const exact = bestThreshold(
    items,
    raw.map((score) => score.exact)
  );
  const f1 = bestThreshold(
    items,
    raw.map((score) => score.f1)
  );
  return {
    ...meanScores(applied),
    hasAnswer: part(({gold}) => gold.length > 0),
    noAnswer: part(({gold}) => gold.length === 0),
    bestExact: exact.score,
    bestExactThreshold: exact.threshold,
    bestF1: f1.score,
    bestF1Threshold: f1.threshold
  };
}

function meanScores(scores: AnswerScore[]): SquadPart {
  const percent = (key: keyof AnswerScore) =>
    (100 * scores.reduce((sum, score) => sum + score[key], 0)) / scores.length;
  return {exact: percent("exact"), f1: percent("f1"), total: scores.length};
}

/** Moves the threshold up through the questions, from "none has an answer" on. */
function bestThreshold(items: readonly SquadItem[], scores: number[]) {
  const noAnswer = (i: number) => items[i]!.noAnswer ?? 0;
  const order = items.map((_, i) => i).sort((a, b) => noAnswer(a) - noAnswer(b));
  let current = items.filter(({gold}) => gold.length === 0).length;
  let best = current;
  let threshold = 0;
  for (const i of order) {
    const {gold, prediction} = items[i]!;
    if (gold.length > 0) current += scores[i]!;
    else if (prediction !== "") current -= 1;
    if (current > best) {
      best = current;
      threshold = noAnswer(i);
    }
  }
  return {score: (100 * best) / items.length, threshold};
}
