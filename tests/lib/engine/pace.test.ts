import {expect, test} from "vitest";
import {Pace} from "../../../src/lib/engine/pace.js";

test("a step longer than the span is its own speed", () => {
  const pace = new Pace();
  pace.after(70, 1);
  expect(pace.after(70, 35)).toBe(2000);
  expect(pace.after(70, 140)).toBe(500);
});

test("steps that a clock of whole milliseconds cannot tell apart have the speed of all of them", () => {
  const pace = new Pace();
  const clock = (k: number) => Math.floor(0.3 * k);
  let speed = pace.after(30, 0);
  expect(speed).toBe(30_000);
  for (let k = 1; k < 300; ++k) {
    speed = pace.after(30, clock(k + 1) - clock(k));
    expect(Number.isFinite(speed)).toBe(true);
  }
  // 30 tokens in 0.3 ms, to a millisecond in twenty
  expect(Math.abs(speed / 100_000 - 1)).toBeLessThan(0.06);
});
