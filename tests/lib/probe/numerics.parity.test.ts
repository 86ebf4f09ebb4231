/** Probes and CKA against scikit-learn and numpy: the files of ALBERT_PARITY_DIR. */
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {describe, expect, test} from "vitest";
import {linearCka} from "../../../src/lib/probe/cka.js";
import {probeProbabilities, trainProbe} from "../../../src/lib/probe/logistic.js";

const folder = process.env.ALBERT_PARITY_DIR;
const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(folder!, "numerics", `${name}.json`), "utf8"));

interface ProbeCase {
  name: string;
  C: number;
  standardise: boolean;
  X_train: number[][];
  y_train: number[];
  X_test: number[][];
  classes: number[];
  coef: number[][];
  intercept: number[];
  test_predictions: number[];
  test_probabilities: number[][];
}

describe.skipIf(!folder)("linear probes", () => {
  const cases = folder ? (read("probe") as {cases: ProbeCase[]}).cases : [];
  test("there are cases", () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)("$name: as scikit-learn", (c) => {
    const width = c.X_train[0]!.length;
    const K = c.classes.length;
    const numbers = Int32Array.from(c.y_train, (y) => c.classes.indexOf(y));
    const probe = trainProbe(
      {x: Float64Array.from(c.X_train.flat()), y: numbers, width, classes: K},
      {l2: 1 / c.C, standardise: c.standardise, iterations: 5000, gainTolerance: 1e-15}
    );
    const p = probeProbabilities(probe, c.X_test.flat());
    expect(p).toBeAllClose(c.test_probabilities.flat(), {rtol: 0, atol: 1e-3});
    const guessed = c.X_test.map((_, i) => {
      const row = Array.from(p.subarray(i * K, (i + 1) * K));
      return c.classes[row.indexOf(Math.max(...row))];
    });
    expect(guessed).toEqual(c.test_predictions);
    const vectors = c.coef.length;
    const largest = Math.max(...c.coef.flat().map(Math.abs));
    const coef = c.coef.map((_, v) =>
      Array.from(probe.weights.subarray(v * (width + 1), v * (width + 1) + width))
    );
    expect(probe.weights).toHaveLength(vectors * (width + 1));
    expect(coef.flat()).toBeAllClose(c.coef.flat(), {rtol: 0, atol: 1e-2 * largest});
  });
});

interface CkaFile {
  cases: {name: string; X: number[][]; Y: number[][]; linear_cka: number | "NaN"}[];
}

describe.skipIf(!folder)("linear CKA", () => {
  const cases = folder ? (read("cka") as CkaFile).cases : [];
  test("there are cases", () => expect(cases.length).toBeGreaterThan(0));

  test.each(cases)("$name: as numpy", ({X, Y, linear_cka: expected}) => {
    const found = linearCka(X.flat(), Y.flat(), X.length);
    if (expected === "NaN") expect(found).toBeNaN();
    else expect(Math.abs(found - expected)).toBeLessThan(1e-5);
  });
});
