/** Signs that somebody is there, not only a page that was opened. */
const signs = ["pointermove", "pointerdown", "touchstart", "keydown", "wheel"] as const;

/**
 * Calls back once, when the reader first points, touches, types or scrolls, unless the view is hidden
 * then. Opening a page is no contact: a link starts nothing by itself.
 *
 * @param view that the contact is for
 * @returns the way to wait no longer
 */
export function onFirstContact(view: HTMLElement, then: () => void): () => void {
  const contact = () => {
    stop();
    if (view.checkVisibility?.() ?? true) then();
  };
  const stop = () => {
    for (const sign of signs) removeEventListener(sign, contact, true);
  };
  for (const sign of signs) addEventListener(sign, contact, {capture: true, passive: true});
  return stop;
}
