// @vitest-environment jsdom
import {beforeAll, describe, expect, test, vi} from "vitest";
import {hashSentence, momentRows, momentView} from "../../src/components/momentView.js";
import {stepScrubber} from "../../src/components/stepScrubber.js";
import type {Moment} from "../../src/lib/engine/moment.js";
import {markup} from "./snapshot.js";

beforeAll(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});

const n = 3;
const moment: Moment = {
  step: 64,
  attention: {
    tokens: ["[CLS]", "[MASK]", "[SEP]"],
    wordIds: [null, 0, null],
    typeIds: [0, 0, 0],
    group: [0, 0],
    model: "test model",
    probs: {shape: [2, 2, n, n], data: new Float32Array(4 * n * n).fill(1 / n)}
  },
  guesses: {
    position: 1,
    depths: [[{piece: "▁the", probability: 0.1}], [{piece: "▁cat", probability: 0.6}]]
  },
  spectrum: [3, 2, 1],
  effectiveRank: 2.7,
  hash: "a".repeat(64),
  storedHash: null,
  bytes: 1_500_000
};

describe("momentView(moment)", () => {
  test("guesses by depth, spectrum, and what the numbers belong to", async () => {
    const view = momentView(moment);
    expect([...view.querySelectorAll("tbody tr")].map((row) => row.textContent)).toEqual([
      "depth 1the 0.10",
      "depth 2cat 0.60"
    ]);
    expect(momentRows(moment)).toHaveLength(2 + 4 + 3);
    expect(momentRows(moment)[2]!.value).toBeCloseTo(Math.log(3), 6);
    await expect(markup(view)).toMatchFileSnapshot("./output/momentView.html");
  });

  test("says whether its hash is the one that was kept", () => {
    expect(hashSentence(moment)).toBe(
      "Parameters aaaaaaaaaaaa, 1.5\u00a0MB of parameters in memory while they are read."
    );
    expect(hashSentence({...moment, storedHash: moment.hash})).toContain("was written down");
    expect(hashSentence({...moment, storedHash: "b".repeat(64)})).toContain("are NOT those");
  });
});

describe("stepScrubber({steps, curve})", () => {
  test("the slider walks through the steps, and says step and loss", async () => {
    const node = stepScrubber({
      steps: [0, 1, 4, 64],
      curve: [0, 1, 4, 64].map((step) => ({step, loss: 7 - Math.log2(step + 1) / 2})),
      label: "loss",
      width: 400
    });
    expect(node.value).toBe(64);
    const heard: number[] = [];
    node.addEventListener("input", () => heard.push(node.value));
    const slider = node.querySelector("input")!;
    slider.value = "2";
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    expect(heard).toEqual([4]);
    expect(slider.getAttribute("aria-valuetext")).toBe("step 4, loss 5.839");
    expect(node.querySelectorAll("circle")).toHaveLength(4);
    await expect(markup(node)).toMatchFileSnapshot("./output/stepScrubber.html");
  });
});
