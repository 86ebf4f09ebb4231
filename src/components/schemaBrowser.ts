import type {SchemaTable} from "../lib/store/duckdb/database.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";

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

  const choose = (name: string) => () =>
    emit(node, /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
  const nameButton = (name: string) =>
    element(
      "button",
      {type: "button", class: "glue-name", title: "put into the query", onclick: choose(name)},
      element("bdi", {}, name)
    );

  function update(next: readonly SchemaTable[]): void {
    list.replaceChildren(
      ...next.map((table) => {
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
            table.columns.map((column) => [
              element(
                "dt",
                {},
                nameButton(column.name),
                " ",
                element("span", {class: "glue-type"}, column.type.toLowerCase())
              ),
              column.description ? element("dd", {}, column.description) : null
            ])
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
