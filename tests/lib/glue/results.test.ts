import {describe, expect, test} from "vitest";
import {
  parseResults,
  publishedResults,
  resultChoices,
  selectResults
} from "../../../src/lib/glue/results.js";
import {sourcesSpec} from "../../../src/lib/glue/resultsSpec.js";
import {parseTable} from "../../../src/lib/glue/table.js";

const sources = (secondHand = 0) =>
  parseTable(
    sourcesSpec,
    new Map([
      [
        "s.csv",
        `id,title,year,kind,location,checked,second_hand\np,A paper,2019,paper,somewhere,twice,${secondHand}\n`
      ]
    ])
  );
const header =
  "model,variant,params_millions,config,source,split,setting,protocol,task,metric,value,inferred,note,suspect,second_hand\n";
const parse = (rows: string, secondHand = 0) =>
  parseResults(new Map([["r.csv", header + rows]]), sources(secondHand));
const good = "BERT,base,110,,p,dev,single,alone,MNLI-m,acc,84.5,0,,0,0\n";

describe("parseResults(files, sources)", () => {
  test("joins each row with its source", () => {
    expect(publishedResults(parse(good))[0]).toMatchObject({
      value: 84.5,
      source_title: "A paper",
      year: 2019,
      second_hand: 0
    });
  });

  test.each([
    ["an F1 for MNLI", good.replace(",acc,", ",f1,"), "metric: f1 does not go with MNLI-m"],
    ["a score over 100", good.replace("84.5", "845"), 'value: "845" should be at most 100'],
    ["a negative accuracy", good.replace("84.5", "-4"), "is below 0"],
    ["an unknown split", good.replace(",dev,", ",train,"), "split"],
    ["no source", good.replace(",p,", ",,"), "source: the cell is empty"],
    ["an unlisted source", good.replace(",p,", ",q,"), '"q" is not in sources.csv'],
    ["a sized ensemble", good.replace("single", "ensemble"), "an ensemble has no single size"],
    ["a suspect row with no note", good.replace(",0,,0,0", ",0,,1,0"), "must say why"],
    ["an inferred metric with no note", good.replace(",0,,0,0", ",1,,0,0"), "must say how"],
    ["another second-hand mark than the source's", good.replace(/,0\n/, ",1\n"), "second_hand: 1"],
    ["the same number twice", good + good, "r.csv line 3: the same number as in r.csv line 2"]
  ])("refuses %s", (_, rows, message) => {
    expect(() => parse(rows)).toThrow(message);
  });

  test("refuses a source that no row uses", () => {
    const two = parseTable(
      sourcesSpec,
      new Map([
        [
          "s.csv",
          "id,title,year,kind,location,checked,second_hand\np,A,2019,paper,x,y,0\nq,B,,thread,x,y,0\n"
        ]
      ])
    );
    expect(() => parseResults(new Map([["r.csv", header + good]]), two)).toThrow(
      'no result comes from "q"'
    );
  });
});

describe("selectResults(rows, filter)", () => {
  const rows = publishedResults(
    parse(
      good +
        "BERT,base,110,,p,test,single,alone,MNLI-m,acc,84.6,0,,0,0\n" +
        "BERT,base,110,,p,dev,single,alone,MRPC,f1,88.9,0,,0,0\n" +
        "BERT,base,110,,p,dev,single,alone,MRPC,acc,84.8,0,,0,0\n" +
        "BERT,odd,110,,p,dev,single,alone,MRPC,acc,99.9,0,looks copied,1,0\n"
    )
  );
  test("never mixes splits or metrics, and leaves suspect rows out", () => {
    const values = (task: string, metric: "acc" | "f1", split: "dev" | "test") =>
      selectResults(rows, {task, metric, split}).map((row) => row.value);
    expect(values("MNLI-m", "acc", "dev")).toEqual([84.5]);
    expect(values("MNLI-m", "acc", "test")).toEqual([84.6]);
    expect(values("MRPC", "acc", "dev")).toEqual([84.8]);
    expect(values("MRPC", "f1", "dev")).toEqual([88.9]);
    expect(
      selectResults(rows, {task: "MRPC", metric: "acc", split: "dev", suspect: true})
    ).toHaveLength(2);
  });
  test("keeps one setting where one is asked for", () => {
    const both = [...rows, {...rows[0]!, setting: "ensemble" as const, value: 90}];
    const values = (setting: "any" | "single" | "ensemble") =>
      selectResults(both, {task: "MNLI-m", metric: "acc", split: "dev", setting}).map(
        (row) => row.value
      );
    expect(values("any")).toEqual([84.5, 90]);
    expect(values("single")).toEqual([84.5]);
    expect(values("ensemble")).toEqual([90]);
  });
  test("resultChoices lists the combinations, most rows first", () => {
    expect(resultChoices(rows)[0]).toEqual({task: "MRPC", metric: "acc", split: "dev", rows: 2});
    expect(resultChoices(rows)).toHaveLength(4);
  });
});
