/** DuckDB refused a query: its own message, and ours where the reason lies in this page. */
export class QueryError extends Error {
  override name = "QueryError";
  /** What to do instead, or null when DuckDB's message says it all. */
  readonly hint: string | null;

  constructor({message, hint}: {message: string; hint: string | null}) {
    super(message);
    this.hint = hint;
  }
}

/** A query that was stopped before it ended. */
export class QueryStopped extends Error {
  override name = "QueryStopped";
  /** "cancelled" by the reader, or over its "time". */
  readonly reason: "cancelled" | "time";
  /** True when the worker had to be killed, so that tables made by SQL are gone. */
  readonly restarted: boolean;

  constructor(reason: "cancelled" | "time", elapsedMs: number, restarted: boolean) {
    const seconds = (elapsedMs / 1000).toFixed(1);
    super(
      (reason === "time"
        ? `the query was stopped at its time limit, after ${seconds} s`
        : `the query was cancelled after ${seconds} s`) +
        (restarted
          ? "; DuckDB had to be restarted, with its first tables and those of your files"
          : "")
    );
    this.reason = reason;
    this.restarted = restarted;
  }
}

const hints: readonly [RegExp, string][] = [
  [
    /extension|not in the catalog|\bicu\b/i,
    "this page runs DuckDB without extensions (no Parquet, JSON or time-zone functions inside SQL), so that nothing is fetched from outside; give the file to this page instead, take texts apart by regexp_extract, and dates by their parts of a TIMESTAMP"
  ],
  [
    /permission|disabled by configuration|external access|cannot change configuration|configuration has been locked|file system/i,
    "files, addresses and settings are closed to SQL on this page; only the tables listed beside the editor can be read"
  ],
  [
    /out of memory|could not allocate/i,
    "the query needs more memory than this page gives it; aggregate earlier or add a WHERE"
  ]
];

/**
 * DuckDB's message as it stands, with a hint where this page is the reason. The parser answers in
 * JSON; it is put into the form that all other errors have.
 *
 * @example explain(new Error('{"exception_type":"Parser","exception_message":"syntax error …"}'))
 * → {message: "Parser Error: syntax error …", hint: null}
 */
export function explain(error: unknown): {message: string; hint: string | null} {
  const text = (error instanceof Error ? error.message : String(error)).trim();
  const message = readable(text);
  return {message, hint: hints.find(([pattern]) => pattern.test(message))?.[1] ?? null};
}

function readable(text: string): string {
  if (!text.startsWith("{")) return text;
  try {
    const parsed = JSON.parse(text) as {exception_type?: string; exception_message?: string};
    if (parsed.exception_message)
      return `${parsed.exception_type ?? "DuckDB"} Error: ${parsed.exception_message}`;
  } catch {
    // not the parser's JSON: shown as it is
  }
  return text;
}
