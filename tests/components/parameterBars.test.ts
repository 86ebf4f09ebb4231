// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {parameterBars, parameterRows} from "../../src/components/parameterBars.js";
import type {ParameterBar} from "../../src/components/parameterBars.js";
import {markup} from "./snapshot.js";

const bars: ParameterBar[] = [
  {
    label: "ALBERT",
    counts: {
      embeddings: 3_906_304,
      factorisation: 99_072,
      attention: 2_363_904,
      ffn: 4_723_968,
      pooler: 590_592
    }
  },
  {
    label: "BERT",
    counts: {embeddings: 23_837_184, attention: 28_366_848, ffn: 56_687_616, pooler: 590_592}
  }
];

describe("parameterBars(bars, options)", () => {
  test("exact integers, bytes and ratio to the yardstick", async () => {
    const view = parameterBars(bars);
    expect(view.textContent).toContain("11,683,840 · 46.7\u00a0MB · 1/9.37 of BERT");
    expect(view.textContent).toContain("109,482,240 · 438\u00a0MB");
    expect(view.querySelectorAll(".obs-part")).toHaveLength(9);
    await expect(markup(view)).toMatchFileSnapshot("./output/parameterBars.html");
  });

  test("bars share one zero and one scale: widths are proportional", () => {
    const widths = [...parameterBars(bars).querySelectorAll(".obs-part")].map(
      (r) => Number(r.getAttribute("width")) + 1
    );
    expect(widths[5]! / widths[0]!).toBeCloseTo(23_837_184 / 3_906_304, 3);
  });

  test("arrow keys read parts; down keeps the part", () => {
    const view = parameterBars(bars, {yardstick: "ALBERT", width: 340});
    expect(view.textContent).toContain("9.37 × ALBERT");
    const press = (key: string) =>
      view.querySelector("svg")!.dispatchEvent(new KeyboardEvent("keydown", {key}));
    press("ArrowRight");
    press("ArrowDown");
    expect(view.querySelector("[aria-live]")!.textContent).toContain(
      "BERT, embeddings V×E: 23,837,184 parameters"
    );
  });

  test("parameterRows adds up", () => {
    const [albert] = parameterRows(bars);
    expect(albert).toMatchObject({
      model: "ALBERT",
      ffn: 4_723_968,
      mlm: 0,
      total: 11_683_840,
      bytes: 46_735_360
    });
  });
});
