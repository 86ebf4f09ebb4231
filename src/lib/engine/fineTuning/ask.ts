/** The reader's own text, as an example of the task. */
import {InputError} from "../../errors.js";
import type {Dataset} from "../../finetune/dataset.js";
import type {FineTuneAnswer} from "./protocol.js";
import type {FineTuningRun} from "./run.js";

/** Words of a text with their places, punctuation apart, as CoNLL files have it. */
export function wordsOf(text: string): {text: string; start: number; end: number}[] {
  const words = text.matchAll(/[\p{L}\p{M}\p{N}_@#]+(?:['’.-][\p{L}\p{M}\p{N}_]+)*|[^\s]/gu);
  return Array.from(words, (match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length
  }));
}

/**
 * What the model says of a text of the reader's.
 *
 * @param pair the second text of a pair; for questions the context
 * @throws InputError when a text that the task needs is empty
 */
export async function askFineTuned(
  run: FineTuningRun,
  text: string,
  pair: string | null
): Promise<FineTuneAnswer> {
  const {task, labels, kind} = run.dev;
  if (text.trim() === "") throw new InputError("the text is empty (expected a sentence)");
  const base = {task, labels, name: "your text", notes: []};
  const words = wordsOf(text);
  const predictions = await run.predict(exampleOf());
  switch (predictions.kind) {
    case "classification":
      return {
        kind: predictions.kind,
        probabilities: predictions.probabilities[0]!.map((probability, i) => ({
          label: labels[i]!,
          probability
        }))
      };
    case "regression":
      return {kind: predictions.kind, value: predictions.values[0]!};
    case "tags":
      return {
        kind: predictions.kind,
        words: words.map((word, i) => ({...word, tag: predictions.tags[0]![i]!}))
      };
    case "answers":
      return {
        kind: predictions.kind,
        text: predictions.answers[0]!.text,
        start: predictions.answers[0]!.start
      };
  }

  function exampleOf(): Dataset {
    if (kind === "tags") {
      const tags = words.map(() => "O");
      return {...base, kind, examples: [{words: words.map((w) => w.text), tags, line: 0}]};
    }
    if (kind === "answers") {
      if (!pair?.trim()) throw new InputError("the context is empty (expected the second text)");
      return {...base, kind, examples: [{id: "", question: text, context: pair, answers: []}]};
    }
    const needsPair =
      run.train.kind !== "tags" &&
      run.train.kind !== "answers" &&
      run.train.examples[0]!.pair !== null;
    if (needsPair && !pair?.trim())
      throw new InputError(`${task.name} compares two texts: the second is empty`);
    return {...base, kind, examples: [{text, pair: needsPair ? pair : null, label: null, line: 0}]};
  }
}
