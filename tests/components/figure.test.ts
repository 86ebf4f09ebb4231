// @vitest-environment jsdom
import {afterEach, beforeAll, describe, expect, test, vi} from "vitest";
import {csvText, fileName} from "../../src/components/downloads.js";
import {formatBytes} from "../../src/components/formats.js";
import {exportSvg} from "../../src/components/exportSvg.js";
import {figure, table, type ReportOffer} from "../../src/components/figure.js";
import {bibtex, figureRecord, pageAddress} from "../../src/components/figureRecord.js";
import {attentionMatrix, attentionRows} from "../../src/components/attentionMatrix.js";
import {probabilityLegend} from "../../src/components/legends.js";
import {recipeHash} from "../../src/lib/recipe/hash.js";
import {siteVersion} from "../../src/lib/site.js";
import {markup} from "./snapshot.js";

const tokens = ["[CLS]", "▁a", "[SEP]"];
const probs = [0.5, 0.25, 0.25, 0.1, 0.8, 0.1, 0, 1, 0];

beforeAll(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});
afterEach(() => document.body.replaceChildren());

describe("csvText(rows)", () => {
  test("quotes, blanks, digits and formulas", () => {
    expect(
      csvText([
        {a: 'say "hi", you', b: 0.1 + 0.2, c: null},
        {a: "=SUM(A1)", b: NaN, d: -3}
      ])
    ).toBe('a,b,c,d\r\n"say ""hi"", you",0.30000000000000004,,\r\n\'=SUM(A1),,,-3\r\n');
  });

  test("file names", () => {
    expect(fileName("Loss, by step: größer?")).toBe("loss-by-step-größer");
    expect(fileName("…")).toBe("figure");
  });
});

describe("exportSvg(view, legend, info)", () => {
  test("parses alone, with title, recipe, legend above and no class or style", () => {
    const matrix = attentionMatrix(probs, {tokens});
    document.body.append(matrix);
    const text = exportSvg(matrix, probabilityLegend(), {
      title: "A & B",
      facts: "n = 3",
      caption: "what to see",
      source: "recipe 123",
      metadata: '{"seed": 7}'
    })!;
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    expect(parsed.querySelector("parsererror")).toBeNull();
    expect(parsed.querySelector("title")!.textContent).toBe("A & B");
    expect(parsed.querySelector("metadata")!.textContent).toBe('{"seed": 7}');
    expect(parsed.documentElement.querySelectorAll(":scope > svg")).toHaveLength(2);
    expect(parsed.querySelectorAll("[class], [tabindex]")).toHaveLength(0);
    const words = [...parsed.documentElement.querySelectorAll(":scope > text")];
    expect(words.map((node) => node.textContent)).toEqual([
      "A & B",
      "n = 3",
      "what to see",
      "recipe 123"
    ]);
    expect(parsed.querySelectorAll("text").length).toBeGreaterThan(6);
  });

  test("says what the view says beside its one drawing, but not how to use it", () => {
    const view = document.createElement("div");
    view.append(attentionMatrix(probs, {tokens}).querySelector("svg")!);
    view.insertAdjacentHTML(
      "beforeend",
      `<p>Nearest to a: <b>b</b> 0.57.<span class="obs-how"> Press a piece.</span></p><p class="obs-how">how</p><p hidden>no</p><div hidden><p>no</p></div><p></p>`
    );
    document.body.append(view);
    const text = exportSvg(view, null, {title: "A", caption: "c"})!;
    const {documentElement} = new DOMParser().parseFromString(text, "image/svg+xml");
    const words = [...documentElement.querySelectorAll(":scope > text")];
    expect(words.map((node) => node.textContent)).toEqual(["A", "Nearest to a: b 0.57.", "c"]);
  });

  test("keeps the opacity of a colour, also of a mark with a title, and not for what is inside", () => {
    const view = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    view.innerHTML = `<g style="fill: rgba(1, 2, 3, 0.5)"><rect style="fill: rgba(1, 2, 3, 0.5); fill-opacity: 0.5"><title>a</title></rect><circle style="fill: rgb(4, 5, 6); fill-opacity: 1"/></g>`;
    document.body.append(view);
    const text = exportSvg(view, null, {title: "A"})!;
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    const opacity = (name: string) => parsed.querySelector(name)!.getAttribute("fill-opacity");
    expect([opacity("g"), opacity("g rect")]).toEqual(["0.5", "0.25"]);
    expect(Number(opacity("g circle"))).toBe(1);
  });

  test("parses whatever characters its words have", () => {
    const matrix = attentionMatrix(probs, {tokens: ["\u0001a", "\ud800", "b\u0000"]});
    document.body.append(matrix);
    const text = exportSvg(matrix, null, {title: "\u0007 bell", metadata: "\ufffe"})!;
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    expect(parsed.querySelector("parsererror")).toBeNull();
    expect(parsed.querySelector("title")!.textContent).toBe("\ufffd bell");
  });

  test("a table is not a drawing", () => {
    expect(exportSvg(table([{a: 1}], "t"), null, {title: "t"})).toBeNull();
  });
});

describe("figure(view, options)", () => {
  const make = () =>
    figure(attentionMatrix(probs, {tokens}), {
      title: "Head 3 at depth 2",
      facts: ["n = 1 sentence", "seed 7", null, "weights in [0, 1]"],
      legend: probabilityLegend({lift: "sqrt"}),
      caption: "Attention is not explanation.",
      data: () => attentionRows(probs, tokens),
      recipe: {seed: 7}
    });

  test("wears title, facts, legend, view, caption and menu", async () => {
    const node = make();
    expect(node.getAttribute("aria-label")).toBe("Head 3 at depth 2");
    expect(node.textContent).toContain("n = 1 sentence · seed 7 · weights in [0, 1]");
    expect([...node.querySelectorAll(".obs-menu button")].map((b) => b.textContent)).toEqual([
      "SVG",
      "PNG (2×)",
      "CSV",
      "Recipe (JSON)",
      "BibTeX",
      "Add to report",
      "Embed …"
    ]);
    await expect(markup(node)).toMatchFileSnapshot("./output/figure.html");
  });

  test("the table twin shows every weight and hides the picture", () => {
    const node = make();
    const toggle = node.querySelector<HTMLButtonElement>(".obs-toggle")!;
    toggle.click();
    expect(node.querySelectorAll("tbody tr")).toHaveLength(9);
    expect(node.querySelector<HTMLElement>(".obs-body")!.hidden).toBe(true);
    expect(toggle.getAttribute("aria-pressed")).toBe("true");
    toggle.click();
    expect(node.querySelector<HTMLElement>(".obs-body")!.hidden).toBe(false);
  });

  test("is offered to a report with its words, numbers, drawing and hashes", async () => {
    const node = make();
    document.body.append(node);
    const offers: ReportOffer[] = [];
    node.addEventListener("obs-report", (event) => {
      event.preventDefault();
      offers.push((event as CustomEvent<ReportOffer>).detail);
    });
    node.querySelector<HTMLButtonElement>(".obs-menu button:nth-child(6)")!.click();
    await vi.waitFor(() => expect(offers).toHaveLength(1));
    const [{record, svg}] = offers as [ReportOffer];
    expect(record).toMatchObject({
      title: "Head 3 at depth 2",
      facts: "n = 1 sentence · seed 7 · weights in [0, 1]",
      caption: "Attention is not explanation.",
      recipe: {seed: 7},
      isRun: true,
      recipeHash: await recipeHash({seed: 7} as never),
      page: "http://localhost:3000/"
    });
    expect(record.rows).toHaveLength(9);
    // its words are not drawn twice
    expect(svg).not.toContain("Attention is not explanation.");
    offers[0]!.answer("taken");
    expect(node.textContent).toContain("taken");
  });

  test("a figure without a recipe names the address that shows it", async () => {
    const words = {title: "50 % & more", facts: "n = 3", caption: "", rows: [{a: 1}]};
    const record = await figureRecord(words, "half", undefined);
    expect(record.recipe).toEqual({
      site: "ALBERT Observatory",
      version: siteVersion,
      page: "http://localhost:3000/",
      figure: "half"
    });
    const entry = bibtex(record, new Date("2026-05-04T10:00:00Z"));
    expect(entry).toContain("title = {{50 \\% \\& more}}");
    expect(entry).toContain("urldate = {2026-05-04}");
    expect(entry).toContain(`@misc{albert-observatory-${record.dataHash},`);
    // no title ends its field, or puts into the entry what no program reads
    const odd = bibtex({...record, title: '}} \u0000 \\ @misc{ "{'});
    expect(odd.replace(/\\[{}]/g, "").match(/\{/g)).toHaveLength(
      odd.replace(/\\[{}]/g, "").match(/\}/g)!.length
    );
    expect(odd.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
    expect(pageAddress("http://a.b/c?embed=x&seed=3#y")).toBe("http://a.b/c?seed=3");
  });

  test("the view's value and events pass through", () => {
    const node = make();
    let heard: unknown = null;
    node.addEventListener("input", () => (heard = node.value));
    node
      .querySelector(".obs-matrix svg")!
      .dispatchEvent(new KeyboardEvent("keydown", {key: "Enter"}));
    expect(heard).toEqual({from: 0, to: 0, locked: true});
  });

  test("CSV is handed over as a file; a failure is said, not thrown", async () => {
    const node = make();
    const saved: string[] = [];
    URL.createObjectURL = () => "blob:x";
    URL.revokeObjectURL = () => {};
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (
      this: HTMLAnchorElement
    ) {
      saved.push(this.download);
    });
    const [svg, png, csv, recipe, bib, report] = [
      ...node.querySelectorAll<HTMLButtonElement>(".obs-menu button")
    ];
    for (const item of [svg, csv, recipe, bib]) {
      const count = saved.length;
      item!.click();
      await vi.waitFor(() => expect(saved.length).toBe(count + 1));
    }
    expect(saved).toEqual([
      "head-3-at-depth-2.svg",
      "head-3-at-depth-2.csv",
      "head-3-at-depth-2.recipe.json",
      "head-3-at-depth-2.bib"
    ]);
    png!.click();
    await vi.waitFor(() =>
      expect(node.querySelector("[role=alert]")!.textContent).toContain("could not save PNG")
    );
    report!.click();
    await vi.waitFor(() =>
      expect(node.querySelector("[role=alert]")!.textContent).toContain("there is no report here")
    );
  });

  test("a column of numbers with their units is one of numbers, one with words is not", () => {
    const rows = [
      {model: "BERT", float32: formatBytes(743_000), work: "283k FLOP", printed: "80.0"},
      {model: "12 layers", float32: "1.2 MB", work: "none", printed: "79.4"}
    ];
    const classes = [...table(rows, "bytes").querySelectorAll("tbody tr:first-child td")].map(
      (cell) => cell.className
    );
    expect(classes).toEqual(["", "obs-num", "", "obs-num"]);
  });

  test("a table of nothing says so, and is none", () => {
    const node = table([], "empty");
    expect(node.textContent).toBe("nothing to show yet");
    expect(node.querySelector("table")).toBeNull();
  });

  test("a long table shows 200 rows and says how many are left", () => {
    const node = table(
      Array.from({length: 205}, (_, i) => ({i})),
      "many"
    );
    expect(node.querySelectorAll("tbody tr")).toHaveLength(200);
    expect(node.textContent).toContain("5 more rows");
  });
});
