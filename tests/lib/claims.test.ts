import {execFileSync} from "node:child_process";
import {existsSync} from "node:fs";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {claims, tally, verdicts} from "../../src/lib/claims/index.js";
import type {GlueDatabase} from "../../src/lib/glue/database.js";
import {Database} from "../../src/lib/store/duckdb/database.js";
import {moduleOf, startThread} from "./store/duckWorker.js";

let db: Database;

beforeAll(async () => {
  const {tables} = JSON.parse(
    execFileSync(process.execPath, ["--import", "tsx", "src/data/glue.json.ts"], {
      encoding: "utf8",
      maxBuffer: 1 << 26
    })
  ) as GlueDatabase;
  const module = await moduleOf();
  db = await Database.open({tables, start: () => startThread(module), patienceMs: 500});
}, 60_000);
afterAll(() => db.close());

const rowsOf = async (number: number) => {
  const {check} = claims.find((claim) => claim.number === number)!;
  const {table} = await db.query(check!.sql);
  return Array.from(
    {length: table.rows},
    (_, i) =>
      Object.fromEntries(table.columns.map((c) => [c.name, c.values[i]])) as Record<
        string,
        string | number
      >
  );
};

describe("claims", () => {
  test("are 37, numbered from 1, and each has a verdict, a finding and a source", () => {
    expect(claims.map(({number}) => number)).toEqual(Array.from({length: 37}, (_, i) => i + 1));
    for (const {verdict, finding, source} of claims) {
      expect(verdicts).toContain(verdict);
      expect(finding.length).toBeGreaterThan(20);
      expect(source).not.toBe("");
    }
    expect(tally()).toEqual([
      {verdict: "correct", count: 12},
      {verdict: "oversimplified", count: 7},
      {verdict: "wrong", count: 7},
      {verdict: "unsupported", count: 9},
      {verdict: "not checkable", count: 2}
    ]);
  });

  test("can be tried, by a question to the tables or on a page, but for a name and a prophecy", () => {
    const untried = claims.filter(({check, page}) => !check && !page).map(({number}) => number);
    expect(untried).toEqual([1, 35]);
  });

  test("lead only to pages that exist", () => {
    for (const {page} of claims)
      if (page)
        expect(existsSync(`src${page.path.replace(/\/$/, "/index")}.md`), page.path).toBe(true);
  });

  test.each(claims.filter(({check}) => check).map((c) => [c.number, c.check!.sql] as const))(
    "the check of claim %i has an answer",
    async (_, sql) => {
      expect((await db.query(sql)).table.rows).toBeGreaterThan(0);
    }
  );
});

describe("what the checks answer", () => {
  test("2: ALBERT-base stores a ninth and computes 1.001 times as much", async () => {
    const base = (await rowsOf(2)).find(({model}) => model === "albert-base-v2")!;
    expect(base.work_of_bert_base).toBe(1.001);
    expect(base.parameters_of_bert_base).toBe(0.107);
  });

  test("4: 4.0 against 0.2 GB", async () => {
    const rows = await rowsOf(4);
    expect(rows.map((r) => r.gigabytes_with_moments).sort()).toEqual([0.21, 4.02]);
  });

  test("6: full sharing costs 1.5 and 2.5 points", async () => {
    const all = (await rowsOf(6)).filter(({sharing}) => sharing === "all");
    expect(all.map((r) => [r.E, r.against_not_shared])).toEqual([
      [128, -1.5],
      [768, -2.5]
    ]);
  });

  test("8: 109.1, 89.7 and 11.7 million", async () => {
    expect((await rowsOf(8)).map((r) => r.params_exact)).toEqual([
      109_081_344, 89_650_176, 11_683_584
    ]);
  });

  test("9 and 12: four sizes in two versions, all shared", async () => {
    expect(await rowsOf(9)).toEqual([{sharing: "all", models: 8}]);
    expect(await rowsOf(12)).toHaveLength(8);
  });

  test("17: the NSP model is at chance on SOP", async () => {
    const nsp = (await rowsOf(17)).find((r) => r.sentence_loss === "NSP")!;
    expect(nsp.sop_acc).toBe(52);
  });

  test("26: base and large lose to BERT on every task of Table 2", async () => {
    const rows = await rowsOf(26);
    const value = (network: RegExp, task: string) =>
      Number(rows.find((r) => network.test(String(r.network)) && r.task === task)!.value);
    for (const task of new Set(rows.map((r) => String(r.task))))
      for (const size of ["base", "large"])
        expect(value(new RegExp(`^ALBERT ${size}`), task)).toBeLessThan(
          value(new RegExp(`^BERT ${size}`), task)
        );
  });

  test("27: ELECTRA-Large and ALBERT are level on three tasks, within 0.3", async () => {
    const rows = await rowsOf(27);
    const best = (model: string) =>
      Math.max(...rows.filter((r) => r.model === model).map((r) => Number(r.mean_of_tasks)));
    expect(Math.abs(best("ELECTRA") - best("ALBERT"))).toBeLessThan(0.3);
    expect(best("RoBERTa")).toBeLessThan(best("ALBERT"));
  });

  test("28: RoBERTa 90.2, BERT 86.6", async () => {
    expect((await rowsOf(28)).map((r) => [r.model, r.value])).toEqual([
      ["RoBERTa", 90.2],
      ["BERT", 86.6]
    ]);
  });

  test("30: 46.7 MB and 11.7 MB", async () => {
    const base = (await rowsOf(30)).find(({model}) => model === "albert-base-v2")!;
    expect([base.mb_float32, base.mb_int8]).toEqual([46.7, 11.7]);
  });
});
