/** The longest that a query may take, in ms, unless it says otherwise. */
export const queryLimitMs = 30_000;

/** The longest that DuckDB may take to start, to read a file or to take a table in, in ms each. */
export const loadLimitMs = 120_000;
