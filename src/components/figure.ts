import {element} from "./dom.js";
import type {Child} from "./dom.js";
import {columnsOf, csvText, fileName, pngBlob, saveFile} from "./downloads.js";
import type {Row} from "./downloads.js";
import {exportSvg, type ExportInfo} from "./exportSvg.js";
import {bibtex, figureRecord, recordJson, sourceLine, type FigureRecord} from "./figureRecord.js";
import {formatCell} from "./formats.js";
import {refill} from "./refill.js";

export type {Row} from "./downloads.js";

/** Options of {@link figure}. */
export interface FigureOptions {
  /** What the figure shows, as a short sentence or a noun. */
  title: string;
  /** How it came about: n, seed, units, interval; joined with dots. Null ones are left out. */
  facts?: readonly (string | null | undefined | false)[];
  /** A legend from legends.ts, or a node of one's own. */
  legend?: Element | null;
  /** What to see in it, below the figure. */
  caption?: Child;
  /** The numbers shown, for the table twin and the CSV; a function is asked when they are wanted. */
  data?: readonly Row[] | (() => readonly Row[]);
  /** The recipe that reruns the figure. */
  recipe?: unknown | (() => unknown);
  /**
   * Name of downloaded files without extension, and of the view in a link that embeds it; default
   * from the first title. A figure whose title follows its numbers should have one.
   */
  name?: string;
  /** Whether the view is its own table, so that there is none to turn to; default false. */
  isTable?: boolean;
}

/**
 * What a figure offers to a report: a bubbling `obs-report` event carries it. Who takes it answers
 * with a sentence for the reader.
 */
export interface ReportOffer {
  record: FigureRecord;
  /** The drawing without its words, as SVG text; null where the view is its table alone. */
  svg: string | null;
  /** The query whose answer it is. */
  sql?: string;
  answer(sentence: string): void;
}

/** A figure that can be told new words; its `value` is that of the view inside. */
export type Figure = HTMLElement & {
  readonly value: unknown;
  update(change: Pick<FigureOptions, "title" | "facts" | "caption"> | Partial<FigureOptions>): void;
};

const shownRows = 200;

/**
 * The frame every figure wears: title, how it came about, legend, the view, a caption, and a menu
 * that saves SVG, PNG at twice the size, CSV, the recipe and a citation, offers the figure to the
 * reader's report, and turns the view into its table.
 *
 * @param view any view; its `input` events pass through and its `value` is the figure's
 */
export function figure(view: Element, options: FigureOptions): Figure {
  const settings = {...options};
  const title = element("div", {class: "obs-title"});
  const facts = element("div", {class: "obs-facts obs-muted"});
  const caption = element("figcaption", {class: "obs-caption"});
  const twin = element("div", {class: "obs-twin", hidden: true});
  const legend = element("div", {class: "obs-figure-legend"}, settings.legend);
  const body = element("div", {class: "obs-body"}, legend, view);
  const rows = () =>
    typeof settings.data === "function" ? settings.data() : (settings.data ?? []);
  const viewName = settings.name ?? fileName(settings.title);
  const fileStem = () => settings.name ?? fileName(settings.title);
  const record = () =>
    figureRecord(
      {
        title: settings.title,
        facts: facts.textContent,
        caption: settings.caption == null ? "" : caption.textContent,
        rows: rows()
      },
      viewName,
      typeof settings.recipe === "function" ? settings.recipe() : settings.recipe
    );
  /** The picture, laid out even where the table stands in its place. */
  const drawing = (info: ExportInfo) => {
    const wasHidden = body.hidden;
    body.hidden = false;
    const svg = exportSvg(view, settings.legend ?? null, info);
    body.hidden = wasHidden;
    return svg;
  };
  const picture = async () => {
    const known = await record();
    const svg = drawing({...known, source: sourceLine(known), metadata: recordJson(known)});
    if (svg === null) throw new Error("this view has no drawing to save");
    return svg;
  };
  /** The figure that the reader sees: the page may have drawn it anew since they chose an item. */
  const present = (): Element => {
    if (node.isConnected) return node;
    const shown = [...document.querySelectorAll<HTMLElement>("figure.obs-figure")];
    return shown.find(({dataset}) => dataset.name === viewName) ?? node;
  };
  const say = (place: "obs-error" | "obs-said", sentence: string) =>
    void (present().querySelector(`:scope > .${place}`)!.textContent = sentence);
  const offer = async () => {
    const known = await record();
    const detail: ReportOffer = {
      record: known,
      svg: settings.isTable ? null : drawing({title: "", name: known.title}),
      answer: (sentence) => say("obs-said", sentence)
    };
    const event = new CustomEvent("obs-report", {bubbles: true, cancelable: true, detail});
    if (present().dispatchEvent(event)) throw new Error("there is no report here");
  };

  const item = (label: string, act: () => void | Promise<void>) =>
    element(
      "button",
      {
        type: "button",
        onclick: async () => {
          menu.open = false;
          menu.querySelector("summary")!.focus();
          try {
            say("obs-error", "");
            say("obs-said", "");
            await act();
          } catch (error) {
            say("obs-error", `could not save ${label}: ${(error as Error).message}`);
          }
        }
      },
      label
    );
  const items = [
    item("SVG", async () => saveFile(`${fileStem()}.svg`, "image/svg+xml", await picture())),
    item("PNG (2×)", async () =>
      saveFile(`${fileStem()}.png`, "image/png", await pngBlob(await picture()))
    ),
    item("CSV", () => saveFile(`${fileStem()}.csv`, "text/csv", csvText(rows()))),
    item("Recipe (JSON)", async () => {
      const text = JSON.stringify((await record()).recipe, null, 2);
      saveFile(`${fileStem()}.recipe.json`, "application/json", text);
    }),
    item("BibTeX", async () =>
      saveFile(`${fileStem()}.bib`, "application/x-bibtex", bibtex(await record()))
    ),
    item("Add to report", offer),
    item("Embed …", () => {
      node.dispatchEvent(new CustomEvent("obs-embed", {bubbles: true, detail: viewName}));
    })
  ];
  const menu = element(
    "details",
    {
      class: "obs-menu",
      onkeydown: (event) => {
        if ((event as KeyboardEvent).key !== "Escape" || !menu.open) return;
        menu.open = false;
        menu.querySelector("summary")!.focus();
        event.stopPropagation();
      },
      onfocusout: (event) => {
        const next = (event as FocusEvent).relatedTarget;
        if (next && !menu.contains(next as Node)) menu.open = false;
      }
    },
    element("summary", {}, "Save"),
    element("div", {class: "obs-menu-items"}, items)
  );
  const toggle = element(
    "button",
    {
      type: "button",
      class: "obs-toggle",
      "aria-pressed": "false",
      onclick: () => {
        const showTable = twin.hidden;
        toggle.setAttribute("aria-pressed", String(showTable));
        if (showTable) twin.replaceChildren(table(rows(), settings.title));
        twin.hidden = !showTable;
        body.hidden = showTable;
      }
    },
    "Table"
  );

  function words(): void {
    title.textContent = settings.title;
    facts.textContent = (settings.facts ?? []).filter(Boolean).join(" · ");
    caption.replaceChildren(element("span", {}, settings.caption));
    caption.hidden = settings.caption == null;
    node.setAttribute("aria-label", settings.title);
  }

  const node = element(
    "figure",
    {class: "obs-view obs-figure", "data-name": viewName},
    element(
      "div",
      {class: "obs-head"},
      element("div", {class: "obs-heading"}, title, facts),
      element("div", {class: "obs-tools"}, settings.data && !settings.isTable && toggle, menu)
    ),
    body,
    twin,
    element("p", {class: "obs-error", role: "alert"}),
    element("p", {class: "obs-said obs-muted", "aria-live": "polite"}),
    caption
  );
  words();
  return Object.defineProperties(node, {
    value: {get: () => (view as Element & {value?: unknown}).value, configurable: true},
    update: {
      value: (change: Partial<FigureOptions>) => {
        Object.assign(settings, change);
        if (change.legend !== undefined)
          legend.replaceChildren(...(change.legend ? [change.legend] : []));
        words();
        if (!twin.hidden) refill(twin, [table(rows(), settings.title)]);
      }
    }
  }) as Figure;
}

/** A number as text, such as "80.0", or with its unit: "186 kB" or "197k FLOP". */
const quantity = /^[−-]?\d[\d.,]*(?:\S?\s[^\d\s]\S*)?$/;

/** Rows as a table; the first 200, with the number of those left out, or a word that there are none. */
export function table(rows: readonly Row[], caption: string): HTMLElement {
  if (rows.length === 0) return element("p", {class: "obs-muted"}, "nothing to show yet");
  const columns = columnsOf(rows);
  const isNumber = (value: Row[string]) =>
    value == null || typeof value === "number" || quantity.test(String(value));
  const numeric = new Set(columns.filter((c) => rows.every((r) => isNumber(r[c]))));
  const cell = (value: Row[string]) =>
    typeof value === "number" ? formatCell(value) : value == null ? "" : String(value);
  const left = rows.length - shownRows;
  return element(
    "div",
    {class: "obs-table", tabindex: 0, role: "region", "aria-label": `${caption}, table`},
    element(
      "table",
      {},
      element("caption", {class: "obs-sr"}, caption),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          columns.map((c) =>
            element("th", {scope: "col", class: numeric.has(c) ? "obs-num" : null}, c)
          )
        )
      ),
      element(
        "tbody",
        {},
        rows.slice(0, shownRows).map((row) =>
          element(
            "tr",
            {},
            columns.map((c) =>
              element("td", {class: numeric.has(c) ? "obs-num" : null}, cell(row[c]))
            )
          )
        )
      )
    ),
    left > 0 &&
      element("p", {class: "obs-muted"}, `${left.toLocaleString("en")} more rows are in the CSV.`)
  );
}

/** Rows as a figure of its own: a table with a title, saved and reported like any other. */
export function tableFigure(
  rows: readonly Row[],
  title: string,
  options: Omit<FigureOptions, "title" | "data" | "isTable"> = {}
): Figure {
  return figure(table(rows, title), {...options, title, data: rows, isTable: true});
}
