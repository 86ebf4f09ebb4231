/** What a reader did in the lessons: kept by this browser, and given as a file. */
import * as v from "valibot";

const note = v.object({
  /** The answer that was chosen before anything was measured. */
  prediction: v.pipe(v.string(), v.maxLength(100)),
  /** The answer that the measurement supports, once it was made. */
  measured: v.nullable(v.pipe(v.string(), v.maxLength(100))),
  /** Wrong answers to the last question so far. */
  tries: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  /** ISO date of the right answer. */
  solvedAt: v.nullable(v.pipe(v.string(), v.maxLength(40)))
});

/** One lesson, as far as a reader came. */
export type LessonNote = v.InferOutput<typeof note>;

/** Where notes are kept; `localStorage` is one. */
export interface NoteStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const key = "albert-lessons";
const file = v.object({version: v.literal(1), lessons: v.record(v.string(), v.unknown())});

/** The notes on all lessons. */
export class LessonNotes {
  readonly #storage: NoteStorage | null;
  #lessons: Map<string, LessonNote>;

  /** @param storage null where the browser keeps nothing: notes then end with the page */
  constructor(storage: NoteStorage | null) {
    this.#storage = storage;
    this.#lessons = read(storage);
  }

  get(lesson: string): LessonNote | null {
    return this.#lessons.get(lesson) ?? null;
  }

  set(lesson: string, change: LessonNote): void {
    // another tab may be at another lesson
    this.#lessons = read(this.#storage, this.#lessons).set(lesson, change);
    this.#write();
  }

  forget(lesson: string): void {
    this.#lessons = read(this.#storage, this.#lessons);
    this.#lessons.delete(lesson);
    this.#write();
  }

  /** All notes as the text of a JSON file. */
  text(): string {
    return `${JSON.stringify({version: 1, lessons: Object.fromEntries(this.#lessons)}, null, 2)}\n`;
  }

  #write(): void {
    try {
      this.#storage?.setItem(key, this.text());
    } catch {
      // no room, or forbidden: the notes stay with the page
    }
  }
}

function read(
  storage: NoteStorage | null,
  absent: Map<string, LessonNote> = new Map()
): Map<string, LessonNote> {
  try {
    const text = storage?.getItem(key);
    if (text == null) return absent;
    const {lessons} = v.parse(file, JSON.parse(text));
    return new Map(
      Object.entries(lessons).filter((entry): entry is [string, LessonNote] => v.is(note, entry[1]))
    );
  } catch {
    return absent;
  }
}
