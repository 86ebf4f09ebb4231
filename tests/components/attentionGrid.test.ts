// @vitest-environment jsdom
import {beforeAll, describe, expect, test, vi} from "vitest";
import {attentionGrid, splitHeads} from "../../src/components/attentionGrid.js";
import {thumbnail} from "../../src/components/thumbnail.js";
import {markup} from "./snapshot.js";

const [layers, heads, n] = [5, 2, 7];
const flat = Float32Array.from({length: layers * heads * n * n}, (_, i) => (i % 11) / 11);

beforeAll(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
});

describe("thumbnail(weights, rows, columns, most)", () => {
  test("small matrices stay as they are", () => {
    const {cells, down, across} = thumbnail([0.5, 0.25, NaN, 1, 0, 0.125], 3, 2, 9);
    expect([down, across]).toEqual([3, 2]);
    expect([...cells]).toEqual([0.5, 0.25, NaN, 1, 0, 0.125]);
  });

  test("a thin diagonal of 512 survives in 48 cells", () => {
    const weights = new Float32Array(512 * 512);
    for (let i = 0; i < 512; ++i) weights[i * 512 + i] = 0.75;
    const {cells, down, across} = thumbnail(weights, 512, 512, 48);
    expect([down, across]).toEqual([48, 48]);
    for (let i = 0; i < across; ++i) expect(cells[i * across + i]).toBe(0.75);
    expect(cells[5]).toBe(0);
  });
});

describe("attentionGrid(probs, options)", () => {
  test("splitHeads shares the memory", () => {
    const split = splitHeads(flat, layers, heads);
    expect([split.length, split[0]!.length, split[0]![0]!.length]).toEqual([5, 2, 49]);
    expect(split[4]![1]!.buffer).toBe(flat.buffer);
    expect(split[3]![1]![0]).toBe(flat[(3 * heads + 1) * 49]);
  });

  test("a frame for each head in its hue, layers down, heads across", async () => {
    const grid = attentionGrid(splitHeads(flat, layers, heads));
    const frames = [...grid.querySelectorAll("g:first-child rect")];
    expect(frames).toHaveLength(layers * heads);
    expect(new Set(frames.map((f) => f.getAttribute("stroke"))).size).toBe(heads);
    expect(grid.value).toEqual({layer: 4, head: 0});
    await expect(markup(grid)).toMatchFileSnapshot("./output/attentionGrid.html");
  });

  test("no room yet is no error: sizes stay positive", () => {
    const svg = attentionGrid(splitHeads(flat, layers, heads), {width: 0}).querySelector("svg")!;
    const [, , w, h] = svg.getAttribute("viewBox")!.split(" ").map(Number);
    expect(Math.min(w!, h!)).toBeGreaterThan(0);
  });

  test("arrow keys select and stop at the edges", () => {
    const grid = attentionGrid(splitHeads(flat, layers, heads), {selected: {layer: 0, head: 0}});
    const events: unknown[] = [];
    grid.addEventListener("input", () => events.push(grid.value));
    const press = (key: string) =>
      grid.querySelector("svg")!.dispatchEvent(new KeyboardEvent("keydown", {key}));
    for (const key of ["ArrowUp", "ArrowDown", "]", "ArrowRight"]) press(key);
    expect(events).toEqual([
      {layer: 1, head: 0},
      {layer: 1, head: 1}
    ]);
    expect(grid.querySelector("[aria-live]")!.textContent).toBe("layer 2, head 2");
  });
});
