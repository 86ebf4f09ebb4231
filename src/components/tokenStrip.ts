import {element, emit, liveRegion, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {formatNumber, formatProbability} from "./formats.js";
import {refill} from "./refill.js";
import {probabilityColor, probabilityTextColor} from "./scales.js";
import {isSpecialPiece, pieceName, splitPiece} from "./text.js";

/** Which token is in focus, whether it is locked, and which tokens are masked. */
export interface TokenValue {
  index: number | null;
  locked: boolean;
  masked: number[];
}

/** Options of {@link tokenStrip}; `update` takes any of them again. */
export interface TokenStripOptions {
  /** A number under each token; NaN or absent for none. */
  values?: ArrayLike<number>;
  /** How a value is written; default as a number, or as a probability where `color` says so. */
  format?: (value: number) => string;
  /**
   * Background of each token: a CSS colour by index, or "probability" for the values on the
   * sequential scale. Default none.
   */
  color?: "probability" | ((index: number) => string | null);
  /** Tokens masked at first. */
  masked?: readonly number[];
  /** Whether a double-click or the key "m" masks a token, default false. */
  maskable?: boolean;
  /** Identifiers, shown in a token's title. */
  ids?: ArrayLike<number>;
  /** What the strip is, for a screen reader; default "tokens". */
  title?: string;
}

/** A strip that can be given other tokens. */
export type TokenStrip = View<TokenValue> & {
  update(change: TokenStripOptions & {tokens?: readonly string[]}): void;
  /** Marks a token as another view's focus, without a word to the page. */
  light(index: number | null): void;
};

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * Tokens as boxes in reading order, wrapping as text does; "▁", where a word begins, is a faint
 * mark. Hover previews, click or Enter locks, Escape clears; one tab stop, arrow keys move. With
 * `maskable` a double-click, or "m", masks a token, and `value.masked` lists them.
 *
 * @param tokens pieces, "▁" where a word begins
 */
export function tokenStrip(tokens: readonly string[], options: TokenStripOptions = {}): TokenStrip {
  let settings: TokenStripOptions = {...options};
  let masked = new Set(options.masked);
  let hovered: number | null = null;
  let locked: number | null = null;
  let lit: number | null = null;
  let tabbed = 0;
  let isDrawing = false;
  const list = element("div", {class: "obs-tokens", role: "toolbar"});
  const live = liveRegion();
  const hint = element("p", {class: "obs-readout obs-hint obs-how"});
  const node = withValue(element("div", {class: "obs-view obs-strip"}, list, hint, live), {
    index: null,
    locked: false,
    masked: [...masked]
  } as TokenValue);
  /** The boxes that are marked: of hundreds at most two change at a time. */
  const shown: Record<"lit" | "pressed", Element | null> = {lit: null, pressed: null};
  const boxes = () => Array.from(list.children) as HTMLButtonElement[];

  function draw(): void {
    const {title = "tokens", maskable = false} = settings;
    list.setAttribute("aria-label", title);
    list.dir = tokens.some((t) => rightToLeft.test(t)) ? "rtl" : "ltr";
    if (tabbed >= tokens.length) tabbed = 0;
    if (locked !== null && locked >= tokens.length) locked = null;
    isDrawing = true;
    refill(list, tokens.map(box));
    isDrawing = false;
    hint.textContent = maskable
      ? "Click a token to lock it; double-click it, or press m, to mask it."
      : "";
    hint.hidden = !maskable;
    mark();
  }

  function box(token: string, i: number): HTMLButtonElement {
    const {values, color, ids, maskable} = settings;
    const {format = color === "probability" ? formatProbability : formatNumber} = settings;
    const {mark: begins, letters} = splitPiece(token);
    const value = values?.[i] ?? NaN;
    const shown = masked.has(i) ? "[MASK]" : letters;
    const background = color === "probability" ? probabilityColor(value) : color?.(i);
    const foreground = color === "probability" ? probabilityTextColor(value) : null;
    const style = `${background ? `background: ${background};` : ""}${foreground ? `color: ${foreground}` : ""}`;
    const said = `${masked.has(i) ? `masked, was ${pieceName(token)}` : pieceName(token)}${Number.isNaN(value) ? "" : `, ${format(value)}`}`;
    return element(
      "button",
      {
        type: "button",
        class: `obs-token${isSpecialPiece(token) ? " obs-special" : ""}${masked.has(i) ? " obs-masked" : ""}`,
        tabindex: i === tabbed ? 0 : -1,
        "aria-label": said,
        title: `${token}${ids ? ` · id ${ids[i]}` : ""} · position ${i}`,
        style: style || null,
        "aria-pressed": "false",
        onpointerenter: () => focus(i),
        onpointerleave: () => focus(null),
        onfocus: () => {
          tabbed = i;
          boxes().forEach((b, k) => (b.tabIndex = k === i ? 0 : -1));
          focus(i);
        },
        onblur: () => focus(null),
        onclick: () => lock(locked === i ? null : i),
        ondblclick: () => {
          if (maskable) toggle(i);
        }
      },
      element(
        "span",
        {class: "obs-piece"},
        begins && element("span", {class: "obs-mark", "aria-hidden": "true"}, "\u2581"),
        element("bdi", {}, shown || (begins ? "" : "∅"))
      ),
      !Number.isNaN(value) && element("span", {class: "obs-value"}, format(value))
    );
  }

  function mark(): void {
    const all = list.children;
    const set = (name: "lit" | "pressed", i: number | null) => {
      const old = shown[name];
      const next = i === null ? null : (all[i] ?? null);
      if (old === next) return;
      shown[name] = next;
      if (name === "lit") {
        old?.classList.remove("obs-lit");
        next?.classList.add("obs-lit");
      } else {
        old?.setAttribute("aria-pressed", "false");
        next?.setAttribute("aria-pressed", "true");
      }
    };
    set("lit", hovered ?? lit ?? locked);
    set("pressed", locked);
  }

  function tell(): void {
    // Where the focus goes from one box to the next as they are drawn, the reader did nothing.
    if (isDrawing) return;
    const index = hovered ?? locked;
    const old = node.value;
    const list = [...masked].sort((a, b) => a - b);
    if (
      old.index !== index ||
      old.locked !== (locked !== null) ||
      old.masked.join() !== list.join()
    )
      emit(node, {index, locked: locked !== null, masked: list});
  }

  function focus(i: number | null): void {
    hovered = i;
    lit = null;
    mark();
    tell();
  }

  function lock(i: number | null): void {
    locked = i;
    lit = null;
    mark();
    live.textContent = i === null ? "nothing locked" : `${pieceName(tokens[i]!)} locked`;
    tell();
  }

  function toggle(i: number): void {
    if (!masked.delete(i)) masked.add(i);
    // In place: a box taken out of the page would lose the focus and say so to the page.
    const [here, next] = [boxes()[i]!, box(tokens[i]!, i)];
    here.className = `${next.className}${here === shown.lit ? " obs-lit" : ""}`;
    here.setAttribute("aria-label", next.getAttribute("aria-label")!);
    here.replaceChildren(...next.childNodes);
    mark();
    live.textContent = `${pieceName(tokens[i]!)} ${masked.has(i) ? "masked" : "shown"}`;
    tell();
  }

  list.addEventListener("keydown", (event) => {
    const back = list.dir === "rtl" ? 1 : -1;
    const target = {
      ArrowLeft: tabbed + back,
      ArrowRight: tabbed - back,
      ArrowUp: tabbed - 1,
      ArrowDown: tabbed + 1,
      Home: 0,
      End: tokens.length - 1
    }[event.key];
    if (target != null) boxes()[Math.min(tokens.length - 1, Math.max(0, target))]?.focus();
    else if (event.key === "Escape") lock(null);
    else if (event.key === "m" && settings.maskable) toggle(tabbed);
    else return;
    event.preventDefault();
  });

  draw();
  return Object.assign(node, {
    update({tokens: next, ...change}: TokenStripOptions & {tokens?: readonly string[]}) {
      settings = {...settings, ...change};
      if (change.masked) masked = new Set(change.masked);
      else if (next) masked = new Set();
      if (next) tokens = next;
      draw();
      node.value = {index: hovered ?? locked, locked: locked !== null, masked: [...masked]};
    },
    light(index: number | null) {
      lit = index;
      mark();
    }
  });
}
