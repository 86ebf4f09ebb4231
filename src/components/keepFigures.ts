import {controlsIn} from "./handOn.js";
import {standOf, standingAt, type Stand} from "./refill.js";

/** What a reader has set in a figure, and where the focus is in it. */
interface Kept {
  /** The table stands in place of the picture. */
  isTable: boolean;
  /** The menu is open. */
  isOpen: boolean;
  /** Which control of the figure holds the focus; null where none does. */
  focus: Stand | null;
  /** What was said of the last thing saved. */
  said: string[];
}

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
 * width or new results: the open menu, the table in place of the picture, and the focus in the frame or
 * the view. The new figure is known by its name; one of another name that comes in its place takes over
 * the focus. An open menu waits for it until the reader turns to something else.
 *
 * @returns the way to stop
 */
export function keepFigures(root: HTMLElement): () => void {
  const kept = new Map<string, Kept>();
  let focused: Element | null = null;

  function keep(figure: HTMLElement): void {
    const menu = figure.querySelector<HTMLDetailsElement>(".obs-menu");
    kept.set(figure.dataset.name!, {
      isTable: figure.querySelector(".obs-toggle")?.getAttribute("aria-pressed") === "true",
      isOpen: menu?.open ?? false,
      focus: standOf(focused, controlsIn(figure)),
      said: [...figure.querySelectorAll(words)].map(({textContent}) => textContent ?? "")
    });
  }

  /** Lets a figure of another name have the focus of the one in whose place it comes. */
  function pass(figure: HTMLElement, come: readonly HTMLElement[], at: number): void {
    const {focus} = kept.get(figure.dataset.name!)!;
    const heir = come[at];
    if (!focus || !heir || come.some(({dataset}) => dataset.name === figure.dataset.name)) return;
    const name = heir.dataset.name!;
    kept.set(name, {isTable: false, isOpen: false, said: [], ...kept.get(name), focus});
  }

  function restore(figure: HTMLElement): void {
    const {isTable, isOpen, focus, said} = kept.get(figure.dataset.name!)!;
    kept.delete(figure.dataset.name!);
    if (isTable) figure.querySelector<HTMLElement>(".obs-toggle")?.click();
    const menu = figure.querySelector<HTMLDetailsElement>(".obs-menu");
    if (isOpen && menu) menu.open = true;
    figure.querySelectorAll(words).forEach((line, i) => (line.textContent ||= said[i] ?? ""));
    if (document.activeElement && document.activeElement !== document.body) return;
    const control = focus && standingAt(focus, controlsIn(figure));
    // An item of a menu that is closed now stands behind its heading.
    const heading = control?.closest("details:not([open])")?.querySelector("summary");
    (heading ?? control)?.focus({preventScroll: true});
  }

  const drawn = new MutationObserver((changes) => {
    for (const {removedNodes, addedNodes} of changes) {
      const come = figuresIn(addedNodes);
      figuresIn(removedNodes).forEach((figure, i) => {
        if (figure.isConnected) return;
        keep(figure);
        pass(figure, come, i);
      });
    }
    for (const {addedNodes} of changes)
      for (const figure of figuresIn(addedNodes))
        if (figure.isConnected && kept.has(figure.dataset.name!)) restore(figure);
  });
  /** The reader turned to something else: only the choice of a table is still theirs. */
  function turn({target}: Event): void {
    focused = target instanceof Element ? target : null;
    for (const each of kept.values()) Object.assign(each, {isOpen: false, focus: null, said: []});
  }
  const acts = ["focusin", "pointerdown"] as const;
  for (const act of acts) addEventListener(act, turn, true);
  drawn.observe(root, {childList: true, subtree: true});
  return () => {
    drawn.disconnect();
    for (const act of acts) removeEventListener(act, turn, true);
  };
}
