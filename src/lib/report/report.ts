/** A reader's report: figures, tables and answers of queries from any page, and their own words. */
import * as v from "valibot";
import {InputError} from "../errors.js";
import {printable, readJson} from "../json.js";

const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const id = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/));
const cell = v.union([v.string(), v.number(), v.boolean(), v.null()]);

const exhibit = v.object({
  kind: v.literal("exhibit"),
  id,
  title: text(1000),
  facts: text(10_000),
  caption: text(10_000),
  svg: v.nullable(text(20_000_000)),
  columns: v.pipe(v.array(text(1000)), v.maxLength(10_000)),
  rows: v.pipe(v.array(v.array(cell)), v.maxLength(200_000)),
  sql: v.nullable(text(100_000)),
  recipe: v.unknown(),
  isRun: v.boolean(),
  recipeHash: text(64),
  dataHash: text(64),
  page: text(20_000),
  addedAt: text(40)
});

const words = v.object({kind: v.literal("words"), id, markdown: text(1_000_000)});

const schema = v.object({
  version: v.literal(1),
  title: text(1000),
  parts: v.pipe(v.array(v.variant("kind", [exhibit, words])), v.maxLength(1000))
});

/** A figure, a table or a query's answer with all that is known of it; `rows` are cells by `columns`. */
export type Exhibit = v.InferOutput<typeof exhibit>;

/** The reader's own Markdown. */
export type Words = v.InferOutput<typeof words>;

/** One part of a report. */
export type ReportPart = Exhibit | Words;

/** A report with its parts in order. */
export type Report = v.InferOutput<typeof schema>;

/** A report with nothing in it yet. */
export const emptyReport: Report = {version: 1, title: "Report", parts: []};

/** A name that no other part has. */
export function partId(): string {
  return crypto.randomUUID();
}

/**
 * Reads a report from its JSON text. Everything in it is data: text to be shown as text, pictures to
 * be shown as images.
 *
 * @param file the name to put into error messages
 * @throws InputError when it is no report, or one of a later version
 */
export function parseReport(json: string, file = "report"): Report {
  const value = readJson(json, file);
  const version = (value as {version?: unknown} | null)?.version;
  if (typeof version === "number" && version > 1)
    throw new InputError(
      `${file}: version ${version} is newer than this page (it reads version 1)`
    );
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0]!;
  const where = `${file}: ${v.getDotPath(issue) ?? "report"}`;
  if (issue.received === "undefined") throw new InputError(`${where} is missing`);
  throw new InputError(`${where} is ${printable(issue.received)} (expected ${issue.expected})`);
}

/** Moves a part one place up (−1) or down (+1); at the end it stays. */
export function movePart(report: Report, which: string, by: -1 | 1): Report {
  const from = report.parts.findIndex((part) => part.id === which);
  const to = from + by;
  if (from < 0 || to < 0 || to >= report.parts.length) return report;
  const parts = [...report.parts];
  [parts[from], parts[to]] = [parts[to]!, parts[from]!];
  return {...report, parts};
}

/** Rows as `columns` and cells; numbers that JSON cannot hold are null. */
export function cellsOf(
  rows: readonly Record<string, string | number | boolean | null | undefined>[]
): Pick<Exhibit, "columns" | "rows"> {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = rows.map((row) =>
    columns.map((name) => {
      const value = row[name] ?? null;
      return typeof value === "number" && !Number.isFinite(value) ? null : value;
    })
  );
  return {columns, rows: cells};
}
