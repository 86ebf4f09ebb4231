/** Arquero compiles code from strings, so only the worker imports this file. */
import * as aq from "arquero";
import {InputError, errorMessage} from "../../errors.js";
import type {ResultColumn, ResultTable, ResultValue} from "../duckdb/result.js";
import type {PivotSpec, ReshapeCommand, ReshapeEvent} from "./protocol.js";

/** Most columns a wide table may get. */
export const columnLimit = 200;

/**
 * A long table made wide: one row for each value of one column, one column for each value of
 * another, in the order they first appear. Cells with no value are null.
 *
 * @example rows model, columns task, values score: [BERT, SST-2, 93], [BERT, RTE, 70] →
 * [BERT, 93, 70] under model, SST-2, RTE
 * @throws InputError when the values are not numbers, or there would be too many columns
 */
export function pivot(
  table: ResultTable,
  {rows, columns, values, aggregate}: PivotSpec
): ResultTable {
  const [rowColumn, nameColumn, valueColumn] = [rows, columns, values].map((i) => {
    const column = table.columns[i];
    if (!column) throw new InputError(`pivot: no column ${i} in the result`);
    return column;
  });
  if (aggregate !== "count" && valueColumn!.kind !== "number")
    throw new InputError(
      `pivot: the ${aggregate} of "${valueColumn!.name}" needs numbers, and it holds ${valueColumn!.kind} values; choose count`
    );
  const names = new Map<ResultValue, number>();
  for (const name of nameColumn!.values) if (!names.has(name)) names.set(name, names.size);
  if (names.size > columnLimit)
    throw new InputError(
      `pivot: "${nameColumn!.name}" has ${names.size} values, and a table of more than ${columnLimit} columns is not shown`
    );
  const keys = new Map<ResultValue, number>();
  for (const key of rowColumn!.values) if (!keys.has(key)) keys.set(key, keys.size);
  const {op} = aq;
  const cell = {
    mean: op.mean("value"),
    max: op.max("value"),
    min: op.min("value"),
    count: op.count()
  }[aggregate];
  const wide = aq
    .table({
      row: rowColumn!.values.map((key) => keys.get(key)!),
      name: nameColumn!.values.map((name) => `c${names.get(name)!}`),
      value: valueColumn!.values
    })
    .groupby("row")
    .pivot("name", {cell}, {sort: false, limit: columnLimit})
    .orderby("row");
  const found = new Set(wide.columnNames());
  const order = Array.from(wide.array("row") as number[]);
  const keyValues = [...keys.keys()];
  const key: ResultColumn = {...rowColumn!, values: order.map((i) => keyValues[i]!)};
  const cells = [...names].map(([name, i]): ResultColumn => {
    const held = found.has(`c${i}`) ? Array.from(wide.array(`c${i}`) as ResultValue[]) : null;
    return {
      name: name == null ? "(none)" : String(name),
      kind: "number",
      type: "Float64",
      values: order.map((_, r) => {
        const value = held?.[r];
        return typeof value === "number" && Number.isFinite(value) ? value : null;
      })
    };
  });
  return {columns: [key, ...cells], rows: order.length};
}

/** Answers one request; never throws. */
export function answer({id, table, spec}: ReshapeCommand): ReshapeEvent {
  try {
    return {type: "result", id, table: pivot(table, spec)};
  } catch (error) {
    return {type: "error", id, message: errorMessage(error)};
  }
}
