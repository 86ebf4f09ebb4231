import {expect, test} from "vitest";
import {
  gemm,
  pointwise,
  zero,
  type Instruction
} from "../../../../../src/lib/albert/plan/instructions.js";
import {
  extent,
  matrix,
  type Matrix,
  type PlanBuffer
} from "../../../../../src/lib/albert/plan/regions.js";
import {benchConfig, benchShapes} from "../../../../../src/lib/albert/bench/shapes.js";
import {
  bufferBytes,
  layOutBuffers,
  lifetimesOf
} from "../../../../../src/lib/albert/plan/layout.js";
import {lowerPretraining} from "../../../../../src/lib/albert/plan/lower.js";
import {lowerFineTuning} from "../../../../../src/lib/albert/plan/lowerHead.js";
import {asGrid, productScratch} from "../../../../../src/lib/albert/plan/webgpu/products.js";
import {layOutPlan, tensorPlaces} from "../../../../../src/lib/albert/plan/webgpu/stepLayout.js";
import {runsOf, touchedBy} from "../../../../../src/lib/albert/plan/webgpu/runs.js";
import {updateRule} from "../../../../../src/lib/albert/plan/webgpu/update.js";
import {randomCase} from "../cases.js";
import {headCase} from "../headCases.js";

/** Whether one must stay before the other: the second touches what the first writes, or the reverse. */
function depend(one: Instruction, other: Instruction): boolean {
  const [a, b] = [one, other].map(({reads, writes}) => ({
    all: new Set([...reads, ...writes].map(({buffer}) => buffer)),
    written: writes.map(({buffer}) => buffer)
  }));
  return a!.written.some((w) => b!.all.has(w)) || b!.written.some((w) => a!.all.has(w));
}

test("bringing instructions together keeps all, and the order of those that depend on each other", () => {
  for (let seed = 0; seed < 60; ++seed) {
    const {config, shape} = randomCase(seed);
    const {instructions, logits, backward} = lowerPretraining(config, shape);
    const runs = runsOf(instructions, [logits, backward]);
    const order = runs.flatMap((run) => run.instructions);
    expect(order.length).toBe(instructions.length);
    expect(new Set(order)).toEqual(new Set(instructions));
    const place = new Map(order.map((instruction, i) => [instruction, i]));
    const together = new Map(
      runs.flatMap((run, i) => run.instructions.map((one) => [one, i] as const))
    );
    instructions.forEach((one, i) => {
      // moved by at most a dozen places, so more need not be looked at
      for (const other of instructions.slice(i + 1, i + 26))
        if (depend(one, other) && together.get(one) !== together.get(other))
          expect(place.get(one)!, `seed ${seed}: ${other.op}`).toBeLessThan(place.get(other)!);
    });
    for (const fence of [logits, backward]) expect(runs.some(({at}) => at === fence)).toBe(true);
  }
});

test("queries, keys and values are made together, and so are the gradients of their weights", () => {
  const shape = benchShapes.standard;
  const plan = lowerPretraining(benchConfig(shape), {batch: 16, sequence: 64, slots: 1024});
  const runs = runsOf(plan.instructions, [plan.logits, plan.backward]);
  const threes = runs.filter(({instructions}) => instructions.length === 3);
  const layers = benchShapes.standard.numHiddenLayers;
  // in the first layer the weights are transposed in between
  expect(threes.filter(({at}) => at < plan.backward).length).toBe(layers - 1);
  expect(threes.filter(({at}) => at >= plan.backward).length).toBe(layers);
});

test("what a run brings forward has its place from the beginning of the run", () => {
  const rows = (name: string, kind: PlanBuffer["kind"]) => matrix({name, size: 256, kind}, 16, 16);
  const [x, first, second] = ["x", "first weight", "second weight"].map((name) =>
    rows(name, "parameter")
  ) as [Matrix, Matrix, Matrix];
  const [a, b, passing] = ["a", "b", "passing"].map((name) => rows(name, "activation")) as [
    Matrix,
    Matrix,
    Matrix
  ];
  const [out, sums] = [rows("out", "output"), rows("sums", "output")];
  // `passing` is last read before the product that would take its place, and which is done earlier
  const instructions = [
    zero("passing", extent(passing)),
    gemm("a", x, first, a),
    pointwise("add", "sums", extent(passing), extent(a), extent(sums)),
    gemm("b", x, second, b),
    pointwise("add", "out", extent(a), extent(b), extent(out))
  ];
  const runs = runsOf(instructions, []);
  expect(runs.map((run) => run.instructions.length)).toEqual([1, 2, 1, 1]);
  const places = (touched: Parameters<typeof layOutBuffers>[1]) => {
    const {offsets} = layOutBuffers(
      [a, b, passing, out, sums].map((m) => m.buffer),
      touched,
      0
    );
    return [offsets.get(b.buffer), offsets.get(passing.buffer)];
  };
  const [inOrder, inRuns] = [places(instructions), places(touchedBy(runs))];
  expect(inOrder[0]).toBe(inOrder[1]);
  expect(inRuns[0]).not.toBe(inRuns[1]);
});

test("no two buffers share a place while a run of a training step uses both", () => {
  const settings = {optimizer: "adamw", options: {}} as const;
  for (let seed = 0; seed < 150; ++seed) {
    const pretraining = randomCase(seed);
    const tuning = headCase(seed);
    for (const plan of [
      lowerPretraining(pretraining.config, pretraining.shape),
      lowerFineTuning(tuning.config, tuning.rows)
    ]) {
      const {optimizer, options} = settings;
      const rule = updateRule(optimizer, options, tensorPlaces(plan));
      const {layout} = layOutPlan(plan, {rule, maxGradientNorm: 1});
      const {logits, backward, gradients, instructions} = plan;
      const runs = runsOf(instructions, [logits, backward, backward + gradients.size]);
      const lifetimes = Array.from(lifetimesOf(touchedBy(runs)))
        .filter(([{kind}]) => kind === "activation")
        .map(([buffer, [first, last]]) => {
          const from = layout.offsets.get(buffer)!;
          return {buffer, first, last, from, to: from + bufferBytes(buffer)};
        });
      for (const one of lifetimes)
        for (const other of lifetimes)
          if (one !== other && one.from < other.to && other.from < one.to)
            expect(
              one.last < other.first || other.last < one.first,
              `seed ${seed}: ${one.buffer.name}, ${other.buffer.name}`
            ).toBe(true);
    }
  }
});

const factor = (at: number, rowStep: number) => ({at, rowStep, columnStep: 1});

test("products become a grid only at equal distances, each with a place of its own", () => {
  const product = (a: number, b: number, c: number) => ({
    a: factor(a, 16),
    b: factor(b, 8),
    c: factor(c, 24),
    m: 4,
    n: 8,
    k: 16
  });
  const grid = asGrid([product(0, 100, 300), product(0, 228, 308), product(0, 356, 316)]);
  expect(grid).toMatchObject({
    grid: {outer: 3, inner: 1},
    a: {outer: 0},
    b: {outer: 128},
    c: {outer: 8}
  });
  expect(asGrid([product(0, 100, 300), product(0, 228, 308), product(0, 300, 316)])).toBeNull();
  expect(asGrid([product(0, 100, 300), product(0, 228, 304)])).toBeNull();
  expect(asGrid([product(0, 228, 300), product(0, 100, 308)])).toBeNull();
  expect(asGrid([product(0, 100, 300)])).toBeNull();
});

test("only long sums over few places are shared out, within their room", () => {
  const product = (m: number, n: number, k: number) => ({
    a: factor(0, k),
    b: factor(0, n),
    c: factor(0, n),
    m,
    n,
    k
  });
  expect(productScratch(product(2048, 256, 256))).toBe(0);
  expect(productScratch(product(128, 128, 1024))).toBe(16 * 128 * 128);
  expect(productScratch(product(30000, 128, 4096))).toBe(0);
  for (const k of [384, 1000, 1024, 5000])
    expect(productScratch(product(64, 64, k)) / 4096).toBeLessThanOrEqual(16);
});
