// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {arenaMap, bufferRows} from "../../src/components/arenaMap.js";
import {growthChart, growthRows} from "../../src/components/growthChart.js";
import {kindRows, stepKindsChart} from "../../src/components/stepKindsChart.js";
import {instructionRows, stepTimeline} from "../../src/components/stepTimeline.js";
import {timesChart, timesRows} from "../../src/components/timesChart.js";
import type {BenchRow} from "../../src/lib/albert/bench/bench.js";
import {summarise} from "../../src/lib/albert/bench/growth.js";
import {
  kindTotals,
  type ProfiledBuffer,
  type ProfiledInstruction
} from "../../src/lib/albert/bench/kinds.js";
import {markup} from "./snapshot.js";

const bench: BenchRow[] = [
  {contender: "plan", min: 9, median: 10, max: 12, ratio: 1},
  {contender: "tfjs wasm", min: 120, median: 134, max: 160, ratio: 13.4},
  {contender: "jax-js wasm", min: 44, median: 51, max: 66, ratio: 5.1}
].map((row) => ({
  ...row,
  work: "step" as const,
  shape: "phone" as const,
  rounds: 7,
  tokensPerSecond: 512_000 / row.median,
  losses: [6.9]
}));

const instructions: ProfiledInstruction[] = [
  {op: "gatherRows", kind: "moving numbers", label: "embeddings", flops: 0, ms: 0.25},
  {op: "gemm", kind: "matrix products", label: "layer 0 ffn", flops: 4e7, ms: 1},
  {op: "crossEntropy", kind: "loss", label: "masked loss", flops: 3e5, ms: 0.5},
  {op: "gemm", kind: "matrix products", label: "layer 0 ffn ∂", flops: 8e7, ms: 2.25}
].map((i, at) => ({...(i as ProfiledInstruction), isBackward: at === 3}));

const buffers: ProfiledBuffer[] = [
  {name: "weights", kind: "parameter", offset: 128, bytes: 512, first: 0, last: 3},
  {name: "h", kind: "activation", offset: 640, bytes: 256, first: 0, last: 1},
  {name: "∂ h", kind: "activation", offset: 640, bytes: 256, first: 2, last: 3}
];

describe("timesChart(rows, {width})", () => {
  test("a dot a contender, further right where it takes longer, with its ratio", async () => {
    const svg = timesChart(bench);
    const x = [...svg.querySelectorAll("circle")].map((dot) => Number(dot.getAttribute("cx")));
    expect(x[0]).toBeLessThan(x[2]!);
    expect(x[2]).toBeLessThan(x[1]!);
    expect(svg.textContent).toContain("13.4 ×");
    await expect(markup(svg)).toMatchFileSnapshot("./output/timesChart.svg");
    expect(timesRows(bench)[1]).toMatchObject({contender: "tfjs wasm", "times the first": 13.4});
  });
});

describe("stepKindsChart(totals, {width})", () => {
  test("a bar a kind, in two parts, with its share and speed", async () => {
    const totals = kindTotals(instructions);
    const svg = stepKindsChart(totals);
    expect(svg.querySelectorAll("rect")).toHaveLength(6);
    expect(svg.textContent).toContain("81.3%, 36.9 GFLOP/s");
    await expect(markup(svg)).toMatchFileSnapshot("./output/stepKindsChart.svg");
    expect(kindRows(totals)[0]).toMatchObject({kind: "matrix products", "backward ms": 2.25});
  });
});

describe("stepTimeline(instructions, {width})", () => {
  test("widths are times; forward and backward begin at the left", async () => {
    const svg = stepTimeline(instructions);
    const widths = [...svg.querySelectorAll("rect")].map((r) => Number(r.getAttribute("width")));
    expect(widths[3]! / widths[1]!).toBeCloseTo(2.25, 6);
    expect(svg.querySelectorAll("g.pass")).toHaveLength(2);
    await expect(markup(svg)).toMatchFileSnapshot("./output/stepTimeline.svg");
    expect(instructionRows(instructions)[3]).toMatchObject({number: 3, pass: "backward"});
  });
});

describe("arenaMap(profile, {width})", () => {
  test("buffers that share a place stand side by side in one height", async () => {
    const svg = arenaMap({buffers, instructions, arenaBytes: 896});
    const [, h, dh] = [...svg.querySelectorAll("rect")];
    expect(h!.getAttribute("y")).toBe(dh!.getAttribute("y"));
    const right = Number(h!.getAttribute("x")) + Number(h!.getAttribute("width"));
    expect(right).toBeLessThanOrEqual(Number(dh!.getAttribute("x")) + 1e-9);
    await expect(markup(svg)).toMatchFileSnapshot("./output/arenaMap.svg");
    expect(bufferRows(buffers)[2]).toMatchObject({buffer: "∂ h", holds: "activations"});
  });
});

describe("growthChart(series, {width})", () => {
  test("a panel a size with its power; attention is drawn beside the step", async () => {
    const point = (value: number) => ({
      value,
      ms: [4 * value, 4.4 * value, 4.2 * value],
      attentionMs: [0.1 * value ** 2, 0.1 * value ** 2, 0.11 * value ** 2],
      flops: 100 * value,
      attentionFlops: value ** 2,
      bytes: 65536
    });
    const series = [
      summarise("sequence", [2, 4, 8].map(point)),
      summarise("depth", [1, 2].map(point))
    ];
    const svg = growthChart(series);
    expect(svg.querySelectorAll("circle")).toHaveLength(2 * (3 + 2));
    expect(svg.textContent).toContain("sequence: 1.00 (1.00–1.00)");
    await expect(markup(svg)).toMatchFileSnapshot("./output/growthChart.svg");
    const rows = growthRows(series);
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({size: "sequence", "median ms": 8.4, "power of bytes": 0});
    expect(rows[0]!["power of attention"]).toBeCloseTo(2, 9);
  });
});
