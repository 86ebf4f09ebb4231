import type {Table} from "../corpus/table.js";
import {InputError} from "../errors.js";
import {readParquet} from "../store/import/parquet.js";
import {dateText, timeText, valueText} from "../store/import/parquetValues.js";

/** Most rows of a file to learn from; a page holds them all as text. */
const mostRows = 1_000_000;

/**
 * A Parquet file as a table of texts, for the tasks: numbers and truth values as GLUE writes them,
 * nothing where a value is missing. A row's number stands for its line.
 *
 * @throws InputError naming the file and what was expected
 */
export async function parquetTable(bytes: Uint8Array, file: string): Promise<Table> {
  const {rows, columns} = await readParquet(bytes, file);
  if (rows === 0) throw new InputError(`${file}: no rows`);
  if (rows > mostRows)
    throw new InputError(
      `${file}: ${rows.toLocaleString("en-US")} rows (expected at most 1,000,000)`
    );
  const decoder = new TextDecoder();
  const cells = Array.from({length: rows}, () => new Array<string>(columns.length));
  columns.forEach(({chunks, kind}, c) => {
    let row = 0;
    for (const chunk of chunks)
      for (let i = 0; i < chunk.length; ++i) {
        const value = chunk[i];
        cells[row++]![c] =
          value instanceof Uint8Array
            ? decoder.decode(value)
            : typeof value === "boolean"
              ? String(Number(value))
              : kind === "date" && value != null
                ? dateText(value as number)
                : kind === "time" && value != null
                  ? timeText(value as bigint)
                  : (valueText(value) ?? "");
      }
  });
  return {
    file,
    columns: columns.map(({name}) => name),
    rows: cells,
    lines: cells.map((_, i) => i + 1)
  };
}
