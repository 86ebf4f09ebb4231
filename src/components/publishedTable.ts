import type {PublishedResult} from "../lib/glue/results.js";
import type {ResultColumn, ResultTable} from "../lib/store/duckdb/result.js";
import {resultsTable} from "./resultsTable.js";

/**
 * Published numbers with their sources as a table that sorts: also those that a chart cannot place,
 * such as ensembles, which have no size.
 *
 * @param rows rows of one task, metric and split: see `selectResults`
 * @param compute forward MFLOP per token by configuration
 */
export function publishedTable(
  rows: readonly PublishedResult[],
  compute: ReadonlyMap<string, number>
): HTMLElement {
  const sorted = [...rows].sort((a, b) => b.value - a.value);
  const column = (
    name: string,
    kind: ResultColumn["kind"],
    value: (row: PublishedResult) => string | number | null
  ): ResultColumn => ({name, kind, type: "", values: sorted.map(value)});
  const table: ResultTable = {
    rows: sorted.length,
    columns: [
      column("network", "text", ({model, variant}) => `${model} ${variant}`),
      column("score", "number", ({value}) => value),
      column("source", "text", ({source_title}) => source_title),
      column("year", "text", ({year}) => (year === null ? null : String(year))),
      column("setting", "text", ({setting}) => (setting === "single" ? "one model" : setting)),
      column("parameters, millions", "number", (row) => row.params_millions),
      column("MFLOP per token", "number", ({config}) =>
        config === null ? null : (compute.get(config) ?? null)
      ),
      column("where", "text", ({source_location}) => source_location),
      column("note", "text", ({note}) => note)
    ]
  };
  return resultsTable(table, {caption: "Published results with their sources"});
}
