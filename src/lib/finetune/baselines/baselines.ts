/** What any model is measured against: guesses that need no network, from the same files. */
import type {AnswerDataset, Dataset, TagDataset, TextDataset, TextExample} from "../dataset.js";
import {indexOfMax, scoreOf, truthOf, type Predictions} from "../score.js";
import {splitDataset} from "../split.js";
import {lowerWords} from "../words.js";
import {logisticProbabilities, trainLogistic, type SparseRow} from "./logistic.js";

/** A baseline's score on the dev rows. */
export interface BaselineScore {
  name: string;
  /** How it guesses, in a sentence. */
  how: string;
  metrics: Record<string, number>;
  /** The task's watched metric. */
  score: number;
}

/**
 * The baselines of a task, fitted on train and scored on dev: the majority class and a bag of words
 * for classes; the mean and word overlap for scores; the most frequent tag of a word; the sentence
 * that shares most words with the question, and where questions may have none, no answer.
 */
export function baselinesOf(train: Dataset, dev: Dataset): BaselineScore[] {
  const scored = (name: string, how: string, predictions: Predictions): BaselineScore => {
    const {metrics, score} = scoreOf(dev, predictions, NaN);
    return {name, how, metrics, score};
  };
  switch (train.kind) {
    case "classification": {
      const data = dev as TextDataset;
      const majority = majorityClass(train);
      return [
        scored(
          "majority class",
          `always '${train.labels[majority]}', the most frequent class of the training rows`,
          asClasses(data, () => majority)
        ),
        scored(
          "bag of words",
          "logistic regression on word counts, fitted on the same rows, its penalty chosen on a fifth of them",
          bagOfWords(train, data)
        )
      ];
    }
    case "regression":
      return [
        scored(
          "word overlap",
          "words in common over words in all, of the two texts (Jaccard)",
          wordOverlap(dev as TextDataset)
        )
      ];
    case "tags":
      return [
        scored(
          "most frequent tag of a word",
          "the tag a word had most often in the training rows, O for unseen ones",
          frequentTags(train, dev as TagDataset)
        )
      ];
    case "answers":
      return [
        ...(train.task.id === "squad2"
          ? [scored("no answer", "says of every question that it has no answer", noAnswers(dev))]
          : []),
        scored(
          "most similar sentence",
          "the sentence of the context that shares most words with the question",
          similarSentences(dev as AnswerDataset)
        )
      ];
  }
}

function majorityClass(train: TextDataset): number {
  const counts = train.labels.map(() => 0);
  for (const label of truthOf(train)) counts[label]! += 1;
  return indexOfMax(counts);
}

function asClasses(
  {examples, labels}: TextDataset,
  guess: (example: TextExample) => number
): Predictions {
  const guesses = examples.map(guess);
  return {
    kind: "classification",
    labels: guesses,
    probabilities: guesses.map((label) => labels.map((_, i) => Number(i === label)))
  };
}

/** Strengths of the penalty that are tried, and training rows that the trial uses, at most. */
const penalties = [1, 3, 10];
const mostTrialRows = 20_000;
/** Fewer rows are too few to choose by. */
const fewestTrialRows = 50;

/** The penalty is chosen on a fifth of the training rows; then all of them are fitted. */
function bagOfWords(train: TextDataset, dev: TextDataset): Predictions {
  if (train.examples.length < fewestTrialRows)
    return asPredictions(wordProbabilities(train, dev, 1));
  const trial = {...train, examples: train.examples.slice(0, mostTrialRows)};
  const {train: fitted, dev: held} = splitDataset(trial, 0.2, 1) as Record<
    "train" | "dev",
    TextDataset
  >;
  const truth = truthOf(held);
  const right = penalties.map((l2) => {
    const guesses = wordProbabilities(fitted, held, l2).map(indexOfMax);
    return guesses.filter((guess, i) => guess === truth[i]).length;
  });
  return asPredictions(wordProbabilities(train, dev, penalties[indexOfMax(right)]!));
}

function asPredictions(probabilities: number[][]): Predictions {
  return {kind: "classification", probabilities, labels: probabilities.map(indexOfMax)};
}

function wordProbabilities(train: TextDataset, dev: TextDataset, l2: number): number[][] {
  const places = new Map<string, number>();
  const rows = train.examples.map((example) => countWords(example, places, true));
  const size = {classes: train.labels.length, features: places.size, l2};
  const model = trainLogistic(rows, truthOf(train), size);
  return dev.examples.map((example) =>
    Array.from(logisticProbabilities(model, countWords(example, places, false)))
  );
}

/** Counts of a text's words; of a pair's words by where they are: first, second, both. */
function countWords(
  {text, pair}: TextExample,
  places: Map<string, number>,
  isTraining: boolean
): SparseRow {
  const counts = new Map<number, number>();
  const count = (feature: string) => {
    if (isTraining && !places.has(feature)) places.set(feature, places.size);
    const place = places.get(feature);
    if (place !== undefined) counts.set(place, (counts.get(place) ?? 0) + 1);
  };
  const first = lowerWords(text);
  if (pair === null) first.forEach((word) => count(word));
  else {
    const second = lowerWords(pair);
    const [a, b] = [new Set(first), new Set(second)];
    for (const word of a) count(`${b.has(word) ? "both" : "first"} ${word}`);
    for (const word of b) if (!a.has(word)) count(`second ${word}`);
    // Which share of the words is common says more of a pair than any one word.
    for (let share = 0.1; share <= overlap(first, second); share += 0.1)
      count(`overlap ${share.toFixed(1)}`);
  }
  return {indices: Int32Array.from(counts.keys()), values: Float64Array.from(counts.values())};
}

/** Words in common over words in all; 1 for two texts without words. */
export function overlap(first: readonly string[], second: readonly string[]): number {
  const [a, b] = [new Set(first), new Set(second)];
  const common = [...a].filter((word) => b.has(word)).length;
  const all = a.size + b.size - common;
  return all === 0 ? 1 : common / all;
}

function wordOverlap({examples}: TextDataset): Predictions {
  return {
    kind: "regression",
    values: examples.map(({text, pair}) => 5 * overlap(lowerWords(text), lowerWords(pair ?? "")))
  };
}

function frequentTags(train: TagDataset, dev: TagDataset): Predictions {
  const counts = new Map<string, Map<string, number>>();
  for (const {words, tags} of train.examples)
    words.forEach((word, i) => {
      if (!counts.has(word)) counts.set(word, new Map());
      const own = counts.get(word)!;
      own.set(tags[i]!, (own.get(tags[i]!) ?? 0) + 1);
    });
  const best = new Map(
    Array.from(counts, ([word, own]) => [word, [...own].reduce((a, b) => (b[1] > a[1] ? b : a))[0]])
  );
  return {
    kind: "tags",
    tags: dev.examples.map(({words}) => words.map((word) => best.get(word) ?? "O"))
  };
}

function noAnswers({examples}: Dataset): Predictions {
  return {kind: "answers", answers: examples.map(() => ({text: "", start: -1, noAnswer: 0}))};
}

function similarSentences({examples}: AnswerDataset): Predictions {
  return {
    kind: "answers",
    answers: examples.map(({context, question}) => {
      const asked = new Set(lowerWords(question));
      let best = {text: "", start: -1, shared: -1};
      for (const match of context.matchAll(/[^.!?。！？]+[.!?。！？]*/gu)) {
        const shared = new Set(lowerWords(match[0]).filter((word) => asked.has(word))).size;
        if (shared > best.shared) best = {text: match[0].trim(), start: match.index, shared};
      }
      return {text: best.text, start: best.start, noAnswer: 0};
    })
  };
}
