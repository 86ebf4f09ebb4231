import {beforeAll, expect, test} from "vitest";
import {compareLanguages, type LanguagesPoint} from "../../../src/lib/engine/languages.js";
import {useBackend} from "../albert/backends.js";

beforeAll(() => useBackend("wasm"));

test("compareLanguages trains, tells its points, and gives the same again", async () => {
  const plan = {documents: 12, parallel: 0.5, steps: 2, seed: 5, sentences: 20};
  const told: LanguagesPoint[] = [];
  const result = await compareLanguages(plan, (point) => void told.push(point));
  expect(told).toEqual(result.points);
  expect(result.points.map(({step}) => step)).toEqual([0, 1, 2]);
  for (const {byDepth} of result.points) {
    expect(byDepth.length).toBe(3);
    for (const share of byDepth) expect(share >= 0 && share <= 1).toBe(true);
  }
  // No word is the same in both languages; marks are.
  expect(result.byWords).toBeLessThan(0.3);
  expect(await compareLanguages(plan)).toEqual(result);
});
