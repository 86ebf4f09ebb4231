import type {SavedQuery} from "../lib/glue/queries.js";
import type {DownloadProgress} from "../lib/store/duckdb/boot.js";
import type {QueryOptions, QueryResult, SchemaTable} from "../lib/store/duckdb/database.js";
import {loadLimitMs, queryLimitMs} from "../lib/store/duckdb/limits.js";
import type {ResultTable} from "../lib/store/duckdb/result.js";
import type {ReadTable} from "../lib/store/import/readTable.js";
import {mixedMark, type Provenance} from "../lib/store/provenance.js";
import {tablesIn} from "../lib/store/tablesIn.js";
import type {PivotSpec} from "../lib/store/reshape/protocol.js";
import {element} from "./dom.js";
import {fileDrop} from "./fileDrop.js";
import {formatDuration} from "./formats.js";
import {firstRows, importTable, type TableTarget} from "./importTable.js";
import {queryBar} from "./queryBar.js";
import {resultView} from "./resultView.js";
import {schemaBrowser} from "./schemaBrowser.js";
import {sqlEditor} from "./sqlEditor.js";
import type {TableWriter} from "./tableFile.js";

/** The part of a database that the notebook uses. */
export interface SqlSession extends TableTarget {
  query(sql: string, options?: QueryOptions): Promise<QueryResult>;
  restore(): Promise<void>;
  /** Takes up what changed outside of the database since the last question. */
  refresh?(): Promise<void>;
}

/** Options of {@link sqlNotebook}. */
export interface SqlNotebookOptions {
  /** Opens the database the first time it is needed, telling how far the download is; the signal stops it. */
  connect: (
    onProgress: (progress: DownloadProgress) => void,
    signal: AbortSignal
  ) => Promise<SqlSession>;
  /** Tables as they will be, shown before the database is open. */
  schema: readonly SchemaTable[];
  /** Questions to begin with; the first one's SQL is in the editor. */
  queries: readonly SavedQuery[];
  /** What the editor holds at first, default the first question. It is not run. */
  sql?: string;
  /** Told of every change in the editor. */
  onChange?: (sql: string) => void;
  /** Makes a long table wide. */
  pivot?: (table: ResultTable, spec: PivotSpec) => Promise<ResultTable>;
  /** Which tables are published and which are the reader's own: what mixes them is marked. */
  provenance?: Provenance;
  /** Reads and writes files of tables; without it none are taken. */
  files?: {read(name: string, bytes: Uint8Array): Promise<ReadTable>; write: TableWriter};
  /** Width of charts in pixels where the page cannot tell, default 640. */
  width?: number;
}

/**
 * A place to ask a database questions: saved questions, an editor, the tables beside it, and the
 * answer below. Nothing is loaded before the first `Run`. A query that fails shows the database's
 * own message; the text and the last answer stay.
 */
export function sqlNotebook({
  connect,
  schema,
  queries,
  sql: initial = queries[0]?.sql ?? "",
  onChange,
  pivot,
  provenance,
  files,
  width = 640
}: SqlNotebookOptions): HTMLElement {
  let session: SqlSession | null = null;
  let stop: AbortController | null = null;
  /** The statement that runs, from when it was read from the editor until its tables are shown. */
  let running: string | null = null;
  /** Tables are put in place: a statement that is asked for meanwhile waits. */
  let isPlacing = false;
  /** Whether another was asked meanwhile; it follows. */
  let isNext = false;
  let known: readonly SchemaTable[] = schema;

  const editor = sqlEditor(initial, {
    onRun: () => void runQuery(),
    tables: schema
  });
  editor.addEventListener("input", () => onChange?.(editor.value));
  const browser = schemaBrowser(schema);
  browser.addEventListener("input", (event) => {
    event.stopPropagation();
    editor.insert(browser.value);
  });
  const bar = queryBar({
    run: () => void runQuery(),
    cancel() {
      isNext = false;
      stop?.abort();
    },
    restore: () => void restoreTables()
  });
  const message = element("div", {class: "glue-message", role: "alert"});
  const answer = element("div", {class: "glue-answer"});
  const drop =
    files &&
    fileDrop({
      label: "a table: Parquet, CSV, TSV, JSON, JSON lines or Arrow",
      accept: ".parquet,.csv,.tsv,.txt,.json,.jsonl,.ndjson,.arrow,.feather",
      maxBytes: 268_435_456,
      paste: false
    });
  drop?.addEventListener("input", (event) => {
    event.stopPropagation();
    void takeFile();
  });
  const saved = element(
    "ul",
    {class: "glue-questions"},
    queries.map(({question, sql}) =>
      element(
        "li",
        {},
        element(
          "button",
          {
            type: "button",
            onclick: () => {
              editor.replace(sql);
              void runQuery();
            }
          },
          question
        )
      )
    )
  );

  async function open(signal: AbortSignal): Promise<SqlSession> {
    if (session) return session;
    session = await connect(bar.loading(), signal);
    bar.canRestore();
    return session;
  }

  /** The tables a statement reads, with their rows, and the mark its result needs. */
  function sourcesOf(sql: string) {
    const named = tablesIn(sql);
    const read = known.filter(({name}) => named.includes(name.toLowerCase()));
    const names = read.map(({name}) => name);
    return {names, read, mark: provenance?.isMixed(names) ? mixedMark : null};
  }

  /** Shows the tables as they are; those that a statement just made have the origins of its sources. */
  async function showTables(database: SqlSession, from: readonly string[]): Promise<void> {
    const before = new Set(known.map(({name}) => name));
    known = await database.schema();
    const made = known.map(({name}) => name).filter((name) => !before.has(name));
    provenance?.made(made, from);
    browser.update(known);
    editor.suggest(known);
  }

  async function takeFile(): Promise<void> {
    const given = drop!.value;
    if (!given || !("bytes" in given)) return;
    if (stop) return drop!.fail(`${given.name}: a query runs; wait for it or cancel it`);
    const {signal} = (stop = new AbortController());
    isPlacing = true;
    busy(true);
    try {
      const database = await open(signal);
      signal.throwIfAborted();
      const start = performance.now();
      const taken = schema.map(({name}) => name);
      const {name, rows} = await importTable(
        database,
        given,
        taken,
        files!.read,
        signal,
        // how far it is nobody tells, only for how long
        (part) => bar.time(part, loadLimitMs, true)
      );
      await showTables(database, []);
      const seconds = formatDuration((performance.now() - start) / 1000);
      bar.say(`${name}: ${rows.toLocaleString("en-US")} rows, ready after ${seconds}`);
      if (!isNext)
        editor.replace(firstRows(name, known.find((table) => table.name === name)?.columns ?? []));
    } catch (error) {
      const {message: text, restarted} = error as Error & {restarted?: boolean};
      drop!.fail(
        !signal.aborted
          ? text
          : `${given.name}: cancelled${restarted ? "; DuckDB had to be restarted, with its first tables and those of your files" : ""}`
      );
      bar.say("the file was not taken");
      if (session && restarted) await showTables(session, []);
    } finally {
      placed();
    }
  }

  function busy(on: boolean, canCancel = true): void {
    bar.busy(on, canCancel);
    answer.classList.toggle("glue-stale", on);
  }

  function fail(error: unknown): void {
    const {message: text, hint} = error as Error & {hint?: string | null};
    bar.say("the query did not run; your text is as it was");
    message.replaceChildren(
      element("pre", {class: "glue-error"}, text),
      hint ? element("p", {}, hint) : ""
    );
  }

  async function runQuery(): Promise<void> {
    if (stop) {
      isNext = isPlacing || (running !== null && editor.value !== running);
      return;
    }
    const {signal} = (stop = new AbortController());
    busy(true);
    message.replaceChildren();
    try {
      const database = await open(signal);
      bar.time("running", queryLimitMs);
      await database.refresh?.();
      const sql = (running = editor.value);
      const {names, read, mark} = sourcesOf(sql);
      const result = await database.query(sql, {signal});
      const write =
        files && ((table: ResultTable, format: "parquet" | "arrow") => files.write(table, format));
      const shown = {pivot, sql, write, read, mark, width: answer.clientWidth || width};
      answer.replaceChildren(resultView(result, shown));
      bar.say(`done in ${formatDuration(result.elapsedMs / 1000)}`);
      await showTables(database, names);
    } catch (error) {
      fail(error);
      // What SQL had made is gone with the worker.
      if (session && (error as {restarted?: boolean}).restarted) await showTables(session, []);
    } finally {
      stop = null;
      running = null;
      busy(false);
      goOn();
    }
  }

  async function restoreTables(): Promise<void> {
    if (!session || stop) return;
    stop = new AbortController();
    isPlacing = true;
    busy(true, false);
    try {
      await session.restore();
      await showTables(session, []);
      bar.say("the published tables are as they were");
    } catch (error) {
      fail(error);
    } finally {
      placed();
    }
  }

  /** Tables are in place: goes on with the statement that waits for them. */
  function placed(): void {
    stop = null;
    isPlacing = false;
    busy(false);
    goOn();
  }

  function goOn(): void {
    if (!isNext) return;
    isNext = false;
    void runQuery();
  }

  return element(
    "div",
    {class: "glue-notebook"},
    element("section", {class: "glue-saved", "aria-label": "Questions"}, saved),
    element(
      "div",
      {class: "glue-bench"},
      element("div", {class: "glue-write"}, editor, bar.node, message, drop ?? null),
      browser
    ),
    answer
  );
}
