import {InputError} from "../errors.js";
import {columnOf} from "./table.js";
import type {Table} from "./table.js";

/** What the loader prints and the page loads: the tables glue_results, ablations, configs, sources. */
export interface GlueDatabase {
  tables: Table[];
}

/**
 * Every `config` of a result must be a model of the table `configs`.
 *
 * @throws InputError naming the first that is not
 */
export function checkConfigNames(results: Table, configs: Table): void {
  const models = new Set(columnOf(configs, "model"));
  columnOf(results, "config").forEach((config, i) => {
    if (config != null && !models.has(config))
      throw new InputError(
        `glue_results row ${i + 1}, config: "${config}" is not in configs.csv (${columnOf(results, "variant")[i]})`
      );
  });
}

/**
 * A table of the database by name.
 *
 * @throws InputError when there is none
 */
export function tableNamed(database: GlueDatabase, name: string): Table {
  const table = database.tables.find((t) => t.name === name);
  if (!table) throw new InputError(`no table ${name} in the database`);
  return table;
}

/** Forward compute per token at 128 tokens in MFLOP, by configuration. */
export function computeByConfig(configs: Table): Map<string, number> {
  const compute = columnOf(configs, "mflops_per_token_128");
  return new Map(columnOf(configs, "model").map((model, i) => [String(model), Number(compute[i])]));
}

/** The tables as a schema browser shows them before the database is open. */
export function schemaOf(database: GlueDatabase): {
  name: string;
  description: string;
  rows: number;
  columns: {name: string; type: string; description: string}[];
}[] {
  const types = {text: "varchar", integer: "integer", number: "double", flag: "tinyint"};
  return database.tables.map(({name, description, rows, columns}) => ({
    name,
    description,
    rows,
    columns: columns.map((c) => ({name: c.name, type: types[c.type], description: c.description}))
  }));
}
