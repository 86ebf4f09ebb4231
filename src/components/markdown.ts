import DOMPurify from "dompurify";
import MarkdownIt from "markdown-it";

const markdown = new MarkdownIt({html: false, linkify: false, typographer: false});

const link = /^(?:https?:|mailto:|#)/i;
const picture = /^(?:data:image\/(?:png|jpeg|gif|webp|svg\+xml);|blob:)/i;
// markdown-it's own rule refuses data: addresses; what may stand where is decided below
markdown.validateLink = (address) => link.test(address.trim()) || picture.test(address.trim());

/**
 * A reader's Markdown as elements. HTML in it is text. Links lead to http, https, mailto or a place
 * in the page; images come with the text (`data:`) or from this browser (`blob:`), never from an
 * address. What markdown-it made is cleaned a second time.
 */
export function renderMarkdown(text: string): DocumentFragment {
  const clean = DOMPurify.sanitize(markdown.render(text), {
    RETURN_DOM_FRAGMENT: true,
    ALLOWED_TAGS: [
      ..."a blockquote br code em h1 h2 h3 h4 h5 h6 hr img li ol p pre s strong".split(" "),
      ..."table tbody td th thead tr ul".split(" ")
    ],
    ALLOWED_ATTR: ["alt", "href", "src", "start", "title"],
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|#|blob:|data:image\/)/i
  });
  for (const image of clean.querySelectorAll("img"))
    if (!picture.test(image.getAttribute("src") ?? ""))
      image.replaceWith(image.getAttribute("alt") ?? "");
  for (const anchor of clean.querySelectorAll("a")) {
    if (!link.test(anchor.getAttribute("href") ?? "")) anchor.removeAttribute("href");
    else if (!anchor.getAttribute("href")!.startsWith("#"))
      anchor.setAttribute("rel", "noopener noreferrer");
  }
  return clean;
}

/**
 * Puts the main headings of a reader's texts at a level, since a title stands above them, and the
 * others as far below as they were.
 *
 * @param texts what {@link renderMarkdown} gave, all of one document
 */
export function placeHeadings(texts: readonly DocumentFragment[], level: number): void {
  const headings = texts.flatMap((text) => [...text.querySelectorAll("h1, h2, h3, h4, h5, h6")]);
  const written = ({tagName}: Element) => Number(tagName[1]);
  const top = Math.min(...headings.map(written));
  for (const heading of headings) {
    const placed = document.createElement(`h${Math.min(6, level + written(heading) - top)}`);
    placed.append(...heading.childNodes);
    heading.replaceWith(placed);
  }
}
