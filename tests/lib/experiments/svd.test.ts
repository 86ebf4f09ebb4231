import {describe, expect, test} from "vitest";
import {contractionRate} from "../../../src/lib/experiments/contraction.js";
import {effectiveRank, productTransposed, svd, truncate} from "../../../src/lib/experiments/svd.js";
import {Random} from "../../../src/lib/random.js";

/** Orthonormal columns by Gram–Schmidt, `[n, k]` as k arrays. */
function orthonormal(n: number, k: number, random: Random): Float64Array[] {
  const columns: Float64Array[] = [];
  while (columns.length < k) {
    const c = Float64Array.from({length: n}, () => random.normal());
    for (const other of [...columns, ...columns]) {
      const along = other.reduce((sum, x, i) => sum + x * c[i]!, 0);
      for (let i = 0; i < n; ++i) c[i]! -= along * other[i]!;
    }
    const length = Math.hypot(...c);
    columns.push(c.map((x) => x / length));
  }
  return columns;
}

function planted(rows: number, columns: number, s: readonly number[]) {
  const random = new Random(rows, "probes", columns);
  const u = orthonormal(rows, s.length, random);
  const v = orthonormal(columns, s.length, random);
  const data = new Float64Array(rows * columns);
  for (let i = 0; i < rows; ++i)
    for (let j = 0; j < columns; ++j)
      data[i * columns + j] = s.reduce((sum, x, k) => sum + x * u[k]![i]! * v[k]![j]!, 0);
  return {rows, columns, data};
}

describe("svd(matrix)", () => {
  for (const [rows, columns] of [
    [29, 7],
    [7, 29],
    [13, 13]
  ] as const)
    test(`recovers a planted spectrum of ${rows} × ${columns}, nine powers of ten apart`, () => {
      const s = [1e4, 30, 30, 2, 0.5, 1e-3, 1e-5];
      const matrix = planted(rows, columns, s);
      const found = svd(matrix);
      expect(found.s.slice(0, 7)).toBeAllClose(s, {rtol: 1e-6, atol: 1e-11});
      for (const extra of found.s.slice(7)) expect(extra).toBeLessThan(1e-10);
      expect(truncate(found, rows, columns, found.rank)).toBeAllClose(matrix.data, {
        rtol: 1e-6,
        atol: 1e-4
      });
    });

  test("the squared error of a truncation is the sum of the squares left out", () => {
    const s = [9, 7, 5, 3, 1, 0.5];
    const matrix = planted(31, 11, s);
    const found = svd(matrix);
    for (let rank = 0; rank <= 6; ++rank) {
      const cut = truncate(found, 31, 11, rank);
      const error = cut.reduce((sum, x, i) => sum + (x - matrix.data[i]!) ** 2, 0);
      const left = s.slice(rank).reduce((sum, x) => sum + x * x, 0);
      expect(error).toBeCloseTo(left, 4);
    }
  });
});

describe("effectiveRank(values)", () => {
  test("counts equal directions, and little ones little", () => {
    expect(effectiveRank([2, 2, 2, 2, 2])).toBeCloseTo(5, 12);
    expect(effectiveRank([3, 0, 0])).toBeCloseTo(1, 12);
    expect(effectiveRank([1, 1e-6])).toBeLessThan(1.001);
  });
});

describe("productTransposed(a, b)", () => {
  test("is a · bᵀ", () => {
    const a = {rows: 2, columns: 3, data: [1, 2, 3, 4, 5, 6]};
    const b = {rows: 1, columns: 3, data: [1, 0, -1]};
    expect(Array.from(productTransposed(a, b).data)).toEqual([-2, -2]);
  });
});

describe("contractionRate(f, x)", () => {
  const linear = (matrix: number[][]) => (x: Float32Array) =>
    Float32Array.from(matrix, (row) => row.reduce((sum, a, j) => sum + a * x[j]!, 0) + 3);
  const point = Float32Array.from([1, -2, 0.5]);

  test("measures a known spectral radius within 1 %, symmetric or not", () => {
    const diagonal = linear([
      [0.3, 0, 0],
      [0, -0.8, 0],
      [0, 0, 0.5]
    ]);
    expect(Math.abs(contractionRate(diagonal, point) / 0.8 - 1)).toBeLessThan(0.01);
    const sheared = linear([
      [1.2, 5, -3],
      [0, 0.4, 7],
      [0, 0, -0.9]
    ]);
    expect(Math.abs(contractionRate(sheared, point) / 1.2 - 1)).toBeLessThan(0.01);
  });

  test("measures a rotation that shrinks, whose eigenvalues are a complex pair", () => {
    const [c, s] = [0.7 * Math.cos(1), 0.7 * Math.sin(1)];
    const spiral = linear([
      [c, -s, 0],
      [s, c, 0],
      [0, 0, 0.2]
    ]);
    expect(Math.abs(contractionRate(spiral, point) / 0.7 - 1)).toBeLessThan(0.01);
  });

  test("is the slope's size at the point for a curved map", () => {
    const f = (x: Float32Array) => x.map((value) => Math.tanh(value));
    const rate = contractionRate(f, Float32Array.from([0.2, 3]), {nudge: 0.001});
    expect(rate).toBeCloseTo(1 - Math.tanh(0.2) ** 2, 2);
  });
});
