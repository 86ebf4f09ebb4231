/** Tasks in the generated language, whose truth is known: a data set of each without any file. */
import {
  acceptabilityExamples,
  entailmentExamples,
  generateCorpus,
  nerExamples,
  paraphraseExamples,
  questionExamples,
  sentenceText,
  sentimentExamples
} from "../corpus/index.js";
import type {ExampleOptions} from "../corpus/index.js";
import {InputError} from "../errors.js";
import {clozeQuestions} from "./clozeQuestions.js";
import type {Dataset, TextExample} from "./dataset.js";
import {overlapPairs} from "./overlapPairs.js";
import {fineTuneTask, generatedTasks} from "./tasks.js";

const text = (sentence: string, pair: string | null, label: number): TextExample => ({
  text: sentence,
  pair,
  label,
  line: 0
});

const generators: Record<string, (options: ExampleOptions) => TextExample[]> = {
  cola: (options) =>
    acceptabilityExamples(options).map(({sentence, label}) => text(sentence, null, label)),
  sst2: (options) =>
    sentimentExamples(options).map(({sentence, label}) => text(sentence, null, label)),
  mrpc: (options) =>
    paraphraseExamples(options).map(({sentence1, sentence2, label}) =>
      text(sentence1, sentence2, label)
    ),
  mnli: (options) =>
    entailmentExamples(options).map(({premise, hypothesis, label}) =>
      text(premise, hypothesis, ["entailment", "neutral", "contradiction"].indexOf(label))
    )
};

export {generatedTasks};

/**
 * Rows of a task in the generated language. Row i does not depend on how many there are.
 *
 * @param sentences what pairs of similarity and SQuAD 1.1's questions are made of, in place of the grammar's
 * @throws InputError for a task that the grammar does not write, or sentences too short to ask about
 */
export function generatedDataset(
  id: string,
  options: ExampleOptions,
  sentences?: readonly string[]
): Dataset {
  const task = fineTuneTask(id);
  const name = `generated, seed ${options.seed}`;
  const make = generators[task.id];
  if (make)
    return {
      task,
      name,
      notes: [],
      kind: "classification",
      examples: make(options),
      labels: [...task.classes!]
    };
  if (task.id === "stsb")
    return {
      task,
      name: `pairs by word overlap, seed ${options.seed}`,
      notes: [],
      kind: "regression",
      examples: overlapPairs(sentences ?? grammarSentences(), options),
      labels: ["score"]
    };
  if (task.id === "ner")
    return {
      task,
      name,
      notes: [],
      kind: "tags",
      examples: nerExamples(options).map(({words, tags}) => ({words, tags, line: 0})),
      labels: ["O", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-PER", "I-PER"]
    };
  if (task.id === "squad" && sentences) {
    const examples = clozeQuestions(sentences, options);
    if (examples.length === 0)
      throw new InputError("no text to ask about (expected sentences of 5 to 30 words)");
    const made = `questions made of text, seed ${options.seed}`;
    return {task, name: made, notes: [], kind: "answers", examples, labels: ["start", "end"]};
  }
  if (task.kind === "answers") {
    const impossible = task.id === "squad2" ? 1 / 3 : 0;
    const examples = questionExamples({...options, impossible}).map(
      ({id: key, context, question, answer}) => ({
        id: key,
        context,
        question,
        answers: answer ? [answer] : []
      })
    );
    return {task, name, notes: [], kind: "answers", examples, labels: ["start", "end"]};
  }
  throw new InputError(
    `${task.id}: the grammar does not write it (expected one of ${generatedTasks.join(", ")}, or a file)`
  );
}

/** Sentences that pairs are made of where none are given. */
const grammarSentences = () => generateCorpus({documents: 300, seed: 1}).documents.flat();

/** Training and dev rows of different seeds: none of one is in the other, but by chance. */
export function generatedSplit(
  id: string,
  {train, dev, seed}: {train: number; dev: number; seed: number},
  sentences?: readonly string[]
): {train: Dataset; dev: Dataset} {
  return {
    train: generatedDataset(id, {n: train, seed}, sentences),
    dev: generatedDataset(id, {n: dev, seed: (seed + 1_000_000) % 2 ** 32}, sentences)
  };
}

/** Some texts of a task that no generated training set of a page holds, to ask a model about. */
export function exampleTexts(id: string): {text: string; pair: string | null}[] {
  if (!generatedTasks.includes(id)) return [];
  const data = generatedDataset(id, {n: 6, seed: 2_000_000_000});
  switch (data.kind) {
    case "tags":
      return data.examples.map(({words}) => ({text: sentenceText(words), pair: null}));
    case "answers":
      return data.examples.map(({question, context}) => ({text: question, pair: context}));
    default:
      return data.examples.map(({text, pair}) => ({text, pair}));
  }
}
