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
});

type Row = Record<string, string | number>;

const number = (row: Row | undefined, column: string) => Number(row![column]);
/** Rows by the text of one column. */
const by = (rows: Row[], column: string) => new Map(rows.map((row) => [String(row[column]), row]));

/** What must stand in the answer of a claim's check for its verdict to hold. */
const evidence: Record<number, (rows: Row[]) => void> = {
  // wrong: a ninth of the parameters, and none of the work
  2: (rows) => {
    const base = by(rows, "model").get("albert-base-v2");
    expect(number(base, "work_of_bert_base")).toBe(1.001);
    expect(number(base, "parameters_of_bert_base")).toBe(0.107);
  },
  // correct: its own paper has both sets of tasks
  3: (rows) => {
    const tasks = rows.map(({task}) => String(task));
    expect(tasks).toContain("SQuAD1.1");
    expect(tasks).toContain("SST-2");
    expect(new Set(rows.map(({variant}) => variant)).size).toBeGreaterThan(1);
  },
  // correct: 4.0 against 0.2 GB
  4: (rows) =>
    expect(rows.map((r) => number(r, "gigabytes_with_moments")).sort()).toEqual([0.21, 4.02]),
  // wrong: full sharing costs 1.5 and 2.5 points
  6: (rows) =>
    expect(
      rows.filter(({sharing}) => sharing === "all").map((r) => [r.E, r.against_not_shared])
    ).toEqual([
      [128, -1.5],
      [768, -2.5]
    ]),
  // correct: every release stores less than V × H
  7: (rows) => {
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(number(row, "factorised")).toBeLessThan(number(row, "wide"));
    expect([rows[0]!.wide, rows[0]!.factorised]).toEqual([23_040_000, 3_938_304]);
  },
  // correct: 109.1, 89.7 and 11.7 million
  8: (rows) =>
    expect(rows.map((r) => r.params_exact)).toEqual([109_081_344, 89_650_176, 11_683_584]),
  // correct: all releases share everything
  9: (rows) => expect(rows).toEqual([{sharing: "all", models: 8}]),
  // oversimplified: one size trains faster than BERT-large, two slower
  10: (rows) => {
    const of = by(rows, "label");
    expect(number(of.get("ALBERT-large"), "throughput")).toBe(1.7);
    for (const size of ["xlarge", "xxlarge"])
      expect(number(of.get(`ALBERT-${size}`), "throughput")).toBeLessThan(1);
    expect(number(of.get("ALBERT-large"), "average")).toBeLessThan(
      number(of.get("BERT-large"), "average")
    );
  },
  // oversimplified: four sizes in two versions, xxlarge the largest
  12: (rows) => {
    expect(rows).toHaveLength(8);
    expect(rows.at(-1)!.hidden_size).toBe(4096);
  },
  // correct: more points, less speed
  13: (rows) => {
    expect(rows.map((r) => [r.throughput, r.average])).toEqual([
      [5.6, 80.1],
      [1.7, 82.4],
      [0.6, 85.5],
      [0.3, 88.7]
    ]);
  },
  // wrong: there is a third row, and ALBERT's is it
  15: (rows) => {
    expect(rows.map(({sentence_loss}) => sentence_loss)).toEqual(["None", "NSP", "SOP"]);
    expect(number(rows[2], "average")).toBe(80.1);
  },
  // wrong: the model of next sentences is at chance on order, and masks alone come last
  17: (rows) => {
    const of = by(rows, "sentence_loss");
    expect(number(of.get("NSP"), "sop_acc")).toBe(52);
    expect(number(of.get("SOP"), "nsp_acc")).toBe(78.9);
    expect(Math.min(...rows.map((r) => number(r, "average")))).toBe(
      number(of.get("None"), "average")
    );
  },
  // unsupported: words fall a little, the tasks rise
  18: (rows) => {
    const of = by(rows, "sentence_loss");
    expect([of.get("None")!.mlm_acc, of.get("SOP")!.mlm_acc]).toEqual([54.9, 54]);
    expect(number(of.get("SOP"), "average")).toBeGreaterThan(number(of.get("None"), "average"));
  },
  // oversimplified: with more data both SQuADs fall, the other three rise
  19: (rows) => {
    const [without, more] = [...rows].sort((a, b) => number(a, "average") - number(b, "average"));
    for (const task of ["squad1_f1", "squad2_f1"])
      expect(number(more, task)).toBeLessThan(number(without, task));
    for (const task of ["mnli_acc", "sst2_acc", "race_acc"])
      expect(number(more, task)).toBeGreaterThan(number(without, task));
  },
  // oversimplified: sentiment is there, named entities are not
  20: (rows) => {
    const tasks = rows.map(({task}) => String(task));
    for (const task of ["SST-2", "SQuAD1.1", "RACE"]) expect(tasks).toContain(task);
    expect(tasks.filter((task) => /NER|CoNLL/i.test(task))).toEqual([]);
  },
  // correct: xxlarge is; base is below BERT-base under the same training
  21: (rows) => {
    const f1 = (model: string, variant: string) =>
      rows
        .filter(
          (r) =>
            r.task === "SQuAD1.1" &&
            r.split === "dev" &&
            r.model === model &&
            String(r.variant).startsWith(variant)
        )
        .map(({value}) => Number(value));
    expect(Math.max(...f1("ALBERT", "xxlarge"))).toBeGreaterThan(Math.max(...f1("BERT", "large")));
    expect(f1("ALBERT", "base")).toContain(89.3);
    expect(f1("BERT", "base")).toContain(90.4);
  },
  // unsupported: a score shows ability
  22: (rows) => expect(Math.max(...rows.map(({value}) => Number(value)))).toBeGreaterThan(96),
  // wrong: base and large lose on every task of Table 2, xxlarge wins
  26: (rows) => {
    const value = (network: RegExp, task: string) =>
      Number(rows.find((r) => network.test(String(r.network)) && r.task === task)!.value);
    for (const task of new Set(rows.map((r) => String(r.task)))) {
      for (const size of ["base", "large"])
        expect(value(new RegExp(`^ALBERT ${size}`), task)).toBeLessThan(
          value(new RegExp(`^BERT ${size}`), task)
        );
      expect(value(/^ALBERT xxlarge/, task)).toBeGreaterThan(value(/^BERT large/, task));
    }
  },
  // unsupported: ELECTRA-Large and ALBERT are level on three tasks, within 0.3
  27: (rows) => {
    const best = (model: string) =>
      Math.max(...rows.filter((r) => r.model === model).map((r) => number(r, "mean_of_tasks")));
    expect(Math.abs(best("ELECTRA") - best("ALBERT"))).toBeLessThan(0.3);
    expect(best("RoBERTa")).toBeLessThan(best("ALBERT"));
  },
  // correct: 90.2 against 86.6
  28: (rows) =>
    expect(rows.map((r) => [r.model, r.value])).toEqual([
      ["RoBERTa", 90.2],
      ["BERT", 86.6]
    ]),
  // wrong: DistilBERT does half the work, RoBERTa-base scores three points more
  29: (rows) => {
    const best = (network: RegExp) =>
      rows
        .filter((r) => network.test(String(r.network)))
        .sort((a, b) => number(b, "mnli_dev") - number(a, "mnli_dev"))[0];
    const [albert, roberta, distil] = [/^ALBERT base-v2$/, /^RoBERTa base/, /^DistilBERT/].map(
      best
    );
    expect(number(albert, "mnli_dev")).toBeLessThan(number(roberta, "mnli_dev") - 2.5);
    expect(
      number(distil, "mflops_per_token_128") / number(albert, "mflops_per_token_128")
    ).toBeCloseTo(0.5, 2);
  },
  // correct, if light means stored: 46.7 MB and 11.7 MB
  30: (rows) => {
    const base = by(rows, "model").get("albert-base-v2")!;
    expect([base.mb_float32, base.mb_int8]).toEqual([46.7, 11.7]);
  },
  // correct: sharing the feed-forward part costs more than sharing attention
  32: (rows) => {
    for (const E of [128, 768]) {
      const of = by(
        rows.filter((r) => r.E === E),
        "sharing"
      );
      const loss = (way: string) =>
        number(of.get("none"), "average") - number(of.get(way), "average");
      expect(loss("ffn")).toBeGreaterThan(loss("attention"));
    }
  },
  // wrong: no ALBERT does less work than the BERT of its shape
  36: (rows) => {
    for (const row of rows.filter(({model}) => /^albert/.test(String(model))))
      expect(number(row, "work_of_bert_base")).toBeGreaterThan(1);
  },
  // an opinion: the download is a ninth, the waiting is not
  37: (rows) => {
    const base = by(rows, "model").get("albert-base-v2");
    expect(number(base, "parameters_of_bert_base")).toBeLessThan(1 / 9);
    expect(number(base, "work_of_bert_base")).toBeGreaterThanOrEqual(1);
  }
};

describe("what the checks answer", () => {
  test("is held against every verdict that rests on one", () => {
    expect(Object.keys(evidence).map(Number)).toEqual(
      claims.filter(({check}) => check).map((claim) => claim.number)
    );
  });

  test.each(claims.filter(({check}) => check).map((c) => [c.number, c.verdict] as const))(
    "claim %i is %s",
    async (claim) => evidence[claim]!(await rowsOf(claim))
  );
});
