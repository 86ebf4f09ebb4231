import {embedKey, siteName} from "../lib/site.js";
import {element} from "./dom.js";
import {pageAddress} from "./figureRecord.js";

/** The views of a page: their names, and what readers call them, in the same order. */
export interface EmbeddableViews {
  views: string[];
  titles: string[];
}

/** What an embedded view tells the page that holds it. */
export type EmbedMessage = {from: "albert-observatory"; version: 1; view: string} & (
  | ({type: "ready"; title: string; height: number; query: string} & EmbeddableViews)
  | {type: "resize"; height: number}
  | {type: "state"; query: string}
  | ({type: "problem"; message: string} & EmbeddableViews)
);

/** What a page may ask of an embedded view. */
export type EmbedRequest = {to: "albert-observatory"} & (
  {type: "ping"} | {type: "state"; query: string}
);

/** How long a view may take to come, in ms, before the frame says that there is none. */
const patience = 20_000;

/** What a figure or a section is called. */
function titleOf(view: Element): string {
  return (view.getAttribute("aria-label") ?? view.textContent ?? "").trim();
}

/** The names of all figures, and the headings' ids as `#id`, with their titles. */
function viewsOf(main: Element): EmbeddableViews {
  const titles = new Map<string, string>();
  for (const figure of main.querySelectorAll<HTMLElement>("figure[data-name]"))
    if (!titles.has(figure.dataset.name!)) titles.set(figure.dataset.name!, titleOf(figure));
  for (const heading of main.querySelectorAll("h2[id], h3[id]"))
    titles.set(`#${heading.id}`, titleOf(heading));
  return {views: [...titles.keys()], titles: [...titles.values()]};
}

/** The elements that a view's name means: a figure, or a heading and all up to the next like it. */
function find(main: Element, view: string): Element[] {
  if (!view.startsWith("#")) {
    const figures = [...main.querySelectorAll<HTMLElement>("figure[data-name]")];
    const figure = figures.find(({dataset}) => view === "" || dataset.name === view);
    return figure ? [figure] : [];
  }
  const heading = [...main.querySelectorAll("h2, h3")].find(({id}) => id === view.slice(1));
  if (!heading) return [];
  const found = [heading];
  const ends = heading.tagName === "H2" ? "h1, h2" : "h1, h2, h3";
  for (let next = heading.nextElementSibling; next; next = next.nextElementSibling) {
    if (next.matches(ends)) break;
    found.push(next);
  }
  return found;
}

/**
 * Turns the page into one of its views for a frame on another page: hides all else, and keeps the
 * holder told: `ready` once the view is there, `resize` when its height changes, `state` when the
 * address does. It answers `ping` with `ready`, and takes a `state` as its new address. Nothing that
 * a reader types or loads is told.
 *
 * @param view name of a figure, or `#id` of a section; empty for the first figure
 */
export function embeddedView(view: string): void {
  const main = document.querySelector("main")!;
  // beside the landmark of the page that holds this one
  main.setAttribute("aria-label", "embedded view");
  document.documentElement.dataset.embed = "";
  main.append(
    element(
      "p",
      {class: "embed-source"},
      element("a", {href: pageAddress(), target: "_blank", rel: "noopener"}, siteName)
    )
  );
  let shown: Element[] = [];
  let height = 0;
  let isReady = false;

  const tell = (message: object) =>
    parent.postMessage({from: "albert-observatory", version: 1, view, ...message}, "*");
  const query = () => {
    const parameters = new URLSearchParams(location.search);
    parameters.delete(embedKey);
    return parameters.toString();
  };
  const measure = () => Math.ceil(document.body.getBoundingClientRect().height);
  const ready = () => {
    const title = `${titleOf(shown[0]!)}, ${siteName}`;
    tell({type: "ready", title, height, query: query(), ...viewsOf(main)});
  };
  const sizes = new ResizeObserver(() => {
    const now = measure();
    if (now === height || !isReady) return;
    height = now;
    tell({type: "resize", height});
  });

  function mark(): void {
    const found = find(main, view);
    if (found.length === shown.length && found.every((node, i) => node === shown[i])) return;
    shown = found;
    for (const node of main.querySelectorAll("[data-embed-path]"))
      node.removeAttribute("data-embed-path");
    for (const target of found) {
      target.setAttribute("data-embed-path", "view");
      for (let node = target.parentElement; node && node !== main; node = node.parentElement)
        node.setAttribute("data-embed-path", "");
    }
    if (found.length === 0 || isReady) return;
    isReady = true;
    sizes.observe(document.body);
    height = measure();
    ready();
  }

  new MutationObserver(mark).observe(main, {childList: true, subtree: true});
  mark();
  addEventListener("obs-link", () => tell({type: "state", query: query()}));
  addEventListener("message", ({data, source}) => {
    const request = data as EmbedRequest | null;
    if (source !== parent || request?.to !== "albert-observatory") return;
    if (request.type === "ping" && isReady) ready();
    if (request.type === "state" && typeof request.query === "string") {
      const parameters = new URLSearchParams(request.query);
      parameters.set(embedKey, view);
      location.replace(`${location.pathname}?${parameters}`);
    }
  });
  setTimeout(() => {
    if (isReady) return;
    const all = viewsOf(main);
    const message = `This page has no view “${view}”. It has: ${all.views.join(", ")}.`;
    main.append(element("p", {class: "obs-error", "data-embed-path": "view"}, message));
    tell({type: "problem", message, ...all});
  }, patience);
}
