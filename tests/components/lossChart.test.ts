// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {Curve} from "../../src/components/curve.js";
import {lossChart} from "../../src/components/lossChart.js";
import {metricStrip} from "../../src/components/metricStrip.js";
import {markup} from "./snapshot.js";

const rows = Array.from({length: 41}, (_, i) => ({
  step: i * 5,
  loss: 7.6 * Math.exp(-i / 20) + 0.3 * Math.sin(i * 1.7) + 1,
  mlm_loss: 6.9 * Math.exp(-i / 20) + 0.3 * Math.sin(i * 1.7) + 0.6,
  sentence_loss: 0.69 - i / 200
}));
const series = [
  {key: "loss"},
  {key: "mlm_loss", label: "MLM"},
  {key: "sentence_loss", label: "sentence"}
];

describe("Curve", () => {
  test("the mean of a constant is that constant from the first step", () => {
    const curve = new Curve(0.9);
    for (let i = 0; i < 9; ++i) curve.append(i, 3);
    expect(curve.smooth).toBeAllClose(new Array(9).fill(3));
  });

  test("NaN does not end the line, and a resumed step replaces what came after", () => {
    const curve = new Curve(0);
    for (const [step, v] of [
      [0, 1],
      [1, NaN],
      [2, 5],
      [3, 6]
    ] as const)
      curve.append(step, v);
    expect(curve.values).toEqual([1, 5, 6]);
    curve.append(2, 4);
    expect(curve.steps).toEqual([0, 2]);
    expect(curve.smooth).toEqual([1, 4]);
  });

  test("thin keeps the ends and the extremes of 10,000 points in four a column", () => {
    const curve = new Curve(0.5);
    for (let i = 0; i < 10_000; ++i) curve.append(i, Math.sin(i) + (i === 7777 ? 50 : 0));
    const points = curve.thin(curve.values, 300);
    expect(points.length).toBeLessThanOrEqual(4 * 301);
    expect(points[0]).toEqual([0, 0]);
    expect(points.at(-1)![0]).toBe(9999);
    expect(points.some(([step, v]) => step === 7777 && v > 49)).toBe(true);
    expect(points.every(([step], i) => i === 0 || step > points[i - 1]![0])).toBe(true);
  });

  test("nearest", () => {
    const curve = new Curve(0);
    expect(curve.nearest(3)).toBe(-1);
    for (const step of [0, 10, 20]) curve.append(step, 1);
    expect([-5, 4, 6, 99].map((s) => curve.nearest(s))).toEqual([0, 0, 1, 2]);
  });
});

describe("lossChart(rows, options)", () => {
  const options = {
    series,
    total: 400,
    baselines: [{label: "always the most frequent piece", value: 5.9}],
    heldOut: [{key: "mlm_loss", step: 100, value: 3.2, low: 3, high: 3.4}]
  };

  test("draws raw and smoothed lines, held-out points and baselines", async () => {
    const chart = lossChart(rows, options);
    expect(chart.querySelectorAll(".obs-raw")).toHaveLength(3);
    expect(chart.querySelectorAll(".obs-smooth")).toHaveLength(3);
    expect(chart.querySelectorAll(".obs-heldout")).toHaveLength(1);
    expect(chart.textContent).toContain("always the most frequent piece 5.90");
    await expect(markup(chart)).toMatchFileSnapshot("./output/lossChart.html");
  });

  test("appending equals drawing at once", () => {
    const chart = lossChart(rows.slice(0, 7), options);
    chart.append(rows.slice(7));
    expect(markup(chart)).toBe(markup(lossChart(rows, options)));
  });

  test("log scale, no smoothing, narrow: swatches in place of labels", () => {
    const chart = lossChart(rows, {series, yScale: "log", smoothing: 0, width: 340});
    expect(chart.querySelectorAll(".obs-smooth")).toHaveLength(0);
    expect(chart.querySelectorAll(".obs-swatch")).toHaveLength(3);
    expect(chart.querySelectorAll(".obs-series")).toHaveLength(0);
    expect(chart.textContent).toContain("log scale");
    expect(chart.innerHTML).not.toContain("NaN");
  });

  test("arrow keys read a step, Enter locks, Escape lets go", () => {
    const chart = lossChart(rows, {series});
    const events: unknown[] = [];
    chart.addEventListener("input", () => events.push(chart.value));
    const press = (key: string) =>
      chart.querySelector("svg")!.dispatchEvent(new KeyboardEvent("keydown", {key}));
    press("Home");
    press("ArrowRight");
    expect(chart.querySelector("[aria-live]")!.textContent).toContain("step 5 · loss");
    press("Enter");
    expect(chart.value).toEqual({step: 5, locked: true});
    press("Escape");
    expect(events).toEqual([
      {step: 0, locked: false},
      {step: 5, locked: false},
      {step: 5, locked: true},
      {step: null, locked: false}
    ]);
  });

  test("an empty run has axes and says so; update replaces the rows", () => {
    const chart = lossChart([], {series});
    expect(chart.textContent).toContain("no step yet");
    chart.update({rows, yScale: "log"});
    expect(chart.textContent).not.toContain("no step yet");
  });

  test("10,000 steps are drawn as what the pixels can show", () => {
    const many = Array.from({length: 10_000}, (_, step) => ({
      step,
      loss: 3 + Math.sin(step),
      mlm_loss: 2,
      sentence_loss: 1
    }));
    const chart = lossChart(many, {series});
    chart.append([{step: 10_000, loss: 2}]);
    expect(chart.querySelector(".obs-raw")!.getAttribute("d")!.length).toBeLessThan(40_000);
    expect(chart.querySelector(".obs-smooth")!.getAttribute("d")!.length).toBeLessThan(12_000);
  });
});

describe("metricStrip(rows)", () => {
  test("shows the latest value of each metric that came", async () => {
    const strip = metricStrip([
      {step: 1, mlm_accuracy: 0.05, gradient_norm: 2.5, tokens_per_second: 15_310},
      {step: 2, mlm_accuracy: 0.0812, gradient_norm: 1.5, tokens_per_second: 15_320}
    ]);
    const visible = [...strip.querySelectorAll<HTMLElement>(".obs-tile")].filter((t) => !t.hidden);
    expect(visible.map((t) => t.querySelector(".obs-tile-value")!.textContent)).toEqual([
      "8.1%",
      "1.50",
      "15.3k"
    ]);
    strip.append([{step: 3, memory_bytes: 12_000_000}]);
    expect(strip.textContent).toContain("12\u00a0MB");
    await expect(markup(strip)).toMatchFileSnapshot("./output/metricStrip.html");
  });
});
