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
 *
 * @param level of the text's main headings
 */
export function renderMarkdown(text: string, level: 1 | 2 = 1): DocumentFragment {
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
  if (level === 2)
    for (const heading of clean.querySelectorAll("h1, h2, h3, h4, h5")) {
      const lower = document.createElement(`h${Number(heading.tagName[1]) + 1}`);
      lower.append(...heading.childNodes);
      heading.replaceWith(lower);
    }
  return clean;
}
