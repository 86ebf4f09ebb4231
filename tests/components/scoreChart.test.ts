// @vitest-environment jsdom
import * as d3 from "d3";
import {describe, expect, test} from "vitest";
import {bestByYear, datedPoints, historyChart} from "../../src/components/historyChart.js";
import {familyMark, orderedFamilies} from "../../src/components/families.js";
import {publishedTable} from "../../src/components/publishedTable.js";
import {resultPicker, scoreLabel} from "../../src/components/resultPicker.js";
import {scoreChart, scoreRows, sizeLines} from "../../src/components/scoreChart.js";
import {taskTable} from "../../src/components/taskTable.js";
import type {PublishedResult} from "../../src/lib/glue/results.js";
import {markup} from "./snapshot.js";

const result = (change: Partial<PublishedResult>): PublishedResult => ({
  model: "ALBERT",
  variant: "base-v2",
  params_millions: 12,
  config: "albert-base-v2",
  source: "readme",
  split: "dev",
  setting: "single",
  protocol: "alone",
  task: "MNLI-m",
  metric: "acc",
  value: 84.6,
  inferred: 0,
  note: null,
  suspect: 0,
  second_hand: 0,
  source_title: "A README",
  source_location: "somewhere",
  year: 2019,
  ...change
});
const rows = [
  result({}),
  result({variant: "large-v2", params_millions: 18, config: "albert-large-v2", value: 86.5}),
  result({model: "BERT", variant: "<b>base</b>", params_millions: 110, config: null, value: 84.5}),
  result({variant: "ensemble", setting: "ensemble", params_millions: null, value: 91.3}),
  result({task: "MRPC", metric: "f1", split: "test", value: 93.4, note: "odd", suspect: 1})
];
const mnli = rows.slice(0, 4);
const options = {title: "MNLI", yLabel: "accuracy, %"};

describe("scoreChart(rows, options)", () => {
  test("draws a mark for each number with a size, named with its source", () => {
    const node = scoreChart(mnli, options);
    const dots = [...node.querySelectorAll("[data-layer='dot'] [aria-label]")];
    expect(dots).toHaveLength(3);
    expect(dots.map((d) => d.getAttribute("aria-label"))).toContain(
      "ALBERT base-v2: 84.6, 12 M parameters, A README, 2019, alone"
    );
    expect(node.querySelector("svg[role='group']")!.getAttribute("aria-label")).toContain(
      "3 points"
    );
    expect(node.textContent).toContain("n = 3 published numbers");
    expect(node.textContent).toContain("1 more with no single size");
    expect(node.textContent).toContain("parameters, millions (log scale)");
    expect(node.textContent).toContain("ALBERT (2)");
  });

  test("puts compute across, leaving out what has none", () => {
    const compute = new Map([["albert-base-v2", 174.78]]);
    const node = scoreChart(mnli, {...options, x: "compute", compute});
    expect(node.querySelectorAll("[data-layer='dot'] [aria-label]")).toHaveLength(1);
    expect(node.textContent).toContain("3 more with no known compute");
  });

  test("says so when nothing can be drawn, and never makes an element of a name", () => {
    expect(scoreChart([rows[3]!], options).textContent).toContain("No number of this kind");
    expect(scoreChart(mnli, options).querySelector("b")).toBeNull();
  });

  test("shows a suspect row only with its note", () => {
    const node = scoreChart([rows[4]!], options);
    expect(node.querySelector("[aria-label*='Note: odd']")).not.toBeNull();
    expect(scoreRows([rows[4]!])[0]).toMatchObject({score: 93.4, note: "odd", source: "A README"});
  });
});

test("families are told apart by their shape alone, also without colour", () => {
  const families = ["ALBERT", "BERT", "RoBERTa", "ELECTRA", "XLNet", "DistilBERT"];
  const all = [...families, "DistilRoBERTa", "TinyBERT", "MobileBERT", "another"];
  const shapes = all.map((family) => d3.symbol(familyMark(family).symbol, 60)());
  expect(new Set(shapes).size).toBe(all.length);
});

describe("historyChart(rows, options)", () => {
  const dated = [
    result({year: 2018, model: "BERT", params_millions: 110, value: 84}),
    result({year: 2019, params_millions: 18, value: 86.5}),
    result({year: 2019, params_millions: 12, value: 84.6}),
    result({year: 2019, params_millions: null, setting: "ensemble", value: 91.3}),
    result({year: 2020, value: 95, second_hand: 1}),
    result({year: 2020, value: 80}),
    result({year: null, value: 99})
  ];

  test("keeps the numbers of a year together, the smaller model first", () => {
    const points = datedPoints(dated);
    expect(points.map(({x}) => Math.round(x))).toEqual([2018, 2019, 2019, 2019, 2020, 2020]);
    const of2019 = points.filter(({row}) => row.year === 2019).sort((a, b) => a.x - b.x);
    expect(of2019.map(({row}) => row.value)).toEqual([84.6, 86.5, 91.3]);
  });

  test("the best so far takes no number from a copy", () => {
    expect(bestByYear(datedPoints(dated)).map(({year, row}) => [year, row.value])).toEqual([
      [2018, 84],
      [2019, 91.3],
      [2020, 91.3]
    ]);
  });

  test("names each mark with its size, compute and source", async () => {
    const compute = new Map([["albert-base-v2", 174.8]]);
    const node = historyChart(dated, {title: "MNLI by year", yLabel: "accuracy, %", compute});
    const labels = [...node.querySelectorAll("[data-layer='dot'] [aria-label]")].map((dot) =>
      dot.getAttribute("aria-label")
    );
    expect(labels).toHaveLength(6);
    expect(labels).toContain(
      "ALBERT base-v2: 84.6, 12 M parameters, 175 MFLOP per token, A README, 2019, alone"
    );
    expect(node.textContent).toContain("1 more whose source shows no year");
    await expect(markup(node.querySelector("svg[role=group]")!)).toMatchFileSnapshot(
      "./output/historyChart.html"
    );
  });
});

describe("sizeLines(points)", () => {
  test("joins the best of each size of one family in one source", () => {
    const points = [...mnli.slice(0, 3), result({value: 83})].map((row) => ({
      row,
      x: row.params_millions!
    }));
    expect(sizeLines(points).map((line) => line.map((d) => d.row.value))).toEqual([[84.6, 86.5]]);
  });
});

describe("orderedFamilies(families)", () => {
  test("puts ALBERT first and unknown families last", () => {
    expect(orderedFamilies(["Zed", "BERT", "ALBERT", "Any", "BERT"])).toEqual([
      "ALBERT",
      "BERT",
      "Any",
      "Zed"
    ]);
  });
});

describe("resultPicker(rows, start)", () => {
  test("offers only combinations that exist, and starts at the one asked for", () => {
    const node = resultPicker(rows, {task: "MRPC"});
    expect(node.value).toEqual({
      task: "MRPC",
      metric: "f1",
      split: "test",
      setting: "any",
      secondHand: false,
      suspect: false,
      x: "parameters"
    });
    expect(node.querySelectorAll("optgroup option")).toHaveLength(2);
    expect(scoreLabel(node.value)).toBe("F1, % (MRPC, test)");
  });
  test("announces a change once", () => {
    const node = resultPicker(rows);
    let heard = 0;
    node.addEventListener("input", () => ++heard);
    const box = node.querySelector<HTMLInputElement>("input[type=checkbox]")!;
    box.checked = true;
    box.dispatchEvent(new Event("input", {bubbles: true}));
    box.dispatchEvent(new Event("change", {bubbles: true}));
    expect(node.value.secondHand).toBe(true);
    expect(heard).toBe(1);
  });
});

test("publishedTable(rows) names the source of every number, ensembles too", () => {
  const chosen = rows.slice(0, 3).map((row, i) => ({
    ...row,
    value: 10 * i,
    setting: i === 1 ? ("ensemble" as const) : ("single" as const),
    source_title: `source ${i}`
  }));
  const node = publishedTable(chosen, new Map());
  const cells = [...node.querySelectorAll("tbody tr")].map((tr) =>
    [1, 4, 2].map((i) => tr.children[i]!.textContent)
  );
  expect(cells).toEqual([
    ["20", "one model", "source 2"],
    ["10", "ensemble", "source 1"],
    ["0", "one model", "source 0"]
  ]);
});

describe("taskTable()", () => {
  test("links every task", () => {
    const links = [...taskTable().querySelectorAll("a")].map((a) => a.getAttribute("href"));
    expect(links).toHaveLength(10);
    expect(links[3]).toBe("./sts-b");
  });
});
