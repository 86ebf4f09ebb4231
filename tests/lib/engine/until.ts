import type {Watched} from "../../../src/lib/watched.js";

/** Waits for a state of a session or a queue that passes. */
export function until<State extends object>(
  watched: Watched<State>,
  passes: (state: State) => boolean
): Promise<State> {
  return new Promise((resolve) => {
    const stop = watched.subscribe((state) => {
      if (!passes(state)) return;
      // `subscribe` tells at once, before it gives the way to stop
      queueMicrotask(() => stop());
      resolve(state);
    });
  });
}
