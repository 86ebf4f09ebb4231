/**
 * Mends what Framework's page template lacks: a language, free zoom, names for its controls, equal
 * bytes for equal sources, and a Content-Security-Policy that allows exactly the scripts of the page.
 */
import {createHash} from "node:crypto";
import {readdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";

const sha256 = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/**
 * htl sets `on…=` attributes to the inert texts `::0`, `::1`, … before it puts functions there; a
 * policy that does not know these texts would log an error for each.
 */
const htlHandlerTexts = Array.from({length: 24}, (_, i) => sha256(`::${i}`));

/** The text of every script element without `src`, in document order. */
export function inlineScripts(html: string): {code: string; module: boolean}[] {
  return [...html.matchAll(/<script(?![^>]*\ssrc=)([^>]*)>([\s\S]*?)<\/script>/g)].map(
    ([, attributes, code]) => ({code: code!, module: /type="?module/.test(attributes!)})
  );
}

/**
 * The policy of one page.
 *
 * @param html the page as it will be served, but for the policy itself
 * @param hasBase whether the page sets `<base>` to its own site, as the 404 page does
 */
export function contentSecurityPolicy(html: string, hasBase = false): string {
  const scripts = new Set(inlineScripts(html).map(({code}) => sha256(code)));
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' 'unsafe-hashes' ${[...htlHandlerTexts, ...scripts].join(" ")}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "media-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "frame-src 'self'",
    "manifest-src 'self'",
    `base-uri ${hasBase ? "'self'" : "'none'"}`,
    "form-action 'none'",
    "object-src 'none'"
  ].join("; ");
}

/** The words of the last heading before a place: what stands there is named after it. */
function headingBefore(html: string, at: number): string {
  const headings = [...html.slice(0, at).matchAll(/<h[1-6][^>]*>([\s\S]*?)<\/h[1-6]>/g)];
  const words = headings.at(-1)?.[1]?.replace(/<[^>]*>/g, "") ?? "";
  return words.replaceAll('"', "&quot;").trim();
}

/** The same page, mended; running it again changes nothing. */
export function hardenPage(html: string): string {
  const mended = html
    .replace(/\n?<meta http-equiv="Content-Security-Policy"[^>]*>/g, "")
    .replace(/<html>/, '<html lang="en">')
    .replace(/, maximum-scale=1/, "")
    .replace(/"lastModified":\d+(\.\d+)?/g, '"lastModified":0')
    .replace(
      /<input id="observablehq-sidebar-toggle" type="checkbox" title="Toggle sidebar">/,
      '<a class="skip" href="#observablehq-main">Skip to the text</a>\n' +
        '<header id="site-header"><button id="site-pages" type="button" aria-label="List of pages" ' +
        'aria-controls="observablehq-sidebar" aria-expanded="false"><span>Pages</span></button></header>\n' +
        '<input id="observablehq-sidebar-toggle" type="checkbox" hidden>'
    )
    // a list holds items only: the label that closes it goes behind it
    .replace(
      /<ol>\s*(<label id="observablehq-sidebar-close"[^>]*><\/label>)\s*(<li[\s\S]*?<\/li>)\s*<\/ol>/,
      "<ol>\n    $2\n  </ol>\n  $1"
    )
    .replace(
      /<nav id="observablehq-sidebar">/,
      '<nav id="observablehq-sidebar" aria-label="Pages">'
    )
    .replace(
      /<aside id="observablehq-toc"([^>]*)>\s*<nav>/,
      '<aside id="observablehq-toc"$1 aria-label="On this page">\n<nav aria-label="On this page">'
    )
    .replace(/<nav>(?=<a rel="(?:prev|next)")/, '<nav aria-label="The page before and after">')
    .replace(
      /<input type="search" placeholder="Search">/,
      '<input type="search" placeholder="Search" aria-label="Search the pages">'
    )
    // code and tables may be wider than a narrow screen: without a mouse, too, they must scroll
    .replace(/<pre(?! tabindex)(?=[\s>])/g, '<pre tabindex="0"')
    .replace(
      /(?<!<div class="table"[^>]*>\s*)<table>([\s\S]*?<\/table>)/g,
      (_, rest: string, at: number, page: string) => {
        const name = `${headingBefore(page, at)}, table`;
        return `<div class="table" role="region" aria-label="${name}" tabindex="0">\n<table aria-label="${name}">${rest}\n</div>`;
      }
    )
    .replace(
      /<main id="observablehq-main"(?! tabindex)/,
      '<main id="observablehq-main" tabindex="-1"'
    );
  const policy = contentSecurityPolicy(mended, /<base href=/.test(mended));
  return mended.replace(
    /<meta charset="utf-8">/,
    `<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="${policy}">`
  );
}

/** Mends every page of a built site; gives their number. */
export function harden(dist: string): number {
  let pages = 0;
  for (const name of readdirSync(dist, {recursive: true, encoding: "utf8"})) {
    if (!name.endsWith(".html")) continue;
    const file = join(dist, name);
    writeFileSync(file, hardenPage(readFileSync(file, "utf8")));
    ++pages;
  }
  return pages;
}
