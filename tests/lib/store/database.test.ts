/** DuckDB as the page runs it (its browser worker, in a thread), with the published tables. */
import {afterAll, beforeAll, describe, expect, test, vi} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import {handOver} from "../../../src/lib/store/duckdb/boot.js";
import {Database} from "../../../src/lib/store/duckdb/database.js";
import {QueryError, QueryStopped} from "../../../src/lib/store/duckdb/errors.js";
import type {ResultValue} from "../../../src/lib/store/duckdb/result.js";
import {ownQueries, savedQueries} from "../../../src/lib/glue/queries.js";
import {readTable} from "../../../src/lib/store/import/readTable.js";
import {emptyOwnTables} from "../../../src/lib/store/ownResults.js";
import {sqlName} from "../../../src/lib/store/sqlName.js";
import {tablesIn} from "../../../src/lib/store/tablesIn.js";
import {pivot} from "../../../src/lib/store/reshape/pivot.js";
import {moduleOf, startThread} from "./duckWorker.js";
import {loadGlue} from "./glueTables.js";

const requests: string[] = [];
let db: Database;

beforeAll(async () => {
  const {tables} = loadGlue();
  const module = await moduleOf();
  db = await Database.open({tables, start: () => startThread(module, requests), patienceMs: 500});
}, 60_000);
afterAll(() => db.close());

const rows = async (sql: string): Promise<ResultValue[][]> => {
  const {table} = await db.query(sql);
  return Array.from({length: table.rows}, (_, i) => table.columns.map((c) => c.values[i]!));
};

describe("Database.query(sql)", () => {
  test("answers golden questions on the published tables", async () => {
    expect(await rows("SELECT count(*), sum(second_hand), sum(suspect) FROM glue_results")).toEqual(
      [[608, 119, 2]]
    );
    expect(
      await rows(
        `SELECT variant, value FROM glue_results
         WHERE source = 'albert-t2' AND model = 'ALBERT' AND metric = 'avg' ORDER BY value`
      )
    ).toEqual([
      ["base-v1", 80.1],
      ["large-v1", 82.4],
      ["xlarge-v1", 85.5],
      ["xxlarge (125k steps)", 88.7]
    ]);
    expect(
      await rows(
        "SELECT label, sop_acc, nsp_acc FROM ablations WHERE paper_table = 5 ORDER BY label"
      )
    ).toEqual([
      ["NSP", 52, 90.5],
      ["None", 53.3, 52.4],
      ["SOP", 86.5, 78.9]
    ]);
    expect(
      await rows(
        `SELECT round(a.mflops_per_token_128 / b.mflops_per_token_128, 3), round(a.total / b.total, 3)
         FROM configs a, configs b WHERE a.model = 'albert-base-v2' AND b.model = 'bert-base-uncased'`
      )
    ).toEqual([[1.001, 0.107]]);
  });

  test("gives every type a value that can be shown", async () => {
    const {table} = await db.query(
      `SELECT 1::BIGINT b, 1.25 d, 170141183460469231731687303715884105727::HUGEINT h, true t,
              DATE '2020-01-02' dt, TIMESTAMP '2020-01-02 03:04:05.5' ts, TIME '10:00:01' tm,
              INTERVAL '1 month 3 days' iv, [1, 2] l, {'x': 1} s, 'ab'::BLOB bl, NULL n,
              'x' AS same, 'y' AS same`
    );
    expect(table.columns.map((c) => c.values[0])).toEqual([
      1,
      1.25,
      1.7014118346046923e38,
      true,
      "2020-01-02",
      "2020-01-02 03:04:05.500",
      "10:00:01",
      "1 month 3 days",
      "[1,2]",
      '{"x":1}',
      "\\x6162",
      null,
      "x",
      "y"
    ]);
    expect(table.columns.map((c) => c.kind).slice(0, 6)).toEqual([
      "number",
      "number",
      "number",
      "boolean",
      "time",
      "time"
    ]);
  });

  test("reads intervals and nulls row by row", async () => {
    expect(await rows("SELECT INTERVAL (i) days FROM (VALUES (1), (NULL), (3)) t(i)")).toEqual([
      ["1 day"],
      [null],
      ["3 days"]
    ]);
    expect(await rows("SELECT INTERVAL '1.5 seconds', INTERVAL '0 days'")).toEqual([
      ["00:00:01.5", "00:00:00"]
    ]);
  });

  test("keeps at most the rows asked for, and says when there were more", async () => {
    const result = await db.query("SELECT * FROM range(30000)", {rowLimit: 2500});
    expect(result.table.rows).toBe(2500);
    expect(result.truncated).toBe(true);
    expect(result.bytes).toBeGreaterThan(8 * 2500);
    const exact = await db.query("SELECT * FROM range(100)", {rowLimit: 100});
    expect([exact.table.rows, exact.truncated]).toEqual([100, false]);
  });

  test("throws DuckDB's own message, and goes on", async () => {
    await expect(db.query("SELEC 1")).rejects.toThrow(/^Parser Error: syntax error at or near/);
    await expect(db.query("SELECT nope FROM configs")).rejects.toThrow(/Binder Error.*"nope"/);
    await expect(db.query("SELECT nope FROM configs")).rejects.toBeInstanceOf(QueryError);
    expect(await rows("SELECT 42")).toEqual([[42]]);
  });

  test("is not left in an aborted transaction", async () => {
    await db.query("BEGIN");
    await expect(db.query("SELECT nope")).rejects.toThrow("Binder Error");
    expect(await rows("SELECT 42")).toEqual([[42]]);
  });

  test.each(["BEGIN", "start /* a */ transaction", "-- x\nBEGIN TRANSACTION"])(
    "is not left in a transaction that begins with %j",
    async (begin) => {
      await db.query("CREATE OR REPLACE TABLE outside AS SELECT 1 AS x");
      await db.query(begin);
      await db.query("INSERT INTO outside VALUES (2)");
      await expect(db.query("SELECT nope")).rejects.toThrow("Binder Error");
      expect(await rows("SELECT * FROM outside")).toEqual([[1]]);
      await db.query("DROP TABLE outside");
    }
  );
});

describe("without extensions", () => {
  test.each<[string, string, ResultValue[]]>([
    ["quantiles", "SELECT quantile_cont(i, 0.25), median(i) FROM range(5) t(i)", [1, 2]],
    [
      "regressions",
      "SELECT regr_slope(3 * i + 1, i), regr_intercept(3 * i + 1, i), round(corr(i, -i), 9) FROM range(5) t(i)",
      [3, 1, -1]
    ],
    ["histograms", "SELECT histogram(i % 2)[0] FROM range(5) t(i)", [3]],
    ["lists and structs", "SELECT list_sum([1, 2, 3]), {'a': [7]}.a[1]", [6, 7]],
    [
      "regular expressions",
      "SELECT regexp_extract('albert-base', '(\\w+)-', 1), regexp_matches(repeat('a', 50000) || 'b', '^(a+)+$')",
      ["albert", false]
    ],
    [
      "cosines of arrays",
      "SELECT array_cosine_similarity([3, 4]::FLOAT[2], [0, 4]::FLOAT[2]) BETWEEN 0.799 AND 0.801",
      [true]
    ],
    ["summaries", "SELECT max FROM (SUMMARIZE SELECT i FROM range(5) t(i))", ["4"]],
    [
      "pivots",
      "SELECT a_sum, b_sum FROM (PIVOT (VALUES ('a', 1), ('a', 2), ('b', 5)) t(k, n) ON k USING sum(n) AS sum)",
      [3, 5]
    ]
  ])("%s work", async (_, sql, expected) => {
    expect((await rows(sql))[0]).toEqual(expected);
  });

  test("a sample is repeatable by its seed", async () => {
    const sample = (seed: number) =>
      rows(
        `SELECT i FROM range(1000) t(i) USING SAMPLE reservoir(5 ROWS) REPEATABLE (${seed}) ORDER BY i`
      );
    expect(await sample(1)).toHaveLength(5);
    expect(await sample(1)).toEqual(await sample(1));
    expect(await sample(1)).not.toEqual(await sample(2));
  });

  test.each([
    "SELECT * FROM read_parquet('/user/x.parquet')",
    `SELECT '{"a": 1}'::JSON`,
    `SELECT json_extract('{"a": 1}', '$.a')`,
    "SELECT now() AT TIME ZONE 'Asia/Tokyo'",
    "SELECT date_trunc('month', now())"
  ])("%s says that it needs one, and what to do instead", async (sql) => {
    const error = (await db.query(sql).catch((thrown: unknown) => thrown)) as QueryError;
    expect(error).toBeInstanceOf(QueryError);
    expect(error.hint).toContain("without extensions");
    expect(error.hint).toContain("give the file to this page");
  });
});

describe("Database.loadText(name, file, bytes)", () => {
  // one of its own: what it takes in would come back wherever a worker is started anew
  let own: Database;
  beforeAll(async () => {
    const module = await moduleOf();
    own = await Database.open({tables: [], start: () => startThread(module, requests)});
  }, 60_000);
  afterAll(() => own.close());
  const ownRows = async (sql: string): Promise<ResultValue[][]> => {
    const {table} = await own.query(sql);
    return Array.from({length: table.rows}, (_, i) => table.columns.map((c) => c.values[i]!));
  };
  const csv = "name,score\nÉva,1\nBob,2\nCid,3\n";
  const utf16 = (text: string) => new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"));
  const encode = (text: string) => new TextEncoder().encode(text);

  test.each<[string, string, Uint8Array]>([
    ["UTF-8", "a.csv", encode(csv)],
    ["a byte order mark", "a.csv", encode(`\ufeff${csv}`)],
    ["UTF-16, as spreadsheets save it", "a.txt", utf16(csv.replaceAll(",", "\t"))],
    ["UTF-16 of the other order", "a.csv", new Uint8Array(Buffer.from(utf16(csv)).swap16())],
    [
      "semicolons and lines that end as on Windows",
      "a.csv",
      encode(csv.replace(/,/g, ";").replace(/\n/g, "\r\n"))
    ],
    ["tabs", "a.tsv", encode(csv.replaceAll(",", "\t"))]
  ])("reads %s", async (_, file, bytes) => {
    expect(await own.loadText("given", file, bytes)).toBe(3);
    expect(await ownRows("SELECT name, score FROM given ORDER BY score LIMIT 1")).toEqual([
      ["Éva", 1]
    ]);
    await own.query("DROP TABLE given");
  });

  test("reads rows whose last field is empty as they were written", async () => {
    expect(await own.loadText("given", "a.csv", encode('a,b\n1,\n"2,",\n3,"x,\n"\n'))).toBe(3);
    expect(await ownRows("SELECT * FROM given")).toEqual([
      ["1", null],
      ["2,", null],
      ["3", "x,\n"]
    ]);
    await own.query("DROP TABLE given");
    expect(await own.loadText("given", "a.tsv", encode('a\tb\n"1\t2"\t\n'))).toBe(1);
    await own.query("DROP TABLE given");
  });

  test("a row that begins with a sign of comments is a row, and odd names are names", async () => {
    expect(await own.loadText("given", "a.csv", encode("a,b\n# c,1\n2,2\n"))).toBe(2);
    await own.loadText("given", "a.csv", encode("__proto__,constructor,toString,a,a\n1,2,3,4,5\n"));
    const {table} = await own.query("SELECT * FROM given");
    expect(table.columns.map(({name, values}) => [name, values[0]])).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
      ["toString", 3],
      ["a", 4],
      ["a_1", 5]
    ]);
    await own.query("DROP TABLE given");
  });

  test.each<[string, string | Uint8Array, RegExp]>([
    ["too few fields", `${csv}x\n`, /^a\.csv: line 5: 1 field, expected 2/],
    ["too many fields", `${csv}x,1,2,3\n`, /^a\.csv: line 5: 4 fields, expected 2/],
    [
      "an empty field too many",
      `${csv}x,1,\r\ny,2\n`,
      /^a\.csv: line 5: 3 fields, the last one empty, expected 2$/
    ],
    ["one after a quoted line end", 'a,b\n1,"x\n"\n2,"",', /^a\.csv: line 4: 3 fields, the last/],
    ["too many fields far down", `a,b\n${"1,2\n".repeat(30_000)}1,2,3\n`, /line 30002: 3 fields/],
    [
      "a quote that stays open",
      'a,b\n"x,1\ny,2\n',
      /^a\.csv: line 2: a quoted field is never closed/
    ],
    ["Latin-1", Uint8Array.from(csv, (c) => c.charCodeAt(0)), /^a\.csv: line 2 is not valid UTF-8/],
    ["NUL", csv.replace("Bob", "B\0b"), /^a\.csv: line 3 holds a NUL byte/],
    ["a web page", "<!doctype html><html><body>404</body></html>", /^a\.csv: an HTML page/],
    [
      "a git-lfs pointer",
      "version https://git-lfs.github.com/spec/v1\nsize 3\n",
      /git-lfs pointer/
    ],
    ["a zip archive", "PK\u0003\u0004", /looks like a zip archive/],
    ["nothing", "", /^a\.csv: the file is empty/],
    [
      "a line without end",
      `a,b\n1,${"x".repeat(2_100_000)}\n`,
      /^a\.csv: line \d: Maximum line size/
    ]
  ])(
    "refuses %s, names the line, and keeps the table of that name",
    async (_, content, message) => {
      await own.loadText("given", "a.csv", encode("x\n1\n"));
      const bytes = typeof content === "string" ? encode(content) : content;
      const loading = own.loadText("given", "a.csv", bytes);
      await expect(loading).rejects.toBeInstanceOf(InputError);
      await expect(loading).rejects.toThrow(message);
      expect(await ownRows("SELECT x FROM given")).toEqual([[1]]);
      await own.query("DROP TABLE given");
    }
  );
});

describe("a worker that dies or falls silent", () => {
  /** A database whose newest worker a test can break. */
  const breakable = async () => {
    const module = await moduleOf();
    const workers: Worker[] = [];
    const start = async () => {
      workers.push(await startThread(module));
      return workers.at(-1)!;
    };
    const options = {tables: [], start, loadLimitMs: 120_000};
    const own = await Database.open(options);
    const die = (message: string) =>
      workers.at(-1)!.dispatchEvent(Object.assign(new Event("error"), {message}));
    return {own, workers, die, options};
  };
  const csv = () => new TextEncoder().encode("x\n1\n2\n");

  test("ends its query at once, and the next one finds the tables of files again", async () => {
    const {own, workers, die} = await breakable();
    await own.loadText("mine", "mine.csv", csv());
    const asked = own.query("SELECT count(*) FROM range(100000000) a, range(100000) b");
    setTimeout(() => die("unreachable executed"), 50);
    await expect(asked).rejects.toThrow("DuckDB stopped (unreachable executed)");
    expect((await own.query("SELECT sum(x) AS n FROM mine")).table.columns[0]!.values).toEqual([3]);
    expect(workers).toHaveLength(2);
    await own.close();
  });

  test("ends what takes a table in when the reader stops it, and has the tables of files again", async () => {
    const {own, workers} = await breakable();
    await own.loadText("mine", "mine.csv", csv());
    workers[0]!.postMessage = () => undefined;
    const stop = new AbortController();
    const loading = own.loadText("lost", "lost.csv", csv(), stop.signal);
    setTimeout(() => stop.abort(), 20);
    const stopped = await loading.catch((error: unknown) => error);
    expect(stopped).toMatchObject({name: "QueryStopped", reason: "cancelled", restarted: true});
    const {table} = await own.query("SELECT table_name FROM duckdb_tables()");
    expect(table.columns[0]!.values).toEqual(["mine"]);
    expect(workers).toHaveLength(2);
    await expect(own.loadText("never", "never.csv", csv(), stop.signal)).rejects.toThrow(
      "cancelled"
    );
    await own.close();
  });

  test("ends what takes a table in, after a time, and that table is not kept", async () => {
    const {own, workers, options} = await breakable();
    await own.loadText("mine", "mine.csv", csv());
    workers[0]!.postMessage = () => undefined;
    options.loadLimitMs = 50;
    await expect(own.loadText("lost", "lost.csv", csv())).rejects.toThrow(
      "DuckDB stopped (no answer for 0.05 s)"
    );
    options.loadLimitMs = 120_000; // the next worker may take its time to start
    const {table} = await own.query("SELECT table_name FROM duckdb_tables()");
    expect(table.columns[0]!.values).toEqual(["mine"]);
    await own.close();
  });

  test("a start that the reader stops ends its worker, also one that comes late", async () => {
    const module = await moduleOf();
    const ended: string[] = [];
    const begun = async (name: string) => {
      const worker = await startThread(module);
      const {terminate} = worker;
      worker.terminate = () => (ended.push(name), terminate.call(worker));
      return worker;
    };
    const silent = await begun("silent");
    silent.postMessage = () => undefined;
    const stop = new AbortController();
    const opening = Database.open({tables: [], start: async () => silent}, stop.signal);
    setTimeout(() => stop.abort(), 20);
    await expect(opening).rejects.toMatchObject({name: "QueryStopped", restarted: false});
    let come = (_: Worker): void => undefined;
    const late = {tables: [], start: () => new Promise<Worker>((done) => (come = done))};
    await expect(Database.open(late, AbortSignal.abort())).rejects.toThrow("cancelled");
    come(await begun("late"));
    await vi.waitFor(() => expect(ended).toEqual(["silent", "late"]));
  });

  test("ends the start", async () => {
    const module = await moduleOf();
    const silent = async () => {
      const worker = await startThread(module);
      worker.postMessage = () => undefined;
      return worker;
    };
    await expect(Database.open({tables: [], start: silent, loadLimitMs: 50})).rejects.toThrow(
      "DuckDB stopped (no answer for 0.05 s)"
    );
    const dead = Object.assign(new EventTarget(), {postMessage() {}, terminate() {}});
    await expect(handOver(dead as unknown as Worker, module, "duck.js", 50)).rejects.toThrow(
      "could not start DuckDB from duck.js: no answer for 0.05 s"
    );
  });
});

describe("the locked database", () => {
  test.each([
    "SELECT * FROM read_csv('https://example.com/x.csv')",
    "SELECT * FROM 'https://example.com/x.parquet'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_json('x.json')",
    "SELECT * FROM read_parquet('x.parquet')",
    "LOAD httpfs",
    "COPY configs TO 'x.csv'",
    "ATTACH 'x.db'",
    "SET memory_limit = '64GB'",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "RESET memory_limit",
    "SELECT date_trunc('month', now())"
  ])("refuses %s", async (sql) => {
    await expect(db.query(sql)).rejects.toBeInstanceOf(QueryError);
  });

  test("says what to do instead", async () => {
    const hint = (sql: string) => db.query(sql).catch((error: QueryError) => error.hint);
    expect(await hint("SELECT * FROM read_json('x.json')")).toContain("without extensions");
    expect(await hint("COPY configs TO 'x.csv'")).toContain("closed to SQL");
    expect(await hint("SELEC 1")).toBeNull();
  });

  test("asked for nothing from outside", () => {
    expect(requests).toEqual([]);
  });
});

describe("a query that runs too long", () => {
  const slow = "SELECT count(*) FROM range(100000000) a, range(100000) b";
  test("can be cancelled", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const error = await db.query(slow, {signal: stop.signal}).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(QueryStopped);
    expect(error).toMatchObject({reason: "cancelled", restarted: false});
    expect(await rows("SELECT 42")).toEqual([[42]]);
  });

  test("is stopped at its time limit", async () => {
    const error = await db.query(slow, {timeLimitMs: 100}).catch((e: unknown) => e);
    expect(error).toMatchObject({reason: "time", restarted: false});
    expect((error as Error).message).toMatch(/^the query was stopped at its time limit, after 0/);
  });

  test("is not started when it was cancelled before its turn", async () => {
    await expect(db.query("SELECT 1", {signal: AbortSignal.abort()})).rejects.toBeInstanceOf(
      QueryStopped
    );
  });

  test("costs its worker when it will not stop, and the tables come back, those of files too", async () => {
    const {stream} = await readTable(new TextEncoder().encode('[{"x": 1}, {"x": 2}]'), "a.json");
    await db.load("of_json", stream);
    await db.loadText("of_tsv", "b.tsv", new TextEncoder().encode("x\ty\n3\tc\n"));
    const error = await db
      .query("SELECT length(repeat('a', 2000000000))", {timeLimitMs: 100})
      .catch((e: unknown) => e);
    expect(error).toMatchObject({reason: "time", restarted: true});
    expect((error as Error).message).toContain("with its first tables and those of your files");
    expect(await rows("SELECT count(*) FROM glue_results")).toEqual([[608]]);
    expect(await rows("SELECT sum(of_json.x), any_value(y) FROM of_json, of_tsv")).toEqual([
      [3, "c"]
    ]);
    await db.query("DROP TABLE of_json");
    await db.query("DROP TABLE of_tsv");
    await expect(db.query("SET lock_configuration = false")).rejects.toThrow();
  });
});

test("sqlName quotes every word of the language", async () => {
  const words = await rows(
    "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function') ORDER BY keyword_name"
  );
  expect(words.length).toBeGreaterThan(80);
  expect(words.flat().filter((word) => sqlName(String(word)) === word)).toEqual([]);
  expect(["model", "a_1", "Two words", 'a"b'].map(sqlName)).toEqual([
    "model",
    "a_1",
    '"Two words"',
    '"a""b"'
  ]);
});

describe("Database.schema() and restore()", () => {
  test("lists tables with comments, and the reader's own", async () => {
    await db.query("CREATE TABLE mine AS SELECT 1 AS x");
    const schema = await db.schema();
    expect(schema.map((t) => t.name)).toEqual([
      "glue_results",
      "ablations",
      "configs",
      "claims",
      "sources",
      "mine"
    ]);
    const value = schema[0]!.columns.find((c) => c.name === "value")!;
    expect(value).toEqual({name: "value", type: "DOUBLE", description: "the score, times 100"});
    expect(schema[0]!.rows).toBe(608);
  });

  test("puts dropped and changed tables back, and keeps the reader's own", async () => {
    await db.query("DROP TABLE configs");
    await db.query("UPDATE glue_results SET value = 0");
    await db.restore();
    expect(await rows("SELECT count(*) FROM configs")).toEqual([[24]]);
    expect(await rows("SELECT variant FROM glue_results WHERE value = 0 ORDER BY 1")).toEqual([
      ["mini (L4 H256)"],
      ["tiny (L2 H128)"]
    ]);
    expect(await rows("SELECT x FROM mine")).toEqual([[1]]);
  });
});

describe("the saved questions", () => {
  test.each(savedQueries.map((query) => [query.question, query.sql] as const))(
    "%s",
    async (_, sql) => {
      const {table, truncated} = await db.query(sql);
      expect(table.rows).toBeGreaterThan(2);
      expect(truncated).toBe(false);
      expect(table.columns.some((c) => c.kind === "number")).toBe(true);
    }
  );

  test("SQL and Arquero agree on models × tasks", async () => {
    const from = "FROM glue_results WHERE split = 'dev' AND model IN ('BERT', 'ALBERT', 'XLNet')";
    const {table} = await db.query(`SELECT model, task, value ${from}`);
    const wide = pivot(table, {rows: 0, columns: 1, values: 2, aggregate: "mean"});
    const [models, ...tasks] = wide.columns;
    const seen = await rows(`SELECT model, task, avg(value) ${from} GROUP BY ALL`);
    expect(seen.length).toBeGreaterThan(20);
    for (const [model, task, mean] of seen) {
      const column = tasks.find((c) => c.name === task)!;
      expect(column.values[models!.values.indexOf(model!)]).toBeCloseTo(Number(mean), 10);
    }
    const filled = tasks.flatMap((c) => c.values).filter((v) => v != null);
    expect(filled).toHaveLength(seen.length);
  });
});

describe("tables of the reader's own", () => {
  test("own results have their columns without a row, and every question on them runs", async () => {
    await db.put(await emptyOwnTables());
    expect(await rows("SELECT count(*), max(loss) FROM steps")).toEqual([[0, null]]);
    for (const {sql} of ownQueries) expect((await db.query(sql)).table.rows).toBe(0);
  });

  test("where there is a row of each, every question on them has an answer, and every table is asked", async () => {
    const words: Record<string, string> = {metric: "acc", split: "dev", task: "MNLI-m"};
    const filled = (await emptyOwnTables()).map((table) => ({
      ...table,
      rows: 1,
      columns: table.columns.map((column) => ({
        ...column,
        values: [column.type === "text" ? (words[column.name] ?? "a") : 1]
      }))
    }));
    await db.put(filled);
    for (const {id, sql} of ownQueries)
      expect((await db.query(sql)).table.rows, id).toBeGreaterThan(0);
    const asked = new Set(ownQueries.flatMap(({sql}) => tablesIn(sql)));
    for (const {name} of filled) expect([...asked]).toContain(name);
    await db.put(await emptyOwnTables());
  });

  test("put replaces rows, which a restart brings back", async () => {
    const [runs] = await emptyOwnTables();
    const filled = {
      ...runs!,
      rows: 2,
      columns: runs!.columns.map((column) => ({
        ...column,
        values: column.type === "text" ? ["a", "b"] : [1, null]
      }))
    };
    await db.put([filled]);
    await db.query("DELETE FROM runs");
    await db.restore();
    expect(await rows("SELECT run, parameters FROM runs ORDER BY run")).toEqual([
      ["a", 1],
      ["b", null]
    ]);
  });

  test("takes in Arrow and CSV, in place of an earlier table of the name", async () => {
    const json = new TextEncoder().encode('[{"x": 1, "t": "a"}, {"x": 2.5, "t": null}]');
    const {stream} = await readTable(json, "given.json");
    expect(await db.load("given", stream)).toBe(2);
    expect(await rows("SELECT sum(x), count(t) FROM given")).toEqual([[3.5, 1]]);
    const csv = 'x,"a ""b"",c"\r\n1,=1+1\r\n2,<b>\r\n3,\r\n';
    expect(await db.loadText("given", "given.csv", new TextEncoder().encode(csv))).toBe(3);
    expect(await rows('SELECT sum(x), max("a ""b"",c") FROM given')).toEqual([[6, "=1+1"]]);
    await expect(db.query("SELECT * FROM read_csv('/user/given.csv')")).rejects.toThrow();
    expect(requests).toEqual([]);
  });

  test("what it cannot take in leaves the table or the view of that name as it was", async () => {
    const json = new TextEncoder().encode(JSON.stringify([{x: 1}, {x: 4}]));
    const {stream} = await readTable(json, "kept.json");
    await db.load("kept", stream);
    await db.query("CREATE VIEW seen AS SELECT 7 AS y");
    const cut = stream.slice(0, stream.length - 60);
    cut.fill(255, cut.length - 40);
    const ragged = new TextEncoder().encode("x\n1,2\n");
    for (const name of ["kept", "seen"]) {
      await expect(db.load(name, cut)).rejects.toThrow(
        /breaks off before its end|Invalid flatbuffers message/
      );
      await expect(db.loadText(name, "ragged.csv", ragged)).rejects.toThrow();
    }
    expect(await rows("SELECT sum(x) FROM kept")).toEqual([[5]]);
    expect(await rows("SELECT y FROM seen")).toEqual([[7]]);
    await db.load("seen", stream);
    expect(await rows("SELECT sum(x) FROM seen")).toEqual([[5]]);
  });

  test.each(["mean", "max", "min", "count"] as const)(
    "SQL and Arquero agree on the %s of groups",
    async (aggregate) => {
      const {table} = await db.query("SELECT split, task, value FROM glue_results");
      const wide = pivot(table, {rows: 0, columns: 1, values: 2, aggregate});
      const name = {mean: "avg", max: "max", min: "min", count: "count"}[aggregate];
      const [splits, ...tasks] = wide.columns;
      for (const [split, task, value] of await rows(
        `SELECT split, task, ${name}(value) FROM glue_results GROUP BY ALL`
      )) {
        const column = tasks.find((c) => c.name === task)!;
        expect(column.values[splits!.values.indexOf(split!)]).toBeCloseTo(Number(value), 9);
      }
    }
  );
});
