import {readFileSync} from "node:fs";
import {expect, test} from "vitest";
import type {ProbeResult} from "../../../src/lib/engine/probing/protocol.js";
import {probeTasks} from "../../../src/lib/probe/tasks.js";

const path = "data/runs/probe/results.json";

test("recorded probes are of every task, and of every seed that their settings name", () => {
  const {tasks, settings, seeds, isFresh} = JSON.parse(readFileSync(path, "utf8")) as ProbeResult;
  expect(tasks.map(({id}) => id)).toEqual(probeTasks.map(({id}) => id));
  expect(seeds).toBe(settings.seeds);
  expect(isFresh).toBe(true);
  for (const {depths, trainRows, testRows, majority, form, classes} of tasks) {
    expect(new Set(depths.map(({accuracy}) => accuracy.length))).toEqual(new Set([seeds]));
    for (const lists of [majority, form, ...depths.flatMap((d) => [d.accuracy, d.control])]) {
      expect(lists).toHaveLength(seeds);
      // Shares of the test rows.
      lists.forEach((share, seed) => {
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        const right = share * testRows[seed]!;
        expect(right).toBeCloseTo(Math.round(right), 6);
      });
    }
    for (const {uniform, online} of depths)
      uniform.forEach((bits, seed) => {
        expect(bits).toBeLessThanOrEqual(trainRows[seed]! * Math.log2(classes.length) + 1e-6);
        expect(online[seed]).toBeGreaterThan(0);
      });
  }
});
