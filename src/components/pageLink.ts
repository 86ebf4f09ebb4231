import {errorMessage} from "../lib/errors.js";
import type {LinkCodec} from "../lib/link/codec.js";
import {readLink, readLinkFile, writeLink, writeLinkFile} from "../lib/link/link.js";
import {classRules, lockFields, withRules, type Hideable} from "./classRules.js";
import {saveFile} from "./downloads.js";
import {element} from "./dom.js";
import {linkPanel} from "./linkPanel.js";
import {setQuery} from "./pageQuery.js";

/** Options of {@link pageLink}. */
export interface PageLinkOptions {
  /** The page's query, default that of the address. */
  search?: string;
  /** What a link for a class may lock and hide here, default settings only. */
  offers?: readonly ("locked" | Hideable)[];
}

/** The state of a page, tied to its address. */
export interface PageLink<T> {
  /** What the address (or a file opened on the page) says; the usual values where it says nothing. */
  readonly value: T;
  /** Whether seeds, steps and recipes stay as they are. */
  readonly isLocked: boolean;
  /** Keeps the fields of views as the link gives them where it locks seeds, steps and recipes. */
  lock(...views: Element[]): void;
  /** Whether the link leaves these controls out: what they would do is then done in no other way either. */
  hides(controls: Hideable): boolean;
  /** What was set, ignored or refused; hidden where the address says nothing. */
  readonly note: HTMLElement;
  /** A link to the page as it stands, for a class too, and the same as a file. */
  readonly panel: HTMLElement;
  /** Takes up a change, and puts the whole into the address. */
  set(change: Partial<T>): void;
  /** Takes up every new value of a view; gives the view back. */
  tie<V, E extends Element & {value: V}>(view: E, change: (value: V) => Partial<T>): E;
}

/** Addresses are written at most this often, in milliseconds: browsers refuse a hundred in a row. */
const pause = 400;

/**
 * Reads a page's state from its address and keeps the address true. Reading starts nothing: a page
 * fills in what the link says, and computes when a button is pressed.
 */
export function pageLink<T extends object>(
  codec: LinkCodec<T>,
  {search = location.search, offers = ["settings"]}: PageLinkOptions = {}
): PageLink<T> {
  const page = /[^/]*\/?$/.exec(location.pathname)![0];
  const key = `albert-observatory-link ${location.pathname}`;
  const file = takeFile(key);
  const {
    value: first,
    problems,
    isSet
  } = file ? readLinkFile(file, codec, page) : readLink(search, codec);
  const {isLocked, hidden} = classRules(search);

  const usual = codec.read(new URLSearchParams()).value;
  let value = first;
  let written = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const note = element(
    "div",
    {class: "obs-link-note", hidden: problems.length === 0 && !isSet},
    problems.map((problem) => element("p", {class: "obs-refused", role: "alert"}, problem)),
    isSet &&
      element(
        "p",
        {class: "obs-muted"},
        "Set as the link says. Nothing trains, runs or loads a model before you press a button."
      )
  );
  const panel = linkPanel({
    offers,
    link(rules) {
      const query = writeLink(value, codec, withRules(search, rules));
      return query === null ? null : `${location.origin}${location.pathname}${query}`;
    },
    save: () => saveFile("page-state.json", "application/json", writeLinkFile(value, codec, page)),
    open(name, text) {
      try {
        readLinkFile(text, codec, page, name);
        sessionStorage.setItem(key, text);
      } catch (error) {
        return errorMessage(error);
      }
      location.assign(location.pathname);
      return null;
    }
  });
  panel.hidden = isLocked;

  function write(): void {
    clearTimeout(waiting);
    waiting = undefined;
    written = Date.now();
    // an address that would be too long says nothing of the state rather than something old
    setQuery(writeLink(value, codec, search) ?? writeLink(usual, codec, search) ?? "");
    panel.update();
  }

  addEventListener("pagehide", () => waiting !== undefined && write());
  function set(change: Partial<T>): void {
    value = {...value, ...change};
    const left = written + pause - Date.now();
    if (left <= 0) write();
    else waiting ??= setTimeout(write, left);
  }

  return {
    get value() {
      return value;
    },
    isLocked,
    lock: (...views) => isLocked && lockFields(...views),
    hides: (controls) => hidden.includes(controls),
    note,
    panel,
    set,
    tie(view, change) {
      view.addEventListener("input", () => set(change(view.value)));
      return view;
    }
  };
}

/** The file that was opened just before this page was loaded anew; it is taken once. */
function takeFile(key: string): string | null {
  try {
    const text = sessionStorage.getItem(key);
    sessionStorage.removeItem(key);
    return text;
  } catch {
    return null; // a frame without storage
  }
}
