/** A closer look at what a model gets wrong. */
import type {AnswerDataset, Dataset, TagDataset, TextDataset} from "../../finetune/dataset.js";
import {detailsOf, truthOf, type Predictions} from "../../finetune/score.js";
import {readEntities} from "../../glue/seqeval.js";
import {scoreAnswer} from "../../glue/squad.js";
import type {ClassRow, ErrorRow, FineTuneReport} from "./protocol.js";
import type {Scored} from "./scorer.js";

/** Errors that are shown, at most, and characters of each text. */
const mostErrors = 40;
const mostCharacters = 400;
/** Scores of a regression that are drawn, at most. */
const mostScores = 1500;

/** The report of one evaluation of a data set. */
export function reportOf(
  data: Dataset,
  {predictions, losses}: Scored,
  step: number
): FineTuneReport {
  const {classification, calibration, entities} = detailsOf(data, predictions);
  const errors = errorsOf(data, predictions, losses);
  errors.sort((a, b) => b.loss - a.loss);
  return {
    step,
    classes: classification
      ? classification.classes.map(({label, ...scores}): ClassRow => ({
          name: data.labels[label]!,
          ...scores
        }))
      : Array.from(entities?.types ?? [], ([name, scores]): ClassRow => ({name, ...scores})),
    confusion: classification && {
      labels: classification.labels.map((label) => data.labels[label]!),
      counts: classification.confusion
    },
    calibration,
    scores:
      predictions.kind === "regression"
        ? truthOf(data as TextDataset)
            .map((truth, i) => ({truth, predicted: predictions.values[i]!}))
            .slice(0, mostScores)
        : null,
    errors: errors.slice(0, mostErrors),
    wrong: errors.length
  };
}

const cut = (text: string) =>
  text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;

function errorsOf(data: Dataset, predictions: Predictions, losses: readonly number[]): ErrorRow[] {
  switch (predictions.kind) {
    case "classification":
      return (data as TextDataset).examples.flatMap(({text, pair, label}, i) => {
        const guess = predictions.labels[i]!;
        if (guess === label) return [];
        return {
          text: cut(text),
          pair: pair && cut(pair),
          truth: data.labels[label!]!,
          predicted: data.labels[guess]!,
          confidence: predictions.probabilities[i]![guess]!,
          loss: losses[i]!
        };
      });
    case "regression":
      return (data as TextDataset).examples.flatMap(({text, pair, label}, i) => {
        const value = predictions.values[i]!;
        if (Math.abs(value - label!) < 1) return [];
        return {
          text: cut(text),
          pair: pair && cut(pair),
          truth: label!.toFixed(1),
          predicted: value.toFixed(1),
          confidence: null,
          loss: losses[i]!
        };
      });
    case "tags":
      return (data as TagDataset).examples.flatMap(({words, tags}, i) => {
        const guess = predictions.tags[i]!;
        if (tags.every((tag, k) => tag === guess[k])) return [];
        return {
          text: cut(words.join(" ")),
          pair: null,
          truth: entityText(words, tags),
          predicted: entityText(words, guess),
          confidence: null,
          loss: losses[i]!
        };
      });
    case "answers":
      return (data as AnswerDataset).examples.flatMap(({question, context, answers}, i) => {
        const guess = predictions.answers[i]!.text;
        const gold = answers.map(({text}) => text);
        if (scoreAnswer(guess, gold).exact === 1) return [];
        return {
          text: cut(question),
          pair: cut(context),
          truth: gold[0] ?? "no answer",
          predicted: guess === "" ? "no answer" : guess,
          confidence: null,
          loss: losses[i]!
        };
      });
  }
}

function entityText(words: readonly string[], tags: readonly string[]): string {
  const found = readEntities(tags).map(
    ({type, start, end}) => `${words.slice(start, end + 1).join(" ")} (${type})`
  );
  return found.length > 0 ? found.join(", ") : "none";
}
