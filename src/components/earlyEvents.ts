/** Takes up listening: `answer` hears the event that came before it, if one did, and every later one. */
export type ListenLate<E extends Event> = (answer: (event: E) => unknown) => void;

/**
 * Keeps the last event that a view gives before the page can answer it, so that what a reader presses
 * while figures are still being drawn is done as soon as it can be, and not lost.
 *
 * @param wait told at each such event, to say so
 */
export function earlyEvents<E extends Event = Event>(
  view: EventTarget,
  type: string,
  wait: () => void = () => {}
): ListenLate<E> {
  let early: E | null = null;
  const keep = (event: Event) => {
    early = event as E;
    wait();
  };
  view.addEventListener(type, keep);
  return (answer) => {
    view.removeEventListener(type, keep);
    view.addEventListener(type, (event) => void answer(event as E));
    if (early) void answer(early);
    early = null;
  };
}
