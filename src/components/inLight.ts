import {repaintEvent} from "./dom.js";

/**
 * Does work while the page has the colours of the light theme, as paper wants them, and puts the
 * reader's own back before the browser paints. Canvases of the view are painted for it as well.
 */
export function inLight<T>(view: Element, work: () => T): T {
  const back = lighten(view);
  try {
    return work();
  } finally {
    back();
  }
}

/** Paints every canvas for paper while the page is printed: it keeps the colours it was painted in. */
export function printInLight(): void {
  let back: (() => void) | null = null;
  addEventListener("beforeprint", () => void (back ??= lighten(document.documentElement)));
  addEventListener("afterprint", () => {
    back?.();
    back = null;
  });
}

/**
 * Gives the page the colours of the light theme, also where the reader's system forces its own.
 *
 * @returns what puts the reader's own back
 */
function lighten(view: Element): () => void {
  const others = /prefers-color-scheme:\s*dark|forced-colors:\s*active/;
  const isOther = (query: string) => typeof matchMedia === "function" && matchMedia(query).matches;
  const isForced = isOther("(forced-colors: active)");
  if (!isForced && !isOther("(prefers-color-scheme: dark)")) return () => {};
  const repaint = () => {
    for (const canvas of view.querySelectorAll("canvas"))
      canvas.dispatchEvent(new Event(repaintEvent, {bubbles: true}));
  };
  const changed: [rule: CSSMediaRule, text: string][] = [];
  for (const sheet of document.styleSheets)
    for (const rule of rulesOf(sheet)) {
      if (!(rule instanceof CSSMediaRule)) continue;
      const text = rule.media.mediaText;
      if (!others.test(text)) continue;
      changed.push([rule, text]);
      rule.media.mediaText = "not all";
    }
  const {style} = document.documentElement;
  if (isForced) style.setProperty("forced-color-adjust", "none");
  repaint();
  return () => {
    style.removeProperty("forced-color-adjust");
    for (const [rule, text] of changed) rule.media.mediaText = text;
    repaint();
  };
}

/** The rules of a sheet; none where it is from elsewhere and may not be read. */
function rulesOf(sheet: CSSStyleSheet): Iterable<CSSRule> {
  try {
    return sheet.cssRules;
  } catch {
    return [];
  }
}
