import {expect, test, vi} from "vitest";
import type {DownloadProgress} from "../../../src/lib/store/duckdb/boot.js";
import type {QueryResult} from "../../../src/lib/store/duckdb/database.js";
import {DatabaseOnDemand} from "../../../src/lib/store/duckdb/onDemand.js";

/** Openings that the test ends itself. */
function openings() {
  const begun: {
    tell: (progress: DownloadProgress) => void;
    signal: AbortSignal;
    done: () => void;
    fail: (error: Error) => void;
  }[] = [];
  const query = vi.fn(async (sql: string) => ({sql}) as QueryResult);
  const database = new DatabaseOnDemand(
    (tell, signal) =>
      new Promise((done, fail) => begun.push({tell, signal, done: () => done({query}), fail}))
  );
  return {begun, database, query};
}

test("opens once for all who ask, tells each of the download, and answers each", async () => {
  const {begun, database} = openings();
  const told: string[] = [];
  const asked = ["a", "b"].map((sql) =>
    database.query(sql, {onProgress: ({loaded}) => told.push(`${sql} ${loaded}`)})
  );
  expect(begun).toHaveLength(1);
  begun[0]!.tell({loaded: 7, total: 9});
  begun[0]!.done();
  expect((await Promise.all(asked)).map(({sql}) => sql)).toEqual(["a", "b"]);
  expect(told).toEqual(["a 7", "b 7"]);
  await database.query("c");
  expect(begun).toHaveLength(1);
});

test("one that is stopped leaves the others theirs; with the last the load is stopped", async () => {
  const {begun, database, query} = openings();
  const stops = [new AbortController(), new AbortController()];
  const asked = stops.map(({signal}, i) => database.query(`${i}`, {signal}));
  stops[0]!.abort();
  await expect(asked[0]).rejects.toMatchObject({name: "QueryStopped", restarted: false});
  expect(begun[0]!.signal.aborted).toBe(false);
  stops[1]!.abort();
  await expect(asked[1]).rejects.toMatchObject({name: "QueryStopped"});
  expect(begun[0]!.signal.aborted).toBe(true);
  const again = database.query("again");
  expect(begun).toHaveLength(2);
  begun[1]!.done();
  expect((await again).sql).toBe("again");
  expect(query).toHaveBeenCalledTimes(1);
});

test("a load that fails fails those who wait, and the next question tries again", async () => {
  const {begun, database} = openings();
  const asked = ["a", "b"].map((sql) => database.query(sql));
  const all = Promise.allSettled(asked);
  begun[0]!.fail(new Error("could not fetch DuckDB"));
  expect((await all).map(({status}) => status)).toEqual(["rejected", "rejected"]);
  const again = database.query("c");
  begun[1]!.done();
  expect((await again).sql).toBe("c");
});
