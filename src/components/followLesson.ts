import type {LessonState} from "../lib/lessons/desk.js";
import type {LessonAct, LessonView} from "./lessonView.js";

/** What leads a lesson: `LessonDesk`, or anything that can do the same. */
export interface LessonLeader<Result, Answer> {
  subscribe(subscriber: (state: LessonState<Result>) => void): () => void;
  predict(prediction: string): void;
  run(): Promise<void>;
  stop(): void;
  check(answer: Answer): Promise<void>;
  restart(): void;
}

/**
 * Passes on what a reader does in a lesson, and shows how it stands.
 *
 * @returns the way to stop
 */
export function followLesson<Result, Answer>(
  desk: LessonLeader<Result, Answer>,
  view: LessonView<Result, Answer>
): () => void {
  const act = (wish: LessonAct<Answer>) => {
    switch (wish.kind) {
      case "predict":
        return desk.predict(wish.prediction);
      case "run":
        return void desk.run();
      case "stop":
        return desk.stop();
      case "check":
        return void desk.check(wish.answer);
      case "restart":
        return desk.restart();
    }
  };
  view.addEventListener("input", () => view.value && act(view.value));
  return desk.subscribe((state) => view.update(state));
}
