// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {claimList} from "../../src/components/claimList.js";
import {weighedChart} from "../../src/components/weighedChart.js";
import {isOffered} from "../../src/components/offer.js";
import {cosineMatrix} from "../../src/components/cosineMatrix.js";
import {costRows, costScatter} from "../../src/components/costScatter.js";
import {curveRows, curvesChart} from "../../src/components/curvesChart.js";
import {embeddingMap} from "../../src/components/embeddingMap.js";
import {embeddingSizesForm} from "../../src/components/embeddingSizesForm.js";
import {predict} from "../../src/components/predict.js";
import {sharingMap, sharingRows} from "../../src/components/sharingMap.js";
import type {Claim} from "../../src/lib/claims/claim.js";
import {markup} from "./snapshot.js";

describe("predict(question, guesses)", () => {
  const make = () =>
    predict("Which?", [
      {value: "a", label: "this", reply: "It was b."},
      {value: "b", label: "that", reply: "Well seen.", isRight: true}
    ]);

  test("chooses nothing for the reader, and answers each guess", () => {
    const view = make();
    document.body.replaceChildren(view); // radios speak only in a document
    const seen: unknown[] = [];
    view.addEventListener("input", () => seen.push(view.value));
    const radios = view.querySelectorAll("input");
    expect([...radios].map((r) => r.checked)).toEqual([false, false]);
    expect(view.value).toBeNull();
    radios[0]!.click();
    expect(view.querySelector(".obs-verdict")!.textContent).toBe("Not here. It was b.");
    radios[1]!.click();
    expect(view.querySelector("[aria-live]")!.textContent).toBe("Yes. Well seen.");
    expect(seen).toEqual(["a", "b"]);
  });
});

describe("curvesChart(curves, options)", () => {
  const curves = [
    {name: "deep", points: [1, 2, 4].map((x) => ({x, y: 3 / x, low: 2 / x, high: 4 / x}))},
    {name: "flat", points: [1, 2, 4].map((x) => ({x, y: 1})), dashed: true}
  ];

  test("draws a line, a band and a name for each curve", () => {
    const svg = curvesChart(curves, {xLabel: "depth", yLabel: "loss", xScale: "log2"});
    expect(svg.getAttribute("aria-label")).toBe(
      "loss against depth: deep from 3 to 0.75; flat from 1 to 1; all numbers in the table"
    );
    expect(svg.querySelectorAll("[data-layer='line'] path")).toHaveLength(2);
    expect(svg.querySelectorAll("[data-layer='area'] path")).toHaveLength(1);
    expect([...svg.querySelectorAll("text")].map((t) => t.textContent)).toContain("flat");
  });

  test("keeps labels apart that would fall on each other", () => {
    const near = ["a", "b", "c"].map((name, i) => ({
      name,
      points: [
        {x: 0, y: 0},
        {x: 1, y: 10 + i * 0.001, low: 0, high: 40}
      ]
    }));
    const svg = curvesChart(near, {xLabel: "x", yLabel: "y"});
    const places = [...svg.querySelectorAll("[data-layer='text'] text")].map((t) =>
      Number(/,([\d.-]+)\)/.exec(t.getAttribute("transform")!)![1])
    );
    places.sort((a, b) => a - b);
    expect(places[1]! - places[0]!).toBeGreaterThan(11);
    expect(places[2]! - places[1]!).toBeGreaterThan(11);
  });

  test("numbers of ticks touch none of their neighbours, on either scale", () => {
    const places = [10, 40, 110, 300, 370, 400];
    const curve = {name: "c", points: places.map((x) => ({x, y: x}))};
    for (const xScale of ["log2", "linear"] as const)
      for (const width of [640, 312]) {
        const svg = curvesChart([curve], {xLabel: "x", yLabel: "y", width, xScale, xTicks: places});
        const ticks = [...svg.querySelectorAll("[data-layer='x-axis tick label'] text")].map(
          (t) => ({
            size: 6 * t.textContent!.length,
            x: Number(/\(([\d.-]+),/.exec(t.getAttribute("transform")!)![1])
          })
        );
        expect(ticks.length).toBeGreaterThan(2);
        for (const [i, {x, size}] of ticks.slice(1).entries())
          expect(x - ticks[i]!.x, `${xScale} ${width}`).toBeGreaterThan(
            (size + ticks[i]!.size) / 2
          );
      }
  });

  test("the words of a line stand where the curves are farther from it", () => {
    const falls = {
      name: "falls",
      points: [
        {x: 0, y: 9},
        {x: 1, y: 1}
      ]
    };
    const anchor = (y: number) => {
      const svg = curvesChart([falls], {xLabel: "x", yLabel: "y", rule: {y, label: "line"}});
      const words = [...svg.querySelectorAll("text")].find((t) => t.textContent === "line")!;
      return words.closest("[text-anchor]")!.getAttribute("text-anchor");
    };
    expect(anchor(1)).toBe("start");
    expect(anchor(9)).toBe("end");
  });

  test("names stand above the frame where another curve goes on behind an end", () => {
    const short = {name: "short", points: [1, 2].map((x) => ({x, y: x}))};
    const texts = (...shown: Parameters<typeof curvesChart>[0][number][]) =>
      [...curvesChart(shown, {xLabel: "x", yLabel: "y"}).querySelectorAll("text")].map(
        (t) => t.textContent
      );
    expect(texts(...curves, short)).toEqual(expect.arrayContaining(["— deep", "— short"]));
    expect(texts(...curves)).toContain("deep");
  });

  test("names stand above the frame, in rows, where their ends would be cut off", () => {
    const long = ["everything shared", "two groups of layers", "nothing shared"].map((name, i) => ({
      name,
      points: Array.from({length: 11}, (_, x) => ({x: 100 * x, y: x + i}))
    }));
    const heightOf = (width: number) =>
      Number(curvesChart(long, {xLabel: "step", yLabel: "loss", width}).getAttribute("height"));
    const svg = curvesChart(long, {xLabel: "step", yLabel: "loss", width: 312});
    const names = [...svg.querySelectorAll("text")].map((t) => t.textContent);
    for (const {name} of long) expect(names).toContain(`— ${name}`);
    expect(heightOf(312)).toBeGreaterThan(heightOf(640));
  });

  test("has no more ticks than there is room for, at every width of a phone", () => {
    const points = Array.from({length: 10}, (_, x) => ({x: 100 * x, y: x}));
    for (let width = 240; width <= 420; width += 4) {
      const svg = curvesChart([{name: "masks + SOP", points}], {
        xLabel: "step",
        yLabel: "loss",
        width
      });
      const texts = [...svg.querySelectorAll("text")].map((t) => t.textContent ?? "");
      const ticks = texts.filter((text) => /^\d+00$/.test(text));
      expect(ticks.length).toBeGreaterThan(0);
      expect(30 * ticks.length).toBeLessThan(width - 60);
    }
  });

  test("so has the chart of what was weighed", () => {
    const shapes = [253_184, 2_434_176].map((parameters, i) => ({
      layers: 12,
      hidden: 128,
      isShared: i === 0,
      name: `shape ${i}`,
      parameters,
      elapsedMs: [18, 19.5, 20]
    }));
    for (let width = 280; width <= 420; width += 4)
      for (const svg of weighedChart(shapes, {width}).querySelectorAll("svg")) {
        const ticks = [...svg.querySelectorAll("text")].filter(({textContent}) =>
          /^[\d.]+[kM]?$/.test(textContent!)
        ).length;
        expect(ticks).toBeGreaterThan(1);
        expect(30 * ticks).toBeLessThan(width - Math.min(0.45 * width, 170) - 64 + 30);
      }
  });

  test("rows hold every point", () => {
    expect(curveRows(curves, "depth", "loss")[1]).toEqual({
      curve: "deep",
      depth: 2,
      loss: 1.5,
      low: 1,
      high: 2
    });
  });
});

describe("sharingMap(rows, options)", () => {
  const rows = [
    {tensor: "attention.query", size: 42, storage: [0, 0, 0]},
    {tensor: "ffn", size: 66, storage: [0, 1, 2]}
  ];

  test("numbers the copy that serves each depth and counts what is stored", async () => {
    const svg = sharingMap(rows);
    expect(svg.querySelectorAll("rect")).toHaveLength(6);
    expect(svg.getAttribute("aria-label")).toContain("240 parameters stored");
    expect(svg.textContent).toContain("3 × 66");
    await expect(markup(svg)).toMatchFileSnapshot("./output/sharingMap.svg");
  });

  test("rows have a column for each depth", () => {
    expect(sharingRows(rows)[1]).toEqual({
      tensor: "ffn",
      parameters: 66,
      copies: 3,
      "depth 1": 1,
      "depth 2": 2,
      "depth 3": 3
    });
  });
});

describe("cosineMatrix(values, options)", () => {
  test("writes each cosine into its cell", () => {
    const svg = cosineMatrix(
      [
        [1, -0.25],
        [-0.25, 1]
      ],
      {label: "gradients"}
    );
    expect(svg.querySelectorAll("rect")).toHaveLength(4);
    expect(svg.textContent).toContain("−0.25");
    expect(svg.getAttribute("aria-label")).toBe(
      "gradients: depth 1: 1.00, -0.25; depth 2: -0.25, 1.00"
    );
  });
});

describe("embeddingSizesForm(models)", () => {
  const models = [
    {name: "small", sizes: {vocabulary: 100, embedding: 4, hidden: 8}},
    {name: "large", sizes: {vocabulary: 900, embedding: 16, hidden: 64}}
  ];
  const inputs = (form: Element) => [...form.querySelectorAll<HTMLInputElement>("input")];
  const type = (input: HTMLInputElement, value: string) => {
    input.value = value;
    input.dispatchEvent(new Event("input", {bubbles: true}));
  };

  test("takes a model's sizes, then any others, and knows a model by its sizes", () => {
    const form = embeddingSizesForm(models, models[1]!.sizes);
    const select = form.querySelector("select")!;
    expect(form.value).toEqual(models[1]!.sizes);
    select.value = "small";
    select.dispatchEvent(new Event("change", {bubbles: true}));
    expect(inputs(form).map((i) => i.value)).toEqual(["100", "4", "8"]);
    type(inputs(form)[1]!, "6");
    expect(form.value).toEqual({vocabulary: 100, embedding: 6, hidden: 8});
    expect(select.value).toBe("");
    type(inputs(form)[1]!, "4");
    expect(select.value).toBe("small");
  });

  test("refuses what is no size, and keeps the sizes before", () => {
    const form = embeddingSizesForm(models);
    type(inputs(form)[0]!, "2.5");
    expect(form.querySelector("[role='alert']")!.textContent).toBe(
      "V, vocabulary: expected a whole number from 1 to 1,000,000"
    );
    expect(form.value).toEqual(models[0]!.sizes);
  });
});

describe("claimList(claims, options)", () => {
  const claims: Claim[] = [
    {
      number: 4,
      claim: "It is small.",
      verdict: "correct",
      finding: "It is.",
      source: "count",
      check: {sql: "SELECT 1", reads: "One row."},
      page: {path: "/embedding", label: "sizes"}
    },
    {number: 9, claim: "It is <b>fast</b>.", verdict: "wrong", finding: "No.", source: "count"}
  ];
  const answer = {
    columns: [{name: "n", kind: "number" as const, type: "Int32", values: [41]}],
    rows: 1
  };

  test("shows what is said as text, its verdict and where to try it", () => {
    const view = claimList(claims, {ask: async () => answer});
    expect(view.querySelectorAll("li")).toHaveLength(2);
    expect(view.querySelector("#claim-9")!.textContent).toContain("It is <b>fast</b>.");
    expect(view.querySelector("a")!.getAttribute("href")).toBe("./embedding");
    expect(view.querySelectorAll("button:not([hidden])")).toHaveLength(1);
    expect(
      claimList(claims, {ask: async () => answer, verdict: "wrong"}).querySelectorAll("li")
    ).toHaveLength(1);
  });

  test("says what small models found below the claim that it is about, and leads to it", () => {
    const own = [{claim: 9, finding: "2.9 times as long.", path: "/sharing"}];
    const view = claimList(claims, {ask: async () => answer, own});
    const found = view.querySelector("#claim-9 .claim-own")!;
    expect(found.textContent).toBe("Our small models: 2.9 times as long. The figure.");
    expect(found.querySelector("a")!.getAttribute("href")).toBe("./sharing");
    expect(view.querySelector("#claim-4 .claim-own")).toBeNull();
  });

  test("runs a check and shows rows and query; a failure is a sentence and can be tried again", async () => {
    let fails = true;
    const asked: string[] = [];
    const view = claimList(claims, {
      ask: async (sql, {onProgress}) => {
        asked.push(sql);
        onProgress({loaded: 1, total: 2});
        if (fails) throw new Error("no database here");
        return answer;
      }
    });
    const button = view.querySelector("button")!;
    button.click();
    await new Promise((done) => setTimeout(done));
    expect(view.querySelector("[role=alert]")!.textContent).toBe("no database here");
    fails = false;
    button.click();
    await new Promise((done) => setTimeout(done));
    expect(view.querySelector(".claim-answer")!.textContent).toContain("One row.");
    expect(view.querySelector("td")!.textContent).toBe("41");
    expect(asked).toEqual(["SELECT 1", "SELECT 1"]);
  });

  test("a check says how far the database is, and can be stopped, which keeps the reader's place", async () => {
    const view = claimList(claims, {
      ask: (_sql, {signal, onProgress}) => {
        onProgress({loaded: 17e6, total: 34e6});
        return new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new Error("cancelled")))
        );
      }
    });
    document.body.append(view);
    const [check, stop] = [...view.querySelectorAll("button")];
    expect(stop!.hidden).toBe(true);
    check!.click();
    expect(view.querySelector("progress")!.value).toBe(0.5);
    expect(view.textContent).toMatch(/loading DuckDB, 17\sMB of 34\sMB/);
    expect(stop!.hidden).toBe(false);
    stop!.focus();
    stop!.click();
    await new Promise((done) => setTimeout(done));
    expect([stop!.hidden, isOffered(check!), document.activeElement]).toEqual([true, true, check]);
    expect(view.querySelector("[role=status]")!.textContent).toBe("stopped");
    view.remove();
  });
});

describe("costScatter(models, options)", () => {
  const models = [
    {
      name: "albert-base-v2",
      family: "ALBERT",
      shape: {L: 12, H: 768, E: 128},
      counts: {total: 11_683_584},
      flops: 1.748e8
    },
    {
      name: "bert-base-uncased",
      family: "BERT",
      shape: {L: 12, H: 768, E: 128},
      counts: {total: 109_482_240},
      flops: 1.746e8
    }
  ];

  test("puts a mark and a sentence for each model, and names those asked for", () => {
    const svg = costScatter(models, {named: ["albert-base-v2"]});
    expect(svg.querySelectorAll("[role='img']")).toHaveLength(2);
    expect(svg.innerHTML).toContain("albert-base-v2: 11.7M parameters, 175M operations");
    expect([...svg.querySelectorAll("text")].map((t) => t.textContent)).toContain("albert-base");
  });

  test("rows measure against the yardstick", () => {
    const [albert, bert] = costRows(models, "bert-base-uncased");
    expect(albert).toMatchObject({
      E: 128,
      "float32 MB": 46.7,
      "int8 MB": 11.7,
      "parameters ×": 0.107,
      "work ×": 1.001
    });
    expect(bert!["work ×"]).toBe(1);
  });
});

describe("embeddingMap(pieces, options)", () => {
  const pieces = [
    {piece: "cat", x: 0, y: 0, neighbours: [{piece: "dog", cosine: 0.8}]},
    {piece: "dog", x: 1, y: 2, neighbours: [{piece: "cat", cosine: 0.8}]},
    {piece: "sea", x: -1, y: 1, neighbours: [{piece: "dog", cosine: 0.1}]}
  ];

  test("joins the chosen piece with its nearest, by name or by click", () => {
    const view = embeddingMap(pieces, {first: "cat"});
    expect(view.textContent).toContain("Nearest to cat: dog 0.80");
    expect(view.querySelectorAll("line")).toHaveLength(1);
    view.querySelectorAll("circle")[2]!.dispatchEvent(new MouseEvent("click"));
    expect(view.value).toBe("sea");
    const input = view.querySelector("input")!;
    expect(input.value).toBe("sea");
    input.value = "cow";
    input.dispatchEvent(new Event("change"));
    expect(view.textContent).toContain("cow: not among the pieces drawn");
    expect(view.value).toBe("sea");
  });

  test("names of neighbouring points do not lie on each other", () => {
    const near = [
      {piece: "she", x: 0.5, y: 1},
      {piece: "old", x: 0.51, y: 1.001},
      {piece: "far", x: -1, y: 1.001}
    ].map((each) => ({...each, neighbours: []}));
    const neighbours = near.map(({piece}) => ({piece, cosine: 0.5}));
    const view = embeddingMap([{piece: "cat", x: 1, y: 0, neighbours}, ...near], {first: "cat"});
    const [she, old, far] = [...view.querySelectorAll("text")].map((each) =>
      Number(each.getAttribute("y"))
    );
    expect(Math.abs(she! - old!)).toBeGreaterThanOrEqual(13);
    expect(far).toBeCloseTo(old!, 1);
  });
});
