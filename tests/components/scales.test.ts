// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {
  divergingLegend,
  probabilityLegend,
  speakCell,
  swatches
} from "../../src/components/legends.js";
import {paletteIndex, paletteSteps, sequentialPalette} from "../../src/components/pixels.js";
import {
  categoryColor,
  divergingColor,
  formatBytes,
  formatDuration,
  formatInteger,
  formatNumber,
  formatPercent,
  formatProbability,
  headColor,
  ink,
  probabilityColor
} from "../../src/components/scales.js";
import {formatCell} from "../../src/components/formats.js";
import {markup} from "./snapshot.js";

describe("formats", () => {
  test.each([
    [3.2149, "3.21"],
    [0, "0"],
    [7, "7"],
    [120, "120"],
    [999.4, "999"],
    [999.6, "1k"],
    [15_320, "15.3k"],
    [1.2e6, "1.2M"],
    [11_683_584, "11.7M"],
    [-0.5, "−0.500"],
    [0.00042, "0.000420"],
    [1.5e-7, "1.5e−7"],
    [NaN, "–"],
    [-Infinity, "−∞"]
  ])("formatNumber(%d) is %s", (x, text) => expect(formatNumber(x)).toBe(text));

  test.each<[number, string]>([
    [1336.4, "1336"],
    [999.4, "999"],
    [123_456.7, "123,457"],
    [46.73, "46.7"],
    [-0.5, "−0.500"],
    [2019, "2019"],
    [-12, "−12"],
    [11_683_584, "11,683,584"]
  ])("formatCell(%d) is %s: a heading may hold its unit", (x, text) =>
    expect(formatCell(x)).toBe(text)
  );

  test("bytes, shares, integers", () => {
    // the space does not break
    expect([0, 999, 1000, 46_734_336, 1.2e12].map(formatBytes)).toEqual([
      "0\u00a0B",
      "999\u00a0B",
      "1\u00a0kB",
      "46.7\u00a0MB",
      "1.2\u00a0TB"
    ]);
    expect([0, 0.0004, 0.4123, 0.9999, 1, -0.02].map(formatPercent)).toEqual([
      "0%",
      "0.0%",
      "41.2%",
      "100%",
      "100%",
      "−2.0%"
    ]);
    expect(formatInteger(11683584)).toBe("11,683,584");
    expect([0.4071, 0.012, 0.0001, 0, 1, NaN].map(formatProbability)).toEqual([
      "0.41",
      "0.012",
      "<0.001",
      "0",
      "1.00",
      "n/a"
    ]);
  });

  test.each([
    [0.042, "42\u00a0ms"],
    [0.42, "0.4\u00a0s"],
    [59.6, "1\u00a0min"],
    [80, "1\u00a0min 20\u00a0s"],
    [7500, "2\u00a0h 05\u00a0min"],
    [Infinity, "–"]
  ])("formatDuration(%d) is %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));
});

describe("colours", () => {
  test("a masked cell is never the colour of zero", () => {
    expect(probabilityColor(NaN)).toBe(ink.masked);
    expect(probabilityColor(0)).toBe(ink.paper);
    expect(probabilityColor(NaN)).not.toBe(probabilityColor(0));
  });

  test("the domain is fixed to [0, 1]", () => {
    expect(probabilityColor(2)).toBe(probabilityColor(1));
    expect(probabilityColor(0.25, "sqrt")).toBe(probabilityColor(0.5));
  });

  test("diverging at 0, symmetric", () => {
    expect(divergingColor(0, 3)).toBe(ink.paper);
    expect(divergingColor(3, 3)).toBe(ink.positive);
    expect(divergingColor(-9, 3)).toBe(ink.negative);
    expect(divergingColor(1, 0)).toBe(ink.paper);
  });

  test("a head keeps its hue", () => {
    expect(headColor(3, 12)).toContain("0.15 90)");
    expect(new Set(Array.from({length: 12}, (_, i) => headColor(i, 12))).size).toBe(12);
    expect(categoryColor(9)).toBe(categoryColor(1));
  });

  test("the palette of pixels agrees at its ends and keeps its own grey", () => {
    const palette = sequentialPalette(document.documentElement);
    expect(palette).toHaveLength(paletteSteps + 1);
    expect(palette[paletteIndex(0)]).toBe(0xffffffff);
    expect(palette[paletteIndex(1)]).toBe(0xff6b2f0b);
    expect(palette[paletteIndex(NaN)]).toBe(0xffc4bdb9);
    expect(paletteIndex(-1)).toBe(0);
    expect(paletteIndex(7)).toBe(paletteSteps - 1);
  });
});

describe("legends", () => {
  test("probabilityLegend({lift}) puts its ticks where the colours are", async () => {
    const legend = probabilityLegend({lift: "sqrt", masked: true});
    expect(legend.getAttribute("aria-label")).toContain("square-root");
    await expect(markup(legend)).toMatchFileSnapshot("./output/probabilityLegend.svg");
  });

  test("divergingLegend prints the true extremes", async () => {
    const legend = divergingLegend({title: "Δ loss", extent: 0.5, minimum: -0.2, maximum: 0.5});
    expect(legend.textContent).toContain("−0.200 to 0.500");
    await expect(markup(legend)).toMatchFileSnapshot("./output/divergingLegend.svg");
  });

  test("swatches names every colour; text is text", () => {
    const node = swatches([{label: "none"}, {label: "<b>"}]);
    expect(node.querySelectorAll(".obs-swatch")).toHaveLength(2);
    expect(node.querySelector("b")).toBeNull();
  });

  test("speakCell says row, column, value and rank", () => {
    expect(speakCell("cat", "sat", 0.41, 1, 9)).toBe("row: cat → column: sat, 0.41, rank 1 of 9");
    expect(speakCell("cat", "sat", NaN, 1, 9)).toContain("hidden");
  });
});
