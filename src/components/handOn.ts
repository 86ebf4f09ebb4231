const reachable =
  "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";

/** What can be reached in a part of the page, in document order, whether it is in sight or not. */
export const controlsIn = (part: ParentNode): HTMLElement[] => [
  ...part.querySelectorAll<HTMLElement>(reachable)
];

/** Whether a control can have the focus as it is now. */
export const canTakeFocus = (control: HTMLElement): boolean =>
  !control.matches(":disabled") &&
  // jsdom lays nothing out
  (control.checkVisibility?.() ?? !control.closest("[hidden]"));

/**
 * Hands the focus on from a part of the page that is about to go: to the next control after it, or to the
 * one before where none follows. Without that a reader at the keyboard would begin at the top of the page
 * again. Does nothing where the focus is elsewhere.
 */
export function handOn(going: Element): void {
  if (going.contains(document.activeElement)) focusBeside(going);
}

/** Puts the focus on the next control after a part of the page, or on the one before. */
export function focusBeside(part: Element): void {
  const others = controlsIn(document).filter((each) => !part.contains(each) && canTakeFocus(each));
  const follows = (each: Element) =>
    (part.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  (others.find(follows) ?? others.at(-1))?.focus({preventScroll: true});
}
