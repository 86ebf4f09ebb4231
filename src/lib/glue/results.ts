import {InputError} from "../errors.js";
import {columnOf, parseTable, rowsOf} from "./table.js";
import type {Cell, CheckedRow, Column, Table} from "./table.js";
import {resultMetrics, resultsSpec} from "./resultsSpec.js";
import type {Metric} from "./resultsSpec.js";

/** One published number with its source spelled out: a row of the table `glue_results`. */
export interface PublishedResult extends Record<string, Cell> {
  model: string;
  variant: string;
  params_millions: number | null;
  config: string | null;
  source: string;
  split: "dev" | "test";
  setting: "single" | "ensemble";
  protocol: string;
  task: string;
  metric: Metric;
  value: number;
  inferred: number;
  note: string | null;
  suspect: number;
  second_hand: number;
  source_title: string;
  source_location: string;
  year: number | null;
}

function checkResult({cells, where}: CheckedRow): void {
  const {task, metric, value, params_millions, setting, suspect, note, inferred} = cells;
  if (!resultMetrics[String(task)]?.includes(metric as Metric))
    throw new InputError(
      `${where}, metric: ${metric} does not go with ${task} (expected ${resultMetrics[String(task)]?.join(" or ")})`
    );
  if (Number(value) < 0 && metric !== "mcc" && metric !== "pearson" && metric !== "spearman")
    throw new InputError(`${where}, value: ${value} is below 0 and ${metric} cannot be`);
  if (setting === "ensemble" && params_millions != null)
    throw new InputError(`${where}, params_millions: an ensemble has no single size`);
  if (suspect && !note) throw new InputError(`${where}, note: a suspect row must say why`);
  if (inferred && !note) throw new InputError(`${where}, note: an inferred metric must say how`);
}

/**
 * Reads and checks the published results: every cell, metric against task, no number twice, and
 * every `source` listed with the same `second_hand` mark.
 *
 * @param files name → text of data/glue/results/*.csv
 * @param sources a table of {@link sourcesSpec}
 * @returns the table `glue_results`, each row with its source's title, location and year
 * @throws InputError with file and line
 */
export function parseResults(files: ReadonlyMap<string, string>, sources: Table): Table {
  const index = new Map(columnOf(sources, "id").map((id, i) => [id, i]));
  const secondHand = columnOf(sources, "second_hand");
  const seen = new Map<string, string>();
  const used = new Set<Cell>();
  const table = parseTable(resultsSpec, files, (row) => {
    checkResult(row);
    const {cells, where} = row;
    const at = index.get(cells.source!);
    if (at == null)
      throw new InputError(`${where}, source: "${cells.source}" is not in sources.csv`);
    if (secondHand[at] !== cells.second_hand)
      throw new InputError(
        `${where}, second_hand: ${cells.second_hand}, but sources.csv says ${secondHand[at]} of ${cells.source}`
      );
    const key = ["model", "variant", "source", "split", "task", "metric", "setting", "protocol"]
      .map((name) => cells[name])
      .join("|");
    const before = seen.get(key);
    if (before) throw new InputError(`${where}: the same number as in ${before}`);
    seen.set(key, where);
    used.add(cells.source!);
  });
  for (const id of index.keys())
    if (!used.has(id)) throw new InputError(`sources.csv: no result comes from "${id}"`);
  const at = columnOf(table, "source").map((id) => index.get(id)!);
  const joined = (name: string, from: string, description: string): Column => {
    const column = sources.columns.find((c) => c.name === from)!;
    return {name, type: column.type, description, values: at.map((i) => column.values[i]!)};
  };
  table.columns.push(
    joined("source_title", "title", "the source in words"),
    joined("source_location", "location", "where to find the source"),
    joined("year", "year", "year the source was made public")
  );
  return table;
}

/** The rows of `glue_results`, typed. */
export function publishedResults(table: Table): PublishedResult[] {
  return rowsOf<PublishedResult>(table);
}

/** A choice of rows that may be compared: one test set, one metric, one split. */
export interface ResultFilter {
  task: string;
  metric: Metric;
  split: "dev" | "test";
  /** One model, several, or (default) both. */
  setting?: "single" | "ensemble" | "any";
  /** Whether rows seen only as copies are let in, default false. */
  secondHand?: boolean;
  /** Whether rows that are probably slips are let in, default false; show them with their note. */
  suspect?: boolean;
}

/** The rows that answer a filter; a score is never mixed with another metric's or split's. */
export function selectResults(
  rows: readonly PublishedResult[],
  {task, metric, split, setting = "any", secondHand = false, suspect = false}: ResultFilter
): PublishedResult[] {
  return rows.filter(
    (row) =>
      row.task === task &&
      row.metric === metric &&
      row.split === split &&
      (setting === "any" || row.setting === setting) &&
      (secondHand || !row.second_hand) &&
      (suspect || !row.suspect)
  );
}

/** The combinations of task, metric and split that have rows, most rows first. */
export function resultChoices(
  rows: readonly PublishedResult[]
): {task: string; metric: Metric; split: "dev" | "test"; rows: number}[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify([row.task, row.metric, row.split]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .map(([key, n]) => {
      const [task, metric, split] = JSON.parse(key) as [string, Metric, "dev" | "test"];
      return {task, metric, split, rows: n};
    })
    .sort((a, b) => b.rows - a.rows);
}
