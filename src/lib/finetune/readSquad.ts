import {errorMessage, InputError} from "../errors.js";
import type {AnswerDataset, AnswerExample} from "./dataset.js";
import type {FineTuneTask} from "./tasks.js";

/**
 * A SQuAD file of version 1.1 or 2.0. `answer_start` counts code points, as Python does; an answer
 * that stands elsewhere in its context is moved to the nearest place, which a note counts.
 *
 * @param unlabelled whether questions may be without `answers`, as in a test set
 * @throws InputError naming the question, for an answer that is not in the context, a question
 *   without answers that is not marked impossible, or two questions of one id
 */
export function readSquad(
  text: string,
  file: string,
  task: FineTuneTask,
  unlabelled = false
): AnswerDataset {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file}: not valid JSON (${errorMessage(error)})`);
  }
  const examples: AnswerExample[] = [];
  const ids = new Set<string>();
  let moved = 0;
  let open = 0;
  list(json, "data", file).forEach((article, a) =>
    list(article, "paragraphs", `${file}: data[${a}]`).forEach((paragraph, p) => {
      const where = `${file}: data[${a}].paragraphs[${p}]`;
      const context = string(paragraph, "context", where);
      const units = codePointPlaces(context);
      list(paragraph, "qas", where).forEach((qa, q) => {
        const id = string(qa, "id", `${where}.qas[${q}]`);
        const at = `${file}: question ${id}`;
        if (ids.has(id)) throw new InputError(`${at}: two questions have this id`);
        ids.add(id);
        const isOpen = unlabelled && !hasAnswers(qa);
        if (isOpen) open += 1;
        const isImpossible = isOpen || member(qa, "is_impossible") === true;
        const answers = isImpossible ? [] : list(qa, "answers", at);
        if (!isImpossible && answers.length === 0)
          throw new InputError(`${at}: no answers (expected one, or is_impossible: true)`);
        const places = answers.map((answer) => {
          const found = place(answer, context, units, at);
          if (found.isMoved) moved += 1;
          return {text: found.text, start: found.start};
        });
        examples.push({id, context, question: string(qa, "question", at), answers: places});
      });
    })
  );
  if (examples.length === 0) throw new InputError(`${file}: no questions`);
  const notes: string[] = [];
  if (moved > 0)
    notes.push(
      `${moved} ${moved === 1 ? "answer does" : "answers do"} not stand at answer_start: moved to the nearest place`
    );
  const isUnlabelled = open > 0 && {isUnlabelled: true};
  return {
    ...{task, name: file, kind: "answers", examples, labels: ["start", "end"], notes},
    ...isUnlabelled
  };
}

function place(
  answer: unknown,
  context: string,
  units: readonly number[],
  where: string
): {text: string; start: number; isMoved: boolean} {
  const text = string(answer, "text", `${where}: answers`);
  const given = member(answer, "answer_start");
  if (typeof given !== "number" || !Number.isInteger(given) || given < 0)
    throw new InputError(`${where}: answer_start is no whole number of at least 0`);
  const start = units[given] ?? context.length;
  if (text !== "" && context.startsWith(text, start)) return {text, start, isMoved: false};
  const after = context.indexOf(text, start);
  const before = context.lastIndexOf(text, start);
  if (text === "" || (after < 0 && before < 0))
    throw new InputError(
      `${where}: the answer '${text.slice(0, 40)}' is not in its context (answer_start ${given})`
    );
  const isBefore = after < 0 || (before >= 0 && start - before <= after - start);
  return {text, start: isBefore ? before : after, isMoved: true};
}

/** UTF-16 index of each code point of a text, and of its end. */
export function codePointPlaces(text: string): number[] {
  const places: number[] = [];
  for (let i = 0; i < text.length; i += text.codePointAt(i)! > 0xffff ? 2 : 1) places.push(i);
  places.push(text.length);
  return places;
}

/** Whether a question says its answers, or that it has none. */
function hasAnswers(qa: unknown): boolean {
  const answers = member(qa, "answers");
  return (
    typeof member(qa, "is_impossible") === "boolean" ||
    (Array.isArray(answers) && answers.length > 0)
  );
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function list(value: unknown, key: string, where: string): unknown[] {
  const found = member(value, key);
  if (!Array.isArray(found)) throw new InputError(`${where}: expected a list '${key}'`);
  return found;
}

function string(value: unknown, key: string, where: string): string {
  const found = member(value, key);
  if (typeof found === "string") return found;
  if (key === "id" && typeof found === "number") return String(found);
  throw new InputError(`${where}: expected a text '${key}'`);
}
