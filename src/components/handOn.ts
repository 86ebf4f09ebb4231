const reachable =
  "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";

/**
 * Hands the focus on from a part of the page that is about to go: to the next control after it, or to the
 * one before where none follows. Without that a reader at the keyboard would begin at the top of the page
 * again. Does nothing where the focus is elsewhere.
 */
export function handOn(going: Element): void {
  if (!going.contains(document.activeElement)) return;
  const others = [...document.querySelectorAll<HTMLElement>(reachable)].filter(
    (each) =>
      !going.contains(each) &&
      !each.matches(":disabled") &&
      // jsdom lays nothing out
      (each.checkVisibility?.() ?? !each.closest("[hidden]"))
  );
  const follows = (each: Element) =>
    (going.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  (others.find(follows) ?? others.at(-1))?.focus({preventScroll: true});
}
