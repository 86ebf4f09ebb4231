/** Whether a view holds nothing that its words made. */
import {expect} from "vitest";

declare global {
  interface Window {
    ran?: number;
  }
}

const foreign =
  "script, img:not([src^='data:image'], [src^='blob:']), iframe, object, embed, base, link, meta, style, form[action], video, audio, math, foreignObject, animate, set, marquee, template, isindex, noscript";

/** Addresses that lead nowhere else, and those of a file that is handed out. */
const harmless = /^(\.{0,2}\/|#|data:image|blob:|https:\/\/site\.example\/)/;
const outside = /^https?:\/\//;
const handedOut = /^data:(text\/csv|application\/json);/;

/** What a view is made of where its words are harmless. */
export interface Made {
  tags: ReadonlySet<string>;
  /** Elements that words may not make; a drawing of Plot has a style sheet of its own. */
  foreign: number;
}

/** What Markdown may make of a text. */
const written = "EM STRONG CODE PRE BLOCKQUOTE UL OL LI HR A IMG H1 H2 H3 H4 H5 H6".split(" ");

/**
 * What a view is made of; long words are broken into lines, and what reads as SQL is coloured.
 *
 * @param isMarkdown whether its words are read as Markdown
 */
export function madeOf(node: Element, isMarkdown = false): Made {
  const all = [node, ...node.querySelectorAll("*")];
  const tags = new Set(
    all.map(({tagName}) => tagName).concat("tspan", "BR", "SPAN", isMarkdown ? written : [])
  );
  return {tags, foreign: node.querySelectorAll(foreign).length};
}

/**
 * Throws where a view holds an element, a handler or an address that its words made.
 *
 * @param text what it was given
 * @param own what it is made of with a harmless text
 */
export function checkInert(node: Element, text: string, own: Made): void {
  document.body.replaceChildren(node);
  expect(node.querySelectorAll(foreign).length, text).toBe(own.foreign);
  for (const each of [node, ...node.querySelectorAll("*")]) {
    if (!own.tags.has(each.tagName)) expect.fail(`${each.tagName} from ${text}`);
    for (const {name, value} of each.attributes) {
      if (/^on/i.test(name)) expect.fail(`${name} from ${text}`);
      if (name === "style" && /url\(|expression|@import|javascript:/i.test(value))
        expect.fail(`style ${value} from ${text}`);
      if (!/^(href|xlink:href|src|action|formaction|srcset|data)$/.test(name)) continue;
      const isAllowed =
        harmless.test(value) ||
        (outside.test(value) && /noopener/.test(each.getAttribute("rel") ?? "")) ||
        (handedOut.test(value) && each.hasAttribute("download"));
      if (!isAllowed) expect.fail(`${name} ${value} from ${text}`);
    }
  }
}
