/** R16–R21: SQL of anybody's making ends in rows or in a message, never in a crash or a request. */
import {afterAll, beforeAll, expect, test} from "vitest";
import {Random} from "../../src/lib/random.js";
import {savedQueries} from "../../src/lib/glue/queries.js";
import {schemaOf, type GlueDatabase} from "../../src/lib/glue/database.js";
import {Database} from "../../src/lib/store/duckdb/database.js";
import {QueryError, QueryStopped} from "../../src/lib/store/duckdb/errors.js";
import {loadGlue} from "../lib/store/glueTables.js";
import {moduleOf, startThread} from "../lib/store/duckWorker.js";
import {Tally} from "./tally.js";

const requests: string[] = [];
let glue: GlueDatabase;
let db: Database;

beforeAll(async () => {
  glue = loadGlue();
  const module = await moduleOf();
  const start = () => startThread(module, requests);
  db = await Database.open({tables: glue.tables, start, patienceMs: 500});
});
afterAll(() => db?.close());

const words = [
  ..."select from where group by order limit offset join left on using with recursive as union all distinct case when then else end null true false".split(
    " "
  ),
  ..."1 -1 0 1e308 'a' '' 'é💥' t a b * , ( ) [ ] { } : :: . = <> < > + - / % || ; -- /* */ $1 ? @ # \\ \u0000 \u202e".split(
    " "
  ),
  ..."count sum avg min max list unnest range generate_series struct_pack array_agg row_number over partition rank lag pivot unpivot summarize describe show tables explain analyze".split(
    " "
  ),
  ..."create table view temp insert into values delete update set drop alter attach detach copy to export import install load pragma vacuum checkpoint begin commit rollback call execute prepare".split(
    " "
  ),
  ..."read_csv('a.csv') read_parquet('p.parquet') read_json('a.json') read_text('/etc/passwd') glob('*') 'https://example.org/x.csv' httpfs json icu getenv('HOME')".split(
    " "
  ),
  ..."int varchar double date timestamp timestamptz interval blob sample tablesample exists in between like ilike similar glob collate filter within asof positional semi anti lateral qualify window macro function type enum sequence date_trunc('month',now()) current_date regexp_matches('a','(a+)+$') repeat('a',1000) median(a) quantile_cont(a,0.5)".split(
    " "
  )
];
const frames = [
  "select X from t where X",
  "select X",
  "with c as (select X from t) select X from c",
  "select X from t group by X order by X limit 5",
  "create or replace table z as select X from t",
  "X"
];

/** Runs a statement; throws where it ends otherwise than with rows or a message for the reader. */
async function ends(sql: string): Promise<"rows" | "message" | "stopped"> {
  try {
    await db.query(sql, {timeLimitMs: 3000, rowLimit: 100});
    return "rows";
  } catch (error) {
    if (error instanceof QueryStopped) return "stopped";
    if (!(error instanceof QueryError)) throw error;
    expect(error.message).not.toMatch(
      /^INTERNAL|null function or|(index|access) (is )?out of bounds|unreachable executed|RuntimeError|Maximum call stack/i
    );
    return "message";
  }
}

async function isAlive(): Promise<void> {
  const {table} = await db.query("SELECT 42");
  expect(table.columns[0]!.values).toEqual([42]);
}

test("10,000 random statements and 1,000 changed questions", async () => {
  const random = new Random(31, "splits");
  const tally = new Tally("R21", "random SQL, and the page's own questions with pieces changed");
  await db.query("create table t as select i a, 'x' || i b from range(100) r(i)");
  const outcomes = {rows: 0, message: 0, stopped: 0};
  const faults: string[] = [];
  let tried = 0;
  const run = async (sql: string) => {
    tried += 1;
    try {
      outcomes[await ends(sql)] += 1;
      if (tried % 500 === 0) await isAlive();
    } catch (error) {
      faults.push(`${(error as Error).message.slice(0, 200)} <= ${sql.slice(0, 200)}`);
    }
  };
  for (let i = 0; i < 10_000; ++i) {
    const fill = () => Array.from({length: 1 + random.int(6)}, () => random.pick(words)).join(" ");
    await run(random.pick(frames).replace(/X/g, fill));
  }
  const questions = savedQueries.map(({sql}) => sql.split(/(\W+)/));
  for (let i = 0; i < 1000; ++i) {
    const pieces = [...random.pick(questions)];
    for (let k = 0; k <= random.int(3); ++k)
      pieces[random.int(pieces.length)] = random.int(2) ? random.pick(words) : "";
    await run(pieces.join(""));
  }
  tally.count(tried, faults);
  expect(requests).toEqual([]);
  expect(outcomes.rows).toBeGreaterThan(200);
  expect(outcomes.message).toBeGreaterThan(200);
  tally.finish(
    `nothing; ${outcomes.rows} gave rows, ${outcomes.message} a message, ${outcomes.stopped} were stopped`
  );
});

test("statements cancelled at a random moment leave a console that answers", async () => {
  const random = new Random(32, "splits");
  const tally = new Tally("R19", "SQL of every weight cancelled at random, and what is asked next");
  const weights = [
    () => `SELECT count(*) FROM range(${10 ** random.int(10)}) a, range(${10 ** random.int(5)}) b`,
    () => `SELECT sum(i) FROM generate_series(1, ${10 ** random.int(12)}) s(i)`,
    () =>
      `WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < ${10 ** random.int(8)}) SELECT max(i) FROM r`,
    () =>
      `SELECT count(*) FROM range(1000) WHERE repeat('a', 20000) LIKE '${"%a".repeat(1 + random.int(300))}b'`,
    () => `CREATE OR REPLACE TABLE own AS SELECT i FROM range(${10 ** random.int(8)}) s(i)`,
    () => `BEGIN; INSERT INTO own SELECT i FROM range(${10 ** random.int(7)}) s(i)`,
    () => `SELECT list(i ORDER BY random()) FROM range(${10 ** random.int(7)}) s(i)`,
    () => "COPY (SELECT 1) TO 'https://example.org/x.csv'"
  ];
  for (let i = 0; i < 120; ++i) {
    const sql = random.pick(weights)();
    const after = random.int(60);
    await tally.attempt(`${after} ms: ${sql.slice(0, 120)}`, async () => {
      const stop = new AbortController();
      const clock = setTimeout(() => stop.abort(), after);
      const error: unknown = await db
        .query(sql, {signal: stop.signal, timeLimitMs: 5000, rowLimit: 10})
        .then(() => null)
        .catch((thrown: unknown) => thrown);
      clearTimeout(clock);
      if (error !== null && !(error instanceof QueryError))
        expect(error).toBeInstanceOf(QueryStopped);
      await isAlive();
      const {table} = await db.query("SELECT count(*) FROM glue_results");
      expect(table.columns[0]!.values).toEqual([schemaOf(glue)[0]!.rows]);
    });
  }
  expect(requests).toEqual([]);
  tally.finish("what the cancelled statement was to give");
});

test("every way out is closed, before and after the settings are asked to change", async () => {
  const tally = new Tally("R16", "files, addresses, extensions, settings asked for by SQL");
  const ways = [
    ...["csv", "json", "parquet", "text", "blob"].flatMap((kind) => [
      `SELECT * FROM read_${kind}('https://example.org/x')`,
      `SELECT * FROM read_${kind}('/etc/passwd')`,
      `SELECT * FROM read_${kind}('s3://bucket/x')`
    ]),
    "SELECT * FROM 'https://example.org/x.csv'",
    "SELECT * FROM glob('/**')",
    "SELECT * FROM sniff_csv('x.csv')",
    "LOAD httpfs",
    "LOAD spatial",
    "LOAD '/tmp/x.duckdb_extension'",
    "COPY configs TO 'x.csv'",
    "COPY configs TO 'https://example.org/x.csv'",
    "EXPORT DATABASE 'x'",
    "IMPORT DATABASE 'x'",
    "ATTACH 'x.db'",
    "ATTACH 'https://example.org/x.db'",
    "SELECT getenv('HOME')",
    "CREATE SECRET (TYPE s3)",
    ...[
      "enable_external_access = true",
      "lock_configuration = false",
      "memory_limit = '64GB'",
      "autoload_known_extensions = true",
      "autoinstall_known_extensions = true",
      "allow_community_extensions = true",
      "allow_unsigned_extensions = true",
      "custom_extension_repository = 'https://example.org'",
      "allowed_directories = ['/']",
      "temp_directory = '/tmp'",
      "home_directory = '/'"
    ].flatMap((setting) => [`SET ${setting}`, `SET GLOBAL ${setting}`, `PRAGMA ${setting}`]),
    "RESET ALL",
    "RESET enable_external_access",
    "SELECT date_trunc('month', now())",
    "SELECT now() AT TIME ZONE 'Asia/Tokyo'",
    `SELECT '{"a": 1}'::JSON`
  ];
  // to install does nothing in a browser: what counts is that nothing is fetched or there afterwards
  for (const name of ["httpfs", "spatial FROM community"])
    await tally.attempt(`INSTALL ${name}`, async () => {
      await db.query(`INSTALL ${name}`).catch(() => undefined);
      expect(requests).toEqual([]);
    });
  for (const sql of ways)
    await tally.attempt(sql, async () => {
      await expect(db.query(sql)).rejects.toBeInstanceOf(QueryError);
      expect(requests).toEqual([]);
    });
  await isAlive();
  tally.finish("nothing; no request was made");
});

test("queries that would not end, or eat the memory, are stopped and the tables stay", async () => {
  const tally = new Tally("R19", "endless and enormous queries: cancelled, or over their time");
  const heavy = [
    "SELECT count(*) FROM range(100000000) a, range(100000) b",
    "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT max(i) FROM r",
    "SELECT length(repeat('a', 2000000000))",
    "SELECT list(i) FROM range(1000000000) t(i)",
    "SELECT * FROM range(1000000000) a ORDER BY random()",
    "CREATE TABLE big AS SELECT repeat('x', 1000) FROM range(100000000)"
  ];
  for (const sql of heavy)
    for (const way of ["cancelled", "time"] as const)
      await tally.attempt(`${way}: ${sql}`, async () => {
        const stop = new AbortController();
        const start = performance.now();
        if (way === "cancelled") setTimeout(() => stop.abort(), 300);
        const error: unknown = await db
          .query(sql, way === "time" ? {timeLimitMs: 300} : {signal: stop.signal})
          .catch((thrown: unknown) => thrown);
        // it may run out of memory before it is stopped, which is as good
        if (!(error instanceof QueryError)) expect(error).toBeInstanceOf(QueryStopped);
        tally.took("stopped after", (performance.now() - start) / 1000);
        const {table} = await db.query("SELECT count(*) FROM glue_results");
        expect(table.columns[0]!.values).toEqual([schemaOf(glue)[0]!.rows]);
      });
  tally.finish("tables of the reader's own, where the worker had to be killed");
});
