import {canonicalJson, sha256} from "../lib/recipe/hash.js";
import {embedKey, siteName, siteVersion} from "../lib/site.js";
import {csvText, type Row} from "./downloads.js";

/** A figure's words, numbers and origin: what its files, a report and a citation say of it. */
export interface FigureRecord {
  title: string;
  /** How it came about, joined with dots. */
  facts: string;
  caption: string;
  rows: readonly Row[];
  /** The recipe that reruns it; where it has none, the address that shows it. */
  recipe: unknown;
  /** Whether `recipe` is a run or a sweep, and no mere address. */
  isRun: boolean;
  /** First 12 hexadecimal digits of the SHA-256 of the recipe's canonical JSON. */
  recipeHash: string;
  /** The same of its numbers as CSV. */
  dataHash: string;
  /** Address of the page as it was. */
  page: string;
}

/** Address of the page in front of the reader, without what makes it an embedded view. */
export function pageAddress(href: string = location.href): string {
  const url = new URL(href);
  url.searchParams.delete(embedKey);
  url.hash = "";
  return url.href;
}

/** Gathers what is known of a figure. @param recipe undefined where it has none */
export async function figureRecord(
  words: Pick<FigureRecord, "title" | "facts" | "caption" | "rows">,
  name: string,
  recipe: unknown
): Promise<FigureRecord> {
  const page = pageAddress();
  const isRun = recipe != null;
  const known = isRun ? recipe : {site: siteName, version: siteVersion, page, figure: name};
  const short = async (text: string) => (await sha256(text)).slice(0, 12);
  return {
    ...words,
    page,
    isRun,
    recipe: known,
    recipeHash: await short(canonicalJson(known)),
    dataHash: await short(csvText(words.rows))
  };
}

/** Where a figure is from, in a line of small print. */
export function sourceLine({isRun, recipeHash, dataHash, page}: FigureRecord): string {
  return [
    `${siteName} ${siteVersion}`,
    isRun && `recipe ${recipeHash}`,
    `data ${dataHash}`,
    page.replace(/^https?:\/\//, "")
  ]
    .filter(Boolean)
    .join(" · ");
}

const special: Record<string, string> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "%": "\\%",
  "#": "\\#",
  _: "\\_",
  "^": "\\textasciicircum{}",
  "~": "\\textasciitilde{}"
};

/**
 * A BibTeX entry for a figure: its title, the page, the hashes that identify recipe and numbers.
 *
 * @param day when it was seen
 */
export function bibtex(record: FigureRecord, day: Date = new Date()): string {
  const {title, facts, isRun, recipeHash, dataHash, page} = record;
  const plain = (text: string) =>
    text.replace(/\p{Cc}/gu, " ").replace(/[\\{}$&%#_^~]/g, (sign) => special[sign]!);
  const note = [facts, isRun && `recipe ${recipeHash}`, `data ${dataHash}`]
    .filter(Boolean)
    .join("; ");
  const fields = {
    title: `{${plain(title)}}`,
    author: `{${siteName}}`,
    year: `${day.getFullYear()}`,
    howpublished: `${siteName} ${siteVersion}`,
    url: page.replace(/[{}\\\s]/g, encodeURIComponent),
    urldate: day.toISOString().slice(0, 10),
    note: plain(note)
  };
  const lines = Object.entries(fields).map(([name, value]) => `  ${name} = {${value}}`);
  return `@misc{albert-observatory-${isRun ? recipeHash : dataHash},\n${lines.join(",\n")}\n}\n`;
}

/** Everything that is known of a figure but its rows, as JSON. */
export function recordJson(record: FigureRecord): string {
  const {rows, ...known} = record;
  return JSON.stringify({...known, rows: rows.length, bibtex: bibtex(record)}, null, 2);
}
