/** Framework's own bound, from which the list of pages stands beside the text unless it was closed. */
const wide = "(min-width: calc(640px + 6rem + 272px))";

/**
 * Lets the button of the list of pages do what Framework's tick box does, which a style sheet needs
 * beside that list, outside of any landmark, and which says "mixed" until it was pressed. The box stays,
 * hidden; the button says whether the list is open, and takes the box's keys: Escape, Alt B or ⌘ B.
 */
export function pagesButton(): void {
  const button = document.querySelector<HTMLButtonElement>("#site-pages");
  const box = document.querySelector<HTMLInputElement>("#observablehq-sidebar-toggle");
  if (!button || !box) return;
  const width = matchMedia(wide);
  const isOpen = () => (box.indeterminate ? width.matches : box.checked);
  const say = () => button.setAttribute("aria-expanded", String(isOpen()));
  button.addEventListener("click", () => box.click());
  button.addEventListener("keydown", (event) => {
    const closes = event.code === "Escape" && isOpen() && !width.matches;
    const toggles = event.code === "KeyB" && (event.altKey || event.metaKey) && !event.ctrlKey;
    if (!closes && !toggles) return;
    event.preventDefault();
    box.click();
  });
  // Framework decides in its own handler of the click what the box then holds
  box.addEventListener("change", say);
  width.addEventListener("change", say);
  say();
}
