// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {
  arenaCase,
  arenaRows,
  arenaSentence,
  arenaTable,
  verdict
} from "../../src/components/arenaTable.js";
import type {ArenaCase} from "../../src/lib/engine/arena.js";
import {markup} from "./snapshot.js";

const one: ArenaCase = {
  name: "a test",
  does: "Head 1 copies.",
  trap: "None.",
  tokens: ["[CLS]", "▁a", "[MASK]", "▁b", "[SEP]"],
  position: 2,
  truth: [3],
  guess: "▁b",
  probability: 0.97,
  candidates: [1, 3],
  even: 0.5,
  methods: [
    {method: "attention", scores: [0, 3, 0, 1, 0], share: 0.25},
    {method: "value zeroing", scores: [0, 0, 0, 1, 0], share: 1},
    {method: "occlusion", scores: [0, 0, 0, 0, 0], share: null}
  ],
  heads: [
    {depth: 0, head: 0, role: "copies", carries: true, alone: 2.4, together: null},
    {depth: 0, head: 1, role: "parked", carries: false, alone: 0, together: 0.5}
  ]
};

describe("arenaTable", () => {
  test("verdicts", () => {
    expect([verdict(1, 0.2), verdict(0.4, 0.2), verdict(0.2, 0.2), verdict(null, 0.2)]).toEqual([
      "right",
      "in part",
      "wrong",
      "silent"
    ]);
  });

  test("names who is right everywhere, and who is not, where", () => {
    expect(arenaSentence([one])).toBe(
      "Right on all 1: value zeroing. Not right: attention (a test); occlusion (a test)."
    );
    expect(arenaRows([one])).toHaveLength(3);
  });

  test("shares by model, and word by word", async () => {
    const cells = [...arenaTable([one]).querySelectorAll("td")].map((td) => td.textContent);
    expect(cells).toEqual(["wrong 0.25", "right 1.00", "silent –", "0.50"]);
    const detail = arenaCase(one);
    expect(detail.querySelectorAll("table")).toHaveLength(2);
    expect(detail.querySelector("tbody tr:nth-child(2)")!.textContent).toBe("ano0.750.000.00");
    await expect(markup(arenaTable([one]))).toMatchFileSnapshot("./output/arenaTable.html");
  });
});
