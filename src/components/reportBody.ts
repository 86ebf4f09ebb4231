import {rerun} from "../lib/report/rerun.js";
import type {Exhibit, Report} from "../lib/report/report.js";
import {element, type Child} from "./dom.js";
import {csvText, type Row} from "./downloads.js";
import {formatCell} from "./formats.js";
import {placeHeadings, renderMarkdown} from "./markdown.js";

/** Rows that a report shows; all of them are in the CSV that hangs on it. */
const shownRows = 500;

/** Text as a `data:` address, which a file that stands alone can hand out without a script. */
export function dataUrl(type: string, text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return `data:${type};base64,${btoa(binary)}`;
}

const isAddress = (page: string) => /^https?:\/\//i.test(page);

function numbers({columns, rows}: Exhibit): HTMLElement {
  const isNumeric = columns.map((_, i) =>
    rows.every((row) => row[i] == null || typeof row[i] === "number")
  );
  const cell = (value: Row[string]) =>
    typeof value === "number" ? formatCell(value) : `${value ?? ""}`;
  const numeric = (i: number) => (isNumeric[i] ? "number" : null);
  return element(
    "div",
    {class: "rows", tabindex: 0, role: "region", "aria-label": "Numbers"},
    element(
      "table",
      {},
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          columns.map((name, i) => element("th", {scope: "col", class: numeric(i)}, name))
        )
      ),
      element(
        "tbody",
        {},
        rows.slice(0, shownRows).map((row) =>
          element(
            "tr",
            {},
            row.map((value, i) => element("td", {class: numeric(i)}, cell(value)))
          )
        )
      )
    ),
    rows.length > shownRows &&
      element(
        "p",
        {},
        `${(rows.length - shownRows).toLocaleString("en")} more rows are in the CSV.`
      )
  );
}

function receipts(exhibit: Exhibit): HTMLElement {
  const {sql, recipe, isRun, recipeHash, dataHash, page, columns, rows} = exhibit;
  const how = rerun(exhibit);
  const records = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
  const download = (label: string, name: string, type: string, text: string): Child =>
    element("a", {download: name, href: dataUrl(type, text)}, label);
  const json = JSON.stringify(recipe, null, 2);
  return element(
    "details",
    {class: "receipts"},
    element("summary", {}, "How to make it again"),
    element(
      "p",
      {},
      how.words,
      " Page: ",
      isAddress(page)
        ? element("a", {class: "address", href: page, rel: "noopener noreferrer"}, page)
        : page
    ),
    sql !== null && element("pre", {tabindex: 0}, element("code", {}, sql)),
    how.command && element("pre", {tabindex: 0}, element("code", {}, how.command)),
    isRun && element("pre", {class: "recipe", tabindex: 0}, element("code", {}, json)),
    element(
      "p",
      {},
      isRun && [
        download("recipe", how.file ?? `recipe-${recipeHash}.json`, "application/json", json),
        `, hash ${recipeHash}; `
      ],
      download("numbers as CSV", `data-${dataHash}.csv`, "text/csv", csvText(records, columns)),
      `, hash ${dataHash}`
    )
  );
}

function exhibitNode(exhibit: Exhibit, heading: "h2" | "h3"): HTMLElement {
  const {title, facts, caption, svg} = exhibit;
  const picture =
    svg !== null &&
    element("img", {src: dataUrl("image/svg+xml", svg), alt: `${title}; the numbers are below`});
  const count = exhibit.rows.length.toLocaleString("en");
  return element(
    "figure",
    {},
    element(heading, {}, title),
    facts && element("p", {class: "facts"}, facts),
    picture &&
      element("div", {class: "picture", tabindex: 0, role: "group", "aria-label": title}, picture),
    caption && element("figcaption", {}, caption),
    picture
      ? element("details", {}, element("summary", {}, `Numbers (${count} rows)`), numbers(exhibit))
      : numbers(exhibit),
    receipts(exhibit)
  );
}

/**
 * A report as it is read: title, the reader's words and the exhibits in order, each with its numbers
 * and the way to make it again. There is no script in it: pictures are images, everything else text.
 *
 * @param isWhole whether it is a document of its own, or stands under a page's title
 */
export function reportBody({title, parts}: Report, isWhole = true): HTMLElement {
  const below = isWhole ? 2 : 3;
  const texts = parts.map((part) => (part.kind === "words" ? renderMarkdown(part.markdown) : null));
  placeHeadings(
    texts.filter((text) => text !== null),
    below
  );
  return element(
    "article",
    {class: "report"},
    element(isWhole ? "h1" : "h2", {class: "report-title"}, title),
    parts.map((part, i) =>
      part.kind === "exhibit" ? exhibitNode(part, `h${below}`) : element("section", {}, texts[i])
    )
  );
}
