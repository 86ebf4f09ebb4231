/** What a reader has set in the frame of a figure. */
interface Kept {
  /** The table stands in place of the picture. */
  isTable: boolean;
  /** The menu is open. */
  isOpen: boolean;
  /** Which control of the frame holds the focus, in document order; −1 where none does. */
  focus: number;
  /** What was said of the last thing saved. */
  said: string[];
}

const controls = ".obs-toggle, .obs-menu summary, .obs-menu button";
const words = ":scope > :is(.obs-error, .obs-said)";

function figuresIn(nodes: NodeList): HTMLElement[] {
  const elements = [...nodes].filter((node) => node instanceof HTMLElement);
  const selector = "figure.obs-figure[data-name]";
  return elements.flatMap((node) =>
    node.matches(selector) ? [node] : [...node.querySelectorAll<HTMLElement>(selector)]
  );
}

/**
 * Keeps what a reader has set in a figure's frame when the page draws the figure anew, as for another
 * width or new results: the open menu, the focus in it, the table in place of the picture. The new
 * figure is known by its name. An open menu waits for it until the reader turns to something else.
 *
 * @returns the way to stop
 */
export function keepFigures(root: HTMLElement): () => void {
  const kept = new Map<string, Kept>();
  let focused: Element | null = null;

  function keep(figure: HTMLElement): void {
    const found = [...figure.querySelectorAll(controls)];
    const menu = figure.querySelector<HTMLDetailsElement>(".obs-menu");
    kept.set(figure.dataset.name!, {
      isTable: figure.querySelector(".obs-toggle")?.getAttribute("aria-pressed") === "true",
      isOpen: menu?.open ?? false,
      focus: focused ? found.indexOf(focused) : -1,
      said: [...figure.querySelectorAll(words)].map(({textContent}) => textContent ?? "")
    });
  }

  function restore(figure: HTMLElement): void {
    const {isTable, isOpen, focus, said} = kept.get(figure.dataset.name!)!;
    kept.delete(figure.dataset.name!);
    if (isTable) figure.querySelector<HTMLElement>(".obs-toggle")?.click();
    const menu = figure.querySelector<HTMLDetailsElement>(".obs-menu");
    if (isOpen && menu) menu.open = true;
    figure.querySelectorAll(words).forEach((line, i) => (line.textContent ||= said[i] ?? ""));
    if (document.activeElement && document.activeElement !== document.body) return;
    figure.querySelectorAll<HTMLElement>(controls)[focus]?.focus({preventScroll: true});
  }

  const drawn = new MutationObserver((changes) => {
    for (const {removedNodes} of changes)
      for (const figure of figuresIn(removedNodes)) if (!figure.isConnected) keep(figure);
    for (const {addedNodes} of changes)
      for (const figure of figuresIn(addedNodes))
        if (figure.isConnected && kept.has(figure.dataset.name!)) restore(figure);
  });
  /** The reader turned to something else: only the choice of a table is still theirs. */
  function turn({target}: Event): void {
    focused = target instanceof Element ? target : null;
    for (const each of kept.values()) Object.assign(each, {isOpen: false, focus: -1, said: []});
  }
  const acts = ["focusin", "pointerdown"] as const;
  for (const act of acts) addEventListener(act, turn, true);
  drawn.observe(root, {childList: true, subtree: true});
  return () => {
    drawn.disconnect();
    for (const act of acts) removeEventListener(act, turn, true);
  };
}
