const guarded = new WeakSet<HTMLButtonElement>();

/** Whether a press of the button does something now. */
export const isOffered = (button: HTMLButtonElement): boolean =>
  button.getAttribute("aria-disabled") !== "true";

/**
 * Says whether a button does something now. One that does nothing is named so for a screen reader and
 * looks so, and its presses reach no listener; it can still be reached, and keeps the focus that it has when
 * it is pressed. A disabled one would lose it, and with it the reader's place on the page.
 */
export function offer(button: HTMLButtonElement, isWanted: boolean): void {
  button.setAttribute("aria-disabled", String(!isWanted));
  if (guarded.has(button)) return;
  guarded.add(button);
  button.addEventListener(
    "click",
    (event) => {
      if (isOffered(button)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    {capture: true}
  );
}
