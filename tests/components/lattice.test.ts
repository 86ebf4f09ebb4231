// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {lattice, latticePaths} from "../../src/components/lattice.js";
import {latticeBands} from "../../src/components/latticeBands.js";
import {packLanes} from "../../src/components/latticePaths.js";
import {markup} from "./snapshot.js";

const edge = (start: number, end: number, piece: string, score: number, best = false) => ({
  start,
  end,
  id: start * 10 + end,
  piece,
  score,
  best
});
/** "▁cats": ▁cat + s beats ▁cats beats ▁ + cat + s. */
const data = {
  text: "▁cats",
  nodes: 6,
  edges: [
    edge(0, 1, "▁", -2),
    edge(0, 4, "▁cat", -3, true),
    edge(0, 5, "▁cats", -6),
    edge(1, 4, "cat", -4),
    edge(4, 5, "s", -1, true),
    edge(1, 3, "ca", -5)
  ]
};

describe("latticePaths(data)", () => {
  const paths = latticePaths(data);

  test("the best path, the runner-up and what each candidate loses", () => {
    expect(paths.best).toBe(-4);
    expect([...paths.through]).toEqual([-7, -4, -6, -7, -4, -Infinity]);
    expect(paths.runnerUp).toBe(2);
    expect(paths.pathThrough(3)).toEqual([0, 3, 4]);
    expect(paths.pathThrough(5)).toEqual([]);
  });

  test("an empty text has the empty path", () => {
    const empty = latticePaths({text: "", nodes: 1, edges: []});
    expect(empty.best).toBe(0);
    expect(empty.runnerUp).toBe(-1);
  });
});

describe("packLanes(edges)", () => {
  test("no two pieces of a lane overlap; the best path has lane 0", () => {
    const {lanes, count} = packLanes(data.edges);
    expect(count).toBeGreaterThan(1);
    data.edges.forEach((a, i) => {
      expect(lanes[i] === 0).toBe(a.best);
      data.edges.forEach((b, j) => {
        if (i < j && lanes[i] === lanes[j]) expect(a.end <= b.start || b.end <= a.start).toBe(true);
      });
    });
  });
});

describe("latticeBands(data, most)", () => {
  const cut = (pieces: [number, number][], nodes: number, most: number) =>
    latticeBands({nodes, edges: pieces.map(([start, end]) => edge(start, end, "", -1))}, most);

  test("cuts where no piece goes across, as late as there is room", () => {
    const words: [number, number][] = [
      [0, 2],
      [2, 4],
      [4, 9],
      [4, 6],
      [6, 9]
    ];
    expect(cut(words, 10, 5)).toEqual([
      [0, 4],
      [4, 9]
    ]);
    expect(cut(words, 10, 9)).toEqual([[0, 9]]);
  });

  test("cuts through a piece that is longer than a band, and never stops", () => {
    expect(cut([[0, 7]], 8, 3)).toEqual([
      [0, 3],
      [3, 6],
      [6, 7]
    ]);
    expect(cut([], 1, 3)).toEqual([]);
  });
});

describe("lattice(data)", () => {
  test("a box for every candidate, the best path emphasised", async () => {
    const view = lattice(data);
    expect(view.querySelectorAll(".obs-edge")).toHaveLength(6);
    expect(view.querySelectorAll(".obs-best")).toHaveLength(2);
    expect(view.textContent).toContain("best ▁cat · s (−4.00) · runner-up ▁cats (−6.00)");
    await expect(markup(view)).toMatchFileSnapshot("./output/lattice.html");
  });

  test("arrow keys take a candidate and show the best path through it", () => {
    const view = lattice(data);
    const press = (key: string) =>
      view.querySelector("svg")!.dispatchEvent(new KeyboardEvent("keydown", {key}));
    press("ArrowRight");
    expect(view.value).toEqual({edge: 0, locked: false});
    expect(view.querySelector(".obs-readout")!.textContent).toContain("3.00 below the best");
    expect(view.querySelectorAll(".obs-through")).toHaveLength(3);
    press("Enter");
    expect(view.value).toEqual({edge: 0, locked: true});
    press("Escape");
    expect(view.value).toEqual({edge: null, locked: false});
  });
});
