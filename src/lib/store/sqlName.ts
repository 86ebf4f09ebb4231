/**
 * A name as a person would write it in SQL: in quotes unless it is plain, and no word of the language.
 *
 * @example sqlName("Two words") → '"Two words"', sqlName("order") → '"order"'
 */
export const sqlName = (name: string) =>
  /^[a-z_][a-z0-9_]*$/.test(name) && !words.has(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** What DuckDB takes for no name of a table or column (`duckdb_keywords()`). */
const words = new Set(
  "all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check collate collation column columns concurrently constraint create cross default deferrable desc describe distinct do else end except false fetch for foreign freeze from full generated glob group having ilike in initially inner intersect into is isnull join lambda lateral leading left like limit map natural not notnull null offset on only or order outer overlaps pivot pivot_longer pivot_wider placing positional primary qualify references returning right select semi show similar some struct summarize symmetric table tablesample then to trailing true try_cast union unique unpack unpivot using variadic verbose when where window with".split(
    " "
  )
);
