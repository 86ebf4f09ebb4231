import {describe, expect, test} from "vitest";
import {
  growthMarkdown,
  measureGrowth,
  slope,
  summarise
} from "../../../../src/lib/albert/bench/growth.js";

describe("slope(x, y)", () => {
  test("is the power of a power law", () => {
    const x = [1, 3, 9, 10];
    expect(
      slope(
        x,
        x.map((v) => 7 * v ** 1.5)
      )
    ).toBeCloseTo(1.5, 9);
    expect(slope(x, [2, 2, 2, 2])).toBe(0);
  });
});

describe("summarise(axis, points)", () => {
  test("gives the median of the rounds' powers, and their range", () => {
    const powers = [0.9, 1, 1.2];
    const points = [2, 5, 11].map((value) => ({
      value,
      ms: powers.map((power) => 10 * value ** power),
      attentionMs: powers.map(() => value ** 0.5),
      flops: value ** 2,
      attentionFlops: value,
      bytes: 100 * value
    }));
    const {time, attention, operations, memory} = summarise("batch", points);
    expect(time.estimate).toBeCloseTo(1, 9);
    expect(time.low).toBeCloseTo(0.9, 9);
    expect(time.high).toBeCloseTo(1.2, 9);
    expect(attention.estimate).toBeCloseTo(0.5, 9);
    expect([operations, memory]).toEqual([expect.closeTo(2, 9), expect.closeTo(1, 9)]);
  });
});

describe("measureGrowth(axis, options)", () => {
  test("counts linear work in depth, and memory that shared weights keep below it", () => {
    let now = 0;
    const rounds: number[] = [];
    const series = measureGrowth("depth", {
      rounds: 2,
      values: [1, 2, 3],
      clock: () => (now += 3),
      onRound: (round) => rounds.push(round)
    });
    expect(rounds).toEqual([0, 1, 2]);
    expect(series.points.map(({value}) => value)).toEqual([1, 2, 3]);
    expect(series.operations).toBeGreaterThan(0.9);
    expect(series.operations).toBeLessThan(1.01);
    expect(series.memory).toBeGreaterThan(0.3);
    expect(series.memory).toBeLessThan(1);
    const [first, second] = series.points;
    expect(second!.attentionFlops).toBe(2 * first!.attentionFlops);
    expect(first!.ms.length).toBe(2);
    const record = {
      machine: "m",
      executor: "e",
      clock: "cpu",
      rounds: 2,
      date: "",
      series: [series]
    };
    expect(growthMarkdown(record).split("\n").at(-1)).toMatch(/^\| depth \| 1 – 3 \|/);
  });
});
