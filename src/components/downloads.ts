import {element} from "./dom.js";
import {unitSpace} from "./formats.js";

/** A row of a figure's table. */
export type Row = Record<string, string | number | boolean | null | undefined>;

/** Columns of a table in the order in which rows first name them. */
export function columnsOf(rows: readonly Row[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) columns.add(name);
  return [...columns];
}

/**
 * Rows as CSV (RFC 4180): a header, CRLF, quotes where needed, every digit of a number, nothing for
 * null and NaN, plain spaces before units. Text that a spreadsheet would run as a formula gets an apostrophe before it.
 */
export function csvText(
  rows: readonly Row[],
  columns: readonly string[] = columnsOf(rows)
): string {
  const cell = (value: Row[string]): string => {
    if (value == null || (typeof value === "number" && Number.isNaN(value))) return "";
    const plain = `${value}`.replaceAll(unitSpace, " ");
    const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${plain}` : plain;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map(cell), ...rows.map((row) => columns.map((name) => cell(row[name])))];
  return lines.map((line) => `${line.join(",")}\r\n`).join("");
}

/** A file name from a title: lower-case words with hyphens. @example "Loss, by step" → "loss-by-step" */
export function fileName(title: string): string {
  const words = title.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.join("-").slice(0, 60) || "figure";
}

/** Hands the reader a file; nothing leaves the browser. */
export function saveFile(name: string, type: string, content: string | Blob): void {
  const blob = typeof content === "string" ? new Blob([content], {type}) : content;
  const url = URL.createObjectURL(blob);
  const link = element("a", {href: url, download: name, hidden: true});
  document.body.append(link);
  link.click();
  link.remove();
  // The click only starts the download: the browser still reads the URL after it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * SVG text painted as PNG.
 *
 * @param scale pixels per user unit, default 2
 * @throws Error when the browser cannot paint it
 */
export async function pngBlob(svg: string, scale = 2): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], {type: "image/svg+xml"}));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = element("canvas");
    canvas.width = Math.ceil(picture.naturalWidth * scale);
    canvas.height = Math.ceil(picture.naturalHeight * scale);
    canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("the figure could not be painted"))),
        "image/png"
      )
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
