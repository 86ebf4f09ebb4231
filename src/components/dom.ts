/** What {@link element} accepts as a child: nodes, text, and nothing at all. */
export type Child = Node | string | number | null | undefined | false | readonly Child[];

type Value = string | number | boolean | null | undefined | ((event: Event) => void);

/** A view whose current answer is `value`; it announces a new one with a bubbling `input` event. */
export type View<T, E extends Element = HTMLElement> = E & {value: T};

/**
 * An HTML element with attributes, listeners and children. Text is always text, never markup, and
 * listeners are attached rather than written as `on…` attributes, so a strict
 * Content-Security-Policy holds.
 *
 * @param attributes name → value; null, undefined and false leave the attribute out, true writes it
 * empty, and a function under `onclick`, `oninput`, … is added as a listener
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, Value> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value != null && value !== false) node.setAttribute(name, String(value));
  }
  append(node, children);
  return node;
}

/** Puts children (nested arrays allowed) at the end of a node. */
export function append(node: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (Array.isArray(child)) append(node, child);
    else if (child instanceof Node) node.appendChild(child);
    else if (child != null && child !== false)
      node.appendChild(document.createTextNode(`${child}`));
  }
}

/**
 * A listener that leaves out the second click of a double click: where a button deletes, starts or saves,
 * that would do it twice, or do it to what has moved under the pointer meanwhile. Keys are not left out.
 */
export const oncePerClick = (act: (event: Event) => void) => (event: Event) => {
  if ((event as MouseEvent).detail < 2) act(event);
  else event.preventDefault();
};

/** Gives a node its `value` property, so that `Generators.input` and `view()` can read it. */
export function withValue<E extends Element, T>(node: E, value: T): View<T, E> {
  return Object.assign(node, {value});
}

/** Sets a view's value and tells the page: a bubbling `input` event. */
export function emit<T>(view: Element & {value: T}, value: T): void {
  view.value = value;
  view.dispatchEvent(new Event("input", {bubbles: true}));
}

/**
 * A region that a screen reader speaks when its text changes, and nobody sees. It has no
 * `role="status"`: that role is kept for the one training line of a page.
 */
export function liveRegion(): HTMLDivElement {
  return element("div", {class: "obs-sr", "aria-live": "polite", "aria-atomic": "true"});
}

/** Asks a canvas, by a bubbling event, to be painted whole and at once in the colours in force. */
export const repaintEvent = "obs-repaint";

/**
 * Calls `redraw` when the system turns light or dark, for as long as the node is in a document, and
 * when a picture of it is taken; only canvases need it, since SVG and HTML take their colours from CSS.
 *
 * @param redraw told whether all has to be painted before it returns
 */
export function onSchemeChange(node: Element, redraw: (atOnce: boolean) => void): void {
  node.addEventListener(repaintEvent, () => redraw(true));
  if (typeof matchMedia !== "function") return;
  const query = matchMedia("(prefers-color-scheme: dark)");
  let seen = false;
  query.addEventListener("change", function listen() {
    seen ||= node.isConnected;
    if (seen && !node.isConnected) query.removeEventListener("change", listen);
    else redraw(false);
  });
}
