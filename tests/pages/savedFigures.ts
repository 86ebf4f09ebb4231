/** What every figure of a page must hand over: SVG, PNG at twice its size, CSV, recipe and citation. */
import type {Page} from "@playwright/test";
import {expect} from "./helpers.js";

/** What the menu of a figure handed over. */
interface Saved {
  title: string;
  facts: string;
  caption: string;
  /** What the view says beside its drawing, but for how to use it. */
  beside: string;
  svg: string;
  /** What is wrong with the SVG as a document that stands alone; empty where nothing is. */
  faults: string[];
  size: [number, number];
  png: [number, number];
  csv: string;
  recipe: string;
  bib: string;
  problem: string;
}

/** Presses every item of every figure's menu and gives what would have been downloaded. */
function saveAll(page: Page): Promise<Saved[]> {
  return page.evaluate(async () => {
    const blobs = new Map<string, Blob>();
    const saved: {name: string; blob: Blob}[] = [];
    const {createObjectURL} = URL;
    const {click} = HTMLAnchorElement.prototype;
    URL.createObjectURL = (blob: Blob) => {
      const url = createObjectURL.call(URL, blob);
      blobs.set(url, blob);
      return url;
    };
    HTMLAnchorElement.prototype.click = function () {
      if (this.download) saved.push({name: this.download, blob: blobs.get(this.href)!});
      else click.call(this);
    };
    const text = (node: Element, selector: string) =>
      node.querySelector(selector)?.textContent ?? "";
    const press = async (figure: Element, label: string): Promise<Blob> => {
      const count = saved.length;
      const button = [...figure.querySelectorAll<HTMLButtonElement>(".obs-menu button")].find(
        (item) => item.textContent === label
      )!;
      button.click();
      while (saved.length === count) {
        if (text(figure, ".obs-error")) return new Blob();
        await new Promise((done) => setTimeout(done, 5));
      }
      return saved.at(-1)!.blob;
    };
    const all = [];
    for (const figure of document.querySelectorAll("figure.obs-figure")) {
      if (!figure.checkVisibility()) continue; // folded away: nothing is laid out
      const svg = await (await press(figure, "SVG")).text();
      const png = await press(figure, "PNG (2×)");
      const csv = await (await press(figure, "CSV")).text();
      const recipe = await (await press(figure, "Recipe (JSON)")).text();
      const bib = await (await press(figure, "BibTeX")).text();
      const drawing = new DOMParser().parseFromString(svg, "image/svg+xml");
      const faults: string[] = [];
      if (drawing.querySelector("parsererror")) faults.push("does not parse");
      for (const node of drawing.querySelectorAll("*"))
        for (const {name, value} of node.attributes) {
          if (/^(fill|stroke)$/.test(name) && !/^(none|rgb\(|#|url\(#)/.test(value))
            faults.push(`${node.tagName} ${name}="${value}"`);
          if (/var\(|https?:/.test(value) && !name.startsWith("xmlns"))
            faults.push(`${node.tagName} ${name}="${value}"`);
        }
      const words = [...drawing.querySelectorAll("text")];
      if (words.length === 0) faults.push("no text");
      // what is there to be pressed says nothing in a picture
      for (const word of words)
        if (/^Show [\d,]+ more$/.test(word.textContent))
          faults.push(`a button: ${word.textContent}`);
      if (!words.some((word) => word.closest("[font-family]"))) faults.push("no font");
      const root = drawing.documentElement;
      const paper = root.querySelector(":scope > rect")?.getAttribute("fill");
      if (paper !== "rgb(255, 255, 255)") faults.push(`on ${paper}`);
      for (const word of root.querySelectorAll(":scope > text"))
        if (!/^rgb\((\d|[1-8]\d)\b/.test(word.getAttribute("fill")!))
          faults.push(`words in ${word.getAttribute("fill")}`);
      const bitmap = png.size ? await createImageBitmap(png) : {width: 0, height: 0};
      all.push({
        title: text(figure, ".obs-title"),
        facts: text(figure, ".obs-facts"),
        caption: text(figure, ".obs-caption"),
        beside: [...figure.querySelectorAll<HTMLElement>("p.obs-readout:not(.obs-how)")]
          .filter((node) => node.checkVisibility() && !node.querySelector(".obs-how"))
          .map((node) => node.innerText)
          .join(" "),
        svg,
        faults: [...new Set(faults)].slice(0, 5),
        size: [Number(root.getAttribute("width")), Number(root.getAttribute("height"))] as [
          number,
          number
        ],
        png: [bitmap.width, bitmap.height] as [number, number],
        csv,
        recipe,
        bib,
        problem: text(figure, ".obs-error")
      });
    }
    return all;
  });
}

/**
 * Saves every figure that a page shows now in every form and checks what came.
 *
 * @param path named where something is wrong
 * @param mayWait whether a chart may wait for the reader and have no numbers yet
 * @returns the titles of the figures
 */
export async function checkSavedFigures(
  page: Page,
  path: string,
  mayWait = false
): Promise<string[]> {
  const all = await saveAll(page);
  for (const saved of all) {
    const {title, facts, svg, csv, recipe, bib} = saved;
    const where = `${path}: ${title}`;
    expect.soft(saved.problem, where).toBe("");
    expect.soft(saved.faults, where).toEqual([]);
    // words may be broken into lines
    const said = new Set(svg.match(/[\p{L}\p{N}]+/gu));
    for (const word of `${title} ${facts} ${saved.caption} ${saved.beside}`.match(
      /[\p{L}\p{N}]+/gu
    ) ?? [])
      expect.soft(said, where).toContain(word);
    expect.soft(saved.png, where).toEqual(saved.size.map((length) => Math.ceil(2 * length)));
    expect.soft(JSON.parse(recipe), where).toEqual(expect.any(Object));
    expect.soft(bib, where).toMatch(/^@misc\{albert-observatory-[0-9a-f]{12},\n {2}title = /);
    expect.soft(svg, where).toContain(/@misc\{(.*),/.exec(bib)![1]!.replace(/.*-/, ""));
    // a chart may wait for the reader: then it has no numbers either
    if (csv !== "\r\n") expect.soft(csv.split("\r\n").length, where).toBeGreaterThan(2);
    else expect.soft(mayWait, `${where} has no numbers`).toBe(true);
  }
  return all.map(({title}) => title);
}
