import {describe, expect, test} from "vitest";
import {wordMap} from "../../../src/lib/experiments/wordMap.js";

describe("wordMap(names, table)", () => {
  test("finds the plane that the rows lie in, whatever they have in common", () => {
    // four corners of a 6 × 2 rectangle in five dimensions, far from the origin
    const corners = [
      [3, 1],
      [3, -1],
      [-3, 1],
      [-3, -1]
    ];
    const data = corners.flatMap(([a, b]) => [100 + a!, 100, 100 + b!, 100, 100]);
    const {pieces, explained} = wordMap(["a", "b", "c", "d"], {rows: 4, columns: 5, data}, 2);
    expect(explained).toBeCloseTo(1, 10);
    for (const {x, y} of pieces) {
      expect(Math.abs(x)).toBeCloseTo(3, 8);
      expect(Math.abs(y)).toBeCloseTo(1, 8);
    }
    expect(pieces[0]!.neighbours.map(({piece}) => piece)).toEqual(["b", "c"]);
    expect(pieces[0]!.neighbours[0]!.cosine).toBeCloseTo(0.8, 8);
  });
});
