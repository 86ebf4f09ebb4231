import {describe, expect, test} from "vitest";
import {compareCells, significanceLevel} from "../../../src/lib/experiments/compare.js";
import type {RunRecord} from "../../../src/lib/experiments/record.js";
import {
  bootstrapMean,
  holm,
  mean,
  normalQuantile,
  pairedP,
  standardDeviation,
  studentCdf,
  studentQuantile,
  within
} from "../../../src/lib/experiments/statistics.js";
import {Random} from "../../../src/lib/random.js";

/** A record that carries one number as its last masked loss. */
function record(name: string, seed: number, value: number): RunRecord {
  return {
    hash: `${name}${seed}`,
    sweep: "simulated",
    cell: {case: name},
    seed,
    steps: 1,
    parameters: 1,
    flops_per_token: 1,
    vocab_size: 1,
    masked_count: 1,
    diverged: null,
    evaluations: [
      {step: 1, mlm_loss: value, mlm_accuracy: 0, sentence_loss: null, sentence_accuracy: null}
    ],
    measures: {},
    executor: "none"
  };
}

const lossOf = (r: RunRecord) => r.evaluations[0]!.mlm_loss;

describe("Student's distribution", () => {
  test("has the quantiles of printed tables", () => {
    expect(studentQuantile(0.975, 4)).toBeCloseTo(2.776445, 6);
    expect(studentQuantile(0.975, 1)).toBeCloseTo(12.706205, 5);
    expect(studentQuantile(0.05, 9)).toBeCloseTo(-1.833113, 6);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 5);
    expect(studentCdf(0, 7)).toBeCloseTo(0.5, 12);
  });
});

describe("within(interval, range)", () => {
  test("cuts what a mean cannot be, and covers as often as before", () => {
    // Scores that are 0 as often as not, as of models that did not start.
    const random = new Random(5, "bootstrap");
    const truth = 0.2;
    let covered = 0;
    let cut = 0;
    for (let i = 0; i < 200; ++i) {
      const values = Array.from({length: 5}, () =>
        random.uniform() < 0.5 ? 0 : 2 * truth + 0.1 * (random.uniform() - 0.5)
      );
      const whole = bootstrapMean(values);
      const bounded = within(whole, [0, 1]);
      expect(bounded.low).toBeGreaterThanOrEqual(0);
      expect(bounded.high).toBeLessThanOrEqual(1);
      expect(bounded.mean).toBe(whole.mean);
      expect(bounded.low <= truth && truth <= bounded.high).toBe(
        whole.low <= truth && truth <= whole.high
      );
      covered += Number(bounded.low <= truth && truth <= bounded.high);
      cut += Number(whole.low < 0);
    }
    expect(cut).toBeGreaterThan(20);
    expect(covered).toBeGreaterThan(170);
  });
});

describe("bootstrapMean(values)", () => {
  test("is the same at every call, and narrows with the root of n", () => {
    const random = new Random(3, "probes");
    const values = Array.from({length: 400}, () => random.normal());
    const few = bootstrapMean(values.slice(0, 25));
    const many = bootstrapMean(values);
    expect(bootstrapMean(values)).toEqual(many);
    expect((few.high - few.low) / (many.high - many.low)).toBeGreaterThan(2.5);
    expect((few.high - few.low) / (many.high - many.low)).toBeLessThan(6);
    expect(many.mean).toBeCloseTo(mean(values), 12);
  });

  test("is the same whatever was asked before, of as many values or of others", () => {
    const [few, many] = [5, 12].map((n) => Array.from({length: n}, (_, i) => Math.sin(i)));
    const alone = bootstrapMean(many!);
    bootstrapMean(few!);
    bootstrapMean(many!, {seed: 2});
    bootstrapMean(many!.map((value) => 2 * value));
    expect(bootstrapMean(many!)).toEqual(alone);
    expect(bootstrapMean(many!, {seed: 2})).not.toEqual(alone);
  });

  test("knows nothing from one value", () => {
    expect(bootstrapMean([2])).toEqual({mean: 2, low: -Infinity, high: Infinity, n: 1});
  });

  for (const n of [5, 8, 20])
    test(`holds the true mean of 1,000 samples of ${n} in 93 to 97 % of the cases`, () => {
      const random = new Random(n, "probes");
      let held = 0;
      for (let i = 0; i < 1000; ++i) {
        const values = Array.from({length: n}, () => 3 + 2 * random.normal());
        const {low, high} = bootstrapMean(values, {seed: i, resamples: 1000});
        held += low <= 3 && 3 <= high ? 1 : 0;
      }
      expect(held).toBeGreaterThanOrEqual(930);
      expect(held).toBeLessThanOrEqual(970);
    });
});

describe("pairedP(differences)", () => {
  test("equals the worked example of Student 1908 (extra sleep)", () => {
    const sleep = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4];
    expect(standardDeviation(sleep)).toBeCloseTo(1.2299955, 6);
    expect(pairedP(sleep)).toBeCloseTo(0.002833, 5);
  });

  test("is 1 for no difference and 0 for the same difference each time", () => {
    expect(pairedP([0, 0, 0])).toBe(1);
    expect(pairedP([0.5, 0.5, 0.5])).toBe(0);
  });
});

describe("holm(p)", () => {
  test("multiplies by the number of hypotheses left, never falling, in the order given", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toBeAllClose([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
  });
});

describe("compareCells(records, value)", () => {
  test("pairs by seed: noise that both cells share does not hide a difference", () => {
    const noise = [5, -4, 9, 0.5, 2];
    const records = noise.flatMap((z, seed) => [
      record("a", seed, z),
      record("b", seed, z + 1 + 0.01 * seed)
    ]);
    const [a, b] = compareCells(records, lossOf);
    expect(a!.difference).toBeNull();
    expect(b!.difference!.mean).toBeCloseTo(1.02, 10);
    expect(b!.difference!.isSignificant).toBe(true);
    expect(b!.high - b!.low).toBeGreaterThan(5);
  });

  test("leaves out runs without a value and says how many", () => {
    const records = [1, 2, 3].flatMap((seed) => [record("a", seed, 1), record("b", seed, seed)]);
    const [, b] = compareCells(records, (r) => (r.hash === "b2" ? null : lossOf(r)));
    expect(b!.values.map(({seed}) => seed)).toEqual([1, 3]);
    expect(b!.lost).toBe(1);
    expect(b!.difference!.n).toBe(2);
  });

  test("of 1,000 comparisons where nothing differs, under 5 % are flagged", () => {
    const random = new Random(11, "probes");
    let flagged = 0;
    for (let figure = 0; figure < 250; ++figure) {
      const records = ["a", "b", "c", "d", "e"].flatMap((name) =>
        [1, 2, 3, 4, 5].map((seed) => record(name, seed, random.normal()))
      );
      const cells = compareCells(records, lossOf).slice(1);
      flagged += cells.filter(({difference}) => difference!.isSignificant).length;
    }
    expect(flagged).toBeLessThan(50);
    expect(flagged).toBeGreaterThan(2); // one that never fires would pass too
  });

  test("of figures with four such comparisons, no more than 5 % flag any", () => {
    const random = new Random(12, "probes");
    const figures = 8000;
    let flagged = 0;
    for (let figure = 0; figure < figures; ++figure) {
      const base = Array.from({length: 5}, () => random.normal());
      const p = [0, 1, 2, 3].map(() => pairedP(base.map((b) => random.normal() - b)));
      flagged += holm(p).some((value) => value < significanceLevel) ? 1 : 0;
    }
    const noise = 2 * Math.sqrt((0.05 * 0.95) / figures);
    expect(flagged / figures).toBeLessThan(0.05 + noise);
    expect(flagged / figures).toBeGreaterThan(0.03);
  });

  test("finds a difference of three standard deviations nearly always", () => {
    const random = new Random(12, "probes");
    let found = 0;
    for (let i = 0; i < 200; ++i) {
      const records = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((seed) => [
        record("a", seed, random.normal()),
        record("b", seed, 3 + random.normal())
      ]);
      found += compareCells(records, lossOf)[1]!.difference!.isSignificant ? 1 : 0;
    }
    expect(found).toBeGreaterThan(180);
  });
});
