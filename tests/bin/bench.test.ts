import {describe, expect, test} from "vitest";
import {byTurns, median} from "../../bin/bench/measure.js";
import {benchBatch, benchConfig, benchShapes} from "../../bin/bench/shapes.js";
import {countParameters} from "../../src/lib/albert/specs.js";

describe("byTurns()", () => {
  test("runs the contenders by turns and does not count the first turns", async () => {
    const order: string[] = [];
    const said = [5, 1, 3];
    const timings = await byTurns(
      [
        {
          name: "says",
          run: async () => {
            order.push("says");
            return said[(order.length / 2) | 0] ?? 9;
          }
        },
        {name: "is timed", run: async () => void order.push("is timed")}
      ],
      {rounds: 2, warmUp: 1}
    );
    expect(order).toEqual(Array.from({length: 3}, () => ["says", "is timed"]).flat());
    expect(timings[0]).toEqual({name: "says", times: [1, 3]});
    expect(timings[1]!.times).toHaveLength(2);
  });

  test("median of an odd and of an even number of times", () => {
    expect(median([1, 2, 10])).toBe(2);
    expect(median([1, 2, 4, 10])).toBe(3);
  });
});

describe("benchShapes", () => {
  test.each(Object.entries(benchShapes))("%s: rows without padding, slots in range", (_, shape) => {
    const batch = benchBatch(shape);
    const tokens = shape.batch * shape.sequence;
    expect(batch.attentionMask.every((m) => m === 1)).toBe(true);
    expect(Math.max(...batch.maskedPositions)).toBeLessThan(tokens);
    expect(new Set(batch.maskedPositions).size).toBe(batch.maskedPositions.length);
    const share = batch.maskedPositions.length / tokens;
    expect(share).toBeCloseTo(shape.allPositions ? 1 : 0.15, 2);
  });

  test("the standard one has the sizes that its line names", () => {
    const {V, E, H, F} = {V: 1024, E: 32, H: 128, F: 512};
    const {total} = countParameters(benchConfig(benchShapes.standard));
    const embeddings = (V + 2 + 64) * E + 2 * E + E * H + H;
    const layer = 4 * (H * H + H) + 2 * H + (H * F + F) + (F * H + H) + 2 * H;
    const head = H * E + E + 2 * E + V;
    expect(total).toBe(embeddings + layer + head);
  });
});
