import type {SchemaTable} from "../lib/store/duckdb/database.js";
import {sqlName} from "../lib/store/sqlName.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {refill} from "./refill.js";
import {mostColumns} from "./resultsTable.js";

/** A browser of tables and columns; its value is the name that was last chosen. */
export type SchemaBrowser = View<string> & {
  /** Shows other tables, keeping open what is open. */
  update(tables: readonly SchemaTable[]): void;
};

/**
 * The tables of a database, each opening to its columns with type and meaning. Choosing a name
 * gives it as `value`, for an editor to insert.
 */
export function schemaBrowser(tables: readonly SchemaTable[]): SchemaBrowser {
  const list = element("div", {class: "glue-schema-list"});
  const node = withValue(
    element("section", {class: "glue-schema", "aria-label": "Tables and columns"}, list),
    ""
  );
  const open = new Set<string>();

  const choose = (name: string) => () => emit(node, sqlName(name));
  const nameButton = (name: string, table: string) =>
    element(
      "button",
      {
        type: "button",
        class: "glue-name",
        title: "put into the query",
        "aria-label": `${name}, column of ${table}`,
        onclick: choose(name)
      },
      element("bdi", {}, name)
    );

  function update(next: readonly SchemaTable[]): void {
    refill(
      list,
      next.map((table) => {
        const details = element(
          "details",
          {open: open.has(table.name)},
          element(
            "summary",
            {},
            element("code", {}, element("bdi", {}, table.name)),
            table.rows == null
              ? null
              : element("span", {class: "obs-muted"}, ` ${table.rows.toLocaleString("en-US")} rows`)
          ),
          table.description ? element("p", {class: "obs-muted"}, table.description) : null,
          element(
            "dl",
            {},
            table.columns
              .slice(0, mostColumns)
              .map((column) => [
                element(
                  "dt",
                  {},
                  nameButton(column.name, table.name),
                  " ",
                  element("span", {class: "glue-type"}, column.type.toLowerCase())
                ),
                column.description ? element("dd", {}, column.description) : null
              ])
          ),
          table.columns.length > mostColumns &&
            element(
              "p",
              {class: "obs-muted"},
              `The first ${mostColumns} of ${table.columns.length.toLocaleString("en-US")} columns; `,
              element("code", {}, `DESCRIBE ${sqlName(table.name)}`),
              " lists all."
            )
        );
        details.addEventListener("toggle", () => {
          if (details.open) open.add(table.name);
          else open.delete(table.name);
        });
        return details;
      })
    );
  }

  update(tables);
  return Object.assign(node, {update});
}
