import {InputError} from "../errors.js";
import {readJson} from "../json.js";
import type {AnswerDataset, AnswerExample} from "./dataset.js";
import {jsonRows} from "./jsonRows.js";
import type {FineTuneTask} from "./tasks.js";

/**
 * A SQuAD file of version 1.1 or 2.0, or its questions as rows with their context, as Hugging Face's
 * datasets library writes them: JSON lines or a list. `answer_start` counts code points, as Python does; an
 * answer that stands elsewhere in its context is moved to the nearest place, which a note counts.
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
  const questions = new Questions(file, unlabelled);
  if (isRows(text, file)) {
    let context: Context | null = null;
    for (const {members, where} of jsonRows(text, file)) {
      const row = Object.fromEntries(members); // defines, so that a key __proto__ is only a key
      const written = string(row, "context", where);
      if (context?.text !== written) context = contextOf(written);
      questions.add(row, context, where, answersOfRow(row, where), true);
    }
  } else
    list(readJson(text, file), "data", file).forEach((article, a) =>
      list(article, "paragraphs", `${file}: data[${a}]`).forEach((paragraph, p) => {
        const where = `${file}: data[${a}].paragraphs[${p}]`;
        const context = contextOf(string(paragraph, "context", where));
        list(paragraph, "qas", where).forEach((qa, q) =>
          questions.add(qa, context, `${where}.qas[${q}]`, member(qa, "answers"), false)
        );
      })
    );
  const {examples, open} = questions;
  if (examples.length === 0) throw new InputError(`${file}: no questions`);
  const isUnlabelled = open > 0 && {isUnlabelled: true};
  return {
    ...{task, name: file, kind: "answers", examples, labels: ["start", "end"]},
    notes: questions.notes(),
    ...isUnlabelled
  };
}

/** Whether a text holds rows rather than articles: lines of objects, a list, or one object with a context. */
function isRows(text: string, file: string): boolean {
  if (/\.(?:jsonl|ndjson)$/i.test(file) || text.trimStart().startsWith("[")) return true;
  const end = text.indexOf("\n");
  const [first, rest] = end < 0 ? [text, ""] : [text.slice(0, end), text.slice(end + 1)];
  if (!/^\s*\{/.test(first) || !/\}\s*$/.test(first)) return false;
  if (/^\s*\{/.test(rest)) return true;
  return rest.trim() === "" && /"context"\s*:/.test(first) && !/"data"\s*:/.test(first);
}

/** A context with the places of its code points. */
interface Context {
  text: string;
  /** UTF-16 index of a code point, or its length for one behind the end. */
  at: (codePoint: number) => number;
}

function contextOf(text: string): Context {
  // without surrogates, code points are UTF-16 units
  const places = /[\ud800-\udbff]/.test(text) ? codePointPlaces(text) : null;
  return {text, at: (i) => Math.min(text.length, places ? (places[i] ?? text.length) : i)};
}

/** Questions of a file as they are found. */
class Questions {
  readonly examples: AnswerExample[] = [];
  /** Questions without a word on their answers. */
  open = 0;
  readonly #ids = new Set<string>();
  readonly #file: string;
  readonly #unlabelled: boolean;
  #moved = 0;

  constructor(file: string, unlabelled: boolean) {
    this.#file = file;
    this.#unlabelled = unlabelled;
  }

  /** @param isRow whether an empty list of answers says that there is none, as in rows */
  add(qa: unknown, context: Context, where: string, given: unknown, isRow: boolean): void {
    const id = string(qa, "id", where);
    const at = `${this.#file}: question ${id}`;
    if (this.#ids.has(id)) throw new InputError(`${at}: two questions have this id`);
    this.#ids.add(id);
    const isSaid =
      typeof member(qa, "is_impossible") === "boolean" ||
      (Array.isArray(given) && given.length > 0);
    const isOpen = this.#unlabelled && !isSaid;
    if (isOpen) this.open += 1;
    const isEmptyRow = isRow && Array.isArray(given) && given.length === 0;
    const isImpossible = isOpen || member(qa, "is_impossible") === true || isEmptyRow;
    const answers = isImpossible ? [] : asList(given, "answers", at);
    if (!isImpossible && answers.length === 0)
      throw new InputError(`${at}: no answers (expected one, or is_impossible: true)`);
    const places = answers.map((answer) => {
      const found = place(answer, context, at);
      if (found.isMoved) this.#moved += 1;
      return {text: found.text, start: found.start};
    });
    const question = string(qa, "question", at);
    this.examples.push({id, context: context.text, question, answers: places});
  }

  notes(): string[] {
    if (this.#moved === 0) return [];
    const answers = this.#moved === 1 ? "answer does" : "answers do";
    return [`${this.#moved} ${answers} not stand at answer_start: moved to the nearest place`];
  }
}

/** The answers of a row, a list of each of their members, as a list of answers. */
function answersOfRow(row: unknown, where: string): unknown {
  const answers = member(row, "answers");
  if (typeof answers !== "object" || answers === null || Array.isArray(answers)) return answers;
  const starts = list(answers, "answer_start", `${where}: answers`);
  const texts = list(answers, "text", `${where}: answers`);
  if (texts.length !== starts.length)
    throw new InputError(
      `${where}: answers: ${texts.length} of text, ${starts.length} of answer_start (expected as many)`
    );
  return texts.map((text, i) => ({text, answer_start: starts[i]}));
}

function place(
  answer: unknown,
  context: Context,
  where: string
): {text: string; start: number; isMoved: boolean} {
  const text = string(answer, "text", `${where}: answers`);
  const given = member(answer, "answer_start");
  if (typeof given !== "number" || !Number.isInteger(given) || given < 0)
    throw new InputError(`${where}: answer_start is no whole number of at least 0`);
  const start = context.at(given);
  if (text !== "" && context.text.startsWith(text, start)) return {text, start, isMoved: false};
  const after = context.text.indexOf(text, start);
  const before = context.text.lastIndexOf(text, start);
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

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function list(value: unknown, key: string, where: string): unknown[] {
  return asList(member(value, key), key, where);
}

function asList(value: unknown, key: string, where: string): unknown[] {
  if (!Array.isArray(value)) throw new InputError(`${where}: expected a list '${key}'`);
  return value;
}

function string(value: unknown, key: string, where: string): string {
  const found = member(value, key);
  if (typeof found === "string") return found;
  if (key === "id" && typeof found === "number") return String(found);
  throw new InputError(`${where}: expected a text '${key}'`);
}
