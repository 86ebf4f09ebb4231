/** The published numbers, checked against lists typed from the papers' tables, not from the files. */
import {execFileSync} from "node:child_process";
import {describe, expect, test} from "vitest";
import {averageOfFive} from "../../src/lib/glue/ablations.js";
import {tableNamed} from "../../src/lib/glue/database.js";
import {publishedResults} from "../../src/lib/glue/results.js";
import {resultMetrics} from "../../src/lib/glue/resultsSpec.js";
import {rowsOf} from "../../src/lib/glue/table.js";
import type {GlueDatabase} from "../../src/lib/glue/database.js";
import type {Cell} from "../../src/lib/glue/table.js";

const database = JSON.parse(
  execFileSync(process.execPath, ["--import", "tsx", "src/data/glue.json.ts"], {
    encoding: "utf8",
    maxBuffer: 1 << 26
  })
) as GlueDatabase;
const results = publishedResults(tableNamed(database, "glue_results"));
const ablations = rowsOf<Record<string, Cell>>(tableNamed(database, "ablations"));
const configs = rowsOf<Record<string, Cell>>(tableNamed(database, "configs"));

const find = (source: string, model: string, variant: RegExp, split = "dev") => {
  const found = results.filter(
    (r) => r.source === source && r.model === model && variant.test(r.variant) && r.split === split
  );
  return Object.fromEntries(found.map((r) => [`${r.task} ${r.metric}`, r.value]));
};

describe("glue_results", () => {
  test("has every row of the transcription", () => {
    expect(results).toHaveLength(608);
    expect(results.filter((r) => r.second_hand)).toHaveLength(119);
    expect(results.filter((r) => r.suspect)).toHaveLength(2);
    expect(results.filter((r) => r.split === "dev")).toHaveLength(360);
    expect(results.filter((r) => r.setting === "ensemble")).toHaveLength(73);
    expect(new Set(results.map((r) => r.task)).size).toBe(Object.keys(resultMetrics).length);
  });

  test("gives every row a source, a range that fits, and a note where it is doubtful", () => {
    for (const row of results) {
      expect(row.source_title.length).toBeGreaterThan(5);
      expect(row.source_location.length).toBeGreaterThan(5);
      expect(resultMetrics[row.task]).toContain(row.metric);
      expect(row.value).toBeGreaterThanOrEqual(row.metric === "mcc" ? -100 : 0);
      expect(row.value).toBeLessThanOrEqual(100);
      if (row.suspect || row.inferred || row.metric === "unspecified") expect(row.note).toBeTruthy();
    }
  });

  // ALBERT paper, Table 2: [SQuAD1.1 F1, EM, SQuAD2.0 F1, EM, MNLI, SST-2, RACE, Avg]
  test.each([
    ["BERT", /^base/, 108, [90.4, 83.2, 80.4, 77.6, 84.5, 92.8, 68.2, 82.3]],
    ["BERT", /^large/, 334, [92.2, 85.5, 85.0, 82.2, 86.6, 93.0, 73.9, 85.2]],
    ["ALBERT", /^base/, 12, [89.3, 82.3, 80.0, 77.1, 81.6, 90.3, 64.0, 80.1]],
    ["ALBERT", /^large/, 18, [90.6, 83.9, 82.3, 79.4, 83.5, 91.7, 68.5, 82.4]],
    ["ALBERT", /^xlarge/, 60, [92.5, 86.1, 86.1, 83.1, 86.4, 92.4, 74.8, 85.5]],
    ["ALBERT", /^xxlarge/, 235, [94.1, 88.3, 88.1, 85.1, 88.0, 95.2, 82.3, 88.7]]
  ] as const)("Table 2: %s %s", (model, variant, params, expected) => {
    const names =
      "SQuAD1.1 f1,SQuAD1.1 em,SQuAD2.0 f1,SQuAD2.0 em,MNLI-m acc,SST-2 acc,RACE acc,AVG5 avg".split(",");
    expect(find("albert-t2", model, variant)).toEqual(
      Object.fromEntries(names.map((name, i) => [name, expected[i]]))
    );
    expect(
      results.find((r) => r.source === "albert-t2" && r.model === model && variant.test(r.variant))!
        .params_millions
    ).toBe(params);
  });

  // ALBERT paper, Table 9, dev: MNLI QNLI QQP RTE SST MRPC CoLA STS
  test.each([
    ["xlnet-readme-bert", "BERT", /large/, [86.6, 92.3, 91.3, 70.4, 93.2, 88.0, 60.6, 90.0]],
    ["xlnet-readme-glue", "XLNet", /large/, [89.8, 93.9, 91.8, 83.8, 95.6, 89.2, 63.6, 91.8]],
    ["fairseq-t9", "RoBERTa", /large/, [90.2, 94.7, 92.2, 86.6, 96.4, 90.9, 68.0, 92.4]],
    ["albert-t9-dev", "ALBERT", /1M/, [90.4, 95.2, 92.0, 88.1, 96.8, 90.2, 68.7, 92.7]],
    ["albert-t9-dev", "ALBERT", /1\.5M/, [90.8, 95.3, 92.2, 89.2, 96.9, 90.9, 71.4, 93.0]]
  ] as const)("Table 9, dev: %s %s %s", (source, model, variant, expected) => {
    const [mnli, qnli, qqp, rte, sst, mrpc, cola, sts] = expected;
    expect(find(source, model, variant)).toEqual({
      "MNLI-m acc": mnli,
      "QNLI acc": qnli,
      "QQP acc": qqp,
      "RTE acc": rte,
      "SST-2 acc": sst,
      "MRPC acc": mrpc,
      "CoLA mcc": cola,
      "STS-B pearson": sts
    });
  });

  // ALBERT paper, Table 9, test ensembles: MNLI QNLI QQP RTE SST MRPC CoLA STS WNLI Avg
  test.each([
    ["ALICE", [88.2, 95.7, 90.7, 83.5, 95.2, 92.6, 69.2, 91.1, 80.8, 87.0]],
    ["MT-DNN", [87.9, 96.0, 89.9, 86.3, 96.5, 92.7, 68.4, 91.1, 89.0, 87.6]],
    ["XLNet", [90.2, 98.6, 90.3, 86.3, 96.8, 93.0, 67.8, 91.6, 90.4, 88.4]],
    ["RoBERTa", [90.8, 98.9, 90.2, 88.2, 96.7, 92.3, 67.8, 92.2, 89.0, 88.5]],
    ["Adv-RoBERTa", [91.1, 98.8, 90.3, 88.7, 96.8, 93.1, 68.0, 92.4, 89.0, 88.8]],
    ["ALBERT", [91.3, 99.2, 90.5, 89.2, 97.1, 93.4, 69.1, 92.5, 91.8, 89.4]]
  ] as const)("Table 9, test: %s", (model, expected) => {
    const names =
      "MNLI-m acc,QNLI acc,QQP acc,RTE acc,SST-2 acc,MRPC f1,CoLA mcc,STS-B pearson,WNLI acc,GLUE score".split(",");
    expect(find("albert-t9-test", model, /./, "test")).toEqual(
      Object.fromEntries(names.map((name, i) => [name, expected[i]]))
    );
  });

  test("Table 10: ALBERT 1.5M and its ensemble, and the suspect BERT row with its note", () => {
    expect(find("albert-t10-readme", "ALBERT", /1\.5M/)).toEqual({
      "SQuAD1.1 f1": 94.8,
      "SQuAD1.1 em": 89.3,
      "SQuAD2.0 f1": 90.2,
      "SQuAD2.0 em": 87.4
    });
    expect(find("albert-t10", "ALBERT", /ensemble/, "test")).toEqual({
      "SQuAD2.0 f1": 92.2,
      "SQuAD2.0 em": 89.7,
      "RACE acc": 89.4,
      "RACE-middle acc": 91.2,
      "RACE-high acc": 88.6
    });
    const suspect = results.filter((r) => r.suspect);
    expect(suspect.map((r) => [r.model, r.task, r.split, r.value])).toEqual([
      ["BERT", "SQuAD2.0", "test", 89.1],
      ["BERT", "SQuAD2.0", "test", 86.3]
    ]);
    expect(suspect.every((r) => r.note!.includes("XLNet"))).toBe(true);
  });
});

describe("ablations", () => {
  test("has the rows of ten tables", () => {
    const counts = new Map<Cell, number>();
    for (const row of ablations)
      counts.set(row.paper_table!, (counts.get(row.paper_table!) ?? 0) + 1);
    expect([...counts]).toEqual([
      [2, 6],
      [3, 8],
      [4, 8],
      [5, 3],
      [6, 2],
      [7, 2],
      [8, 2],
      [11, 6],
      [12, 4],
      [13, 2]
    ]);
  });

  const row = (table: number, match: Record<string, Cell>) => {
    const found = ablations.filter(
      (r) => r.paper_table === table && Object.entries(match).every(([k, v]) => r[k] === v)
    );
    expect(found).toHaveLength(1);
    return found[0]!;
  };
  // table, which row, [MNLI, SST-2, RACE, Avg]
  test.each([
    [3, {sharing: "none", embedding_size: 768}, [84.5, 92.8, 68.2, 82.3]],
    [3, {sharing: "all", embedding_size: 64}, [80.8, 89.4, 63.5, 79.0]],
    [4, {sharing: "attention", embedding_size: 768}, [84.0, 91.4, 67.7, 81.6]],
    [4, {sharing: "ffn", embedding_size: 768}, [81.5, 90.8, 62.6, 79.5]],
    [4, {sharing: "all", embedding_size: 128}, [82.0, 90.3, 64.0, 80.1]],
    [6, {label: "BERT-large (34h)"}, [87.8, 94.6, 77.3, 87.2]],
    [7, {label: "With additional data"}, [82.4, 92.8, 66.0, 80.8]],
    [8, {label: "Without dropout"}, [90.4, 96.5, 86.1, 90.7]],
    [11, {num_hidden_layers: 1}, [66.4, 80.8, 40.1, 52.9]],
    [11, {num_hidden_layers: 48}, [83.4, 91.9, 66.9, 81.8]],
    [12, {hidden_size: 6144}, [78.1, 89.1, 56.0, 74.0]],
    [13, {num_hidden_layers: 24}, [88.0, 95.2, 82.3, 88.7]]
  ] as const)("Table %i %o", (table, match, [mnli, sst2, race, avg]) => {
    expect(row(table, match)).toMatchObject({
      mnli_acc: mnli,
      sst2_acc: sst2,
      race_acc: race,
      avg_published: avg
    });
  });

  test("Table 5: what each sentence loss learns", () => {
    const columns = ["mlm_acc", "nsp_acc", "sop_acc"] as const;
    const values = (label: string) => columns.map((c) => row(5, {label})[c]);
    expect(values("None")).toEqual([54.9, 52.4, 53.3]);
    expect(values("NSP")).toEqual([54.5, 90.5, 52.0]);
    expect(values("SOP")).toEqual([54.0, 78.9, 86.5]);
  });

  test("every printed average follows from its row", () => {
    for (const r of ablations)
      expect(Math.abs(averageOfFive(r) - Number(r.avg_published))).toBeLessThan(0.0501);
  });
});

describe("configs", () => {
  // Table 1 sizes, and exact counts of the built models
  test.each([
    ["albert-base-v2", 12, 768, 128, 11_683_584],
    ["albert-large-v2", 24, 1024, 128, 17_683_968],
    ["albert-xlarge-v2", 24, 2048, 128, 58_724_864],
    ["albert-xxlarge-v2", 12, 4096, 128, 222_595_584],
    ["bert-base-uncased", 12, 768, 768, 109_482_240],
    ["bert-large-uncased", 24, 1024, 1024, 335_141_888],
    ["distilbert-base-uncased", 6, 768, 768, 66_362_880],
    ["electra-small-disc", 12, 256, 128, 13_483_008]
  ])("%s", (model, layers, hidden, embedding, total) => {
    expect(configs.find((c) => c.model === model)).toMatchObject({
      num_hidden_layers: layers,
      hidden_size: hidden,
      embedding_size: embedding,
      total
    });
  });

  test("ALBERT-base stores a ninth of BERT-base and computes as much", () => {
    const [albert, bert] = ["albert-base-v2", "bert-base-uncased"].map(
      (model) => configs.find((c) => c.model === model)!
    );
    expect(Number(albert!.total) / Number(bert!.total)).toBeCloseTo(0.107, 3);
    expect(
      Number(albert!.mflops_per_token_128) / Number(bert!.mflops_per_token_128)
    ).toBeCloseTo(1.001, 3);
  });
  test("24 releases, each once", () => {
    expect(new Set(configs.map((c) => c.model)).size).toBe(24);
  });
});
