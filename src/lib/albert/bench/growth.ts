/** How the cost of a step grows: one size of a model or batch varied at a time, exponents fitted. */
import {initParameters} from "../specs.js";
import {makeConfig} from "../config.js";
import {lowerPretraining} from "../plan/lower.js";
import {WasmExecutor} from "../plan/wasm.js";
import {median} from "./byTurns.js";
import {benchBatch, type BenchShape} from "./shapes.js";

/** What every point has but for the size that varies. */
export const growthBase = {
  vocabSize: 1000,
  embeddingSize: 32,
  hiddenSize: 128,
  numAttentionHeads: 4,
  numHiddenLayers: 4,
  batch: 8,
  sequence: 64
} as const;

/** The sizes that vary, with the values of each; the feed-forward width is four times the hidden one. */
export const growthAxes = {
  depth: {key: "numHiddenLayers", values: [1, 2, 4, 8, 16]},
  batch: {key: "batch", values: [2, 4, 8, 16, 32]},
  sequence: {key: "sequence", values: [16, 32, 64, 128, 256]},
  hidden: {key: "hiddenSize", values: [32, 64, 128, 256, 512]},
  vocabulary: {key: "vocabSize", values: [500, 1000, 2000, 4000, 8000]}
} as const satisfies Record<string, {key: keyof typeof growthBase; values: readonly number[]}>;

export type GrowthAxis = keyof typeof growthAxes;
export const growthAxisNames = Object.keys(growthAxes) as GrowthAxis[];

/** One size: what its step takes. */
export interface GrowthPoint {
  value: number;
  /** Milliseconds of a step without its update, one for each round. */
  ms: number[];
  /** Those of them that attention takes. */
  attentionMs: number[];
  /** Counted operations, and those of attention. */
  flops: number;
  attentionFlops: number;
  /** Bytes of the arena. */
  bytes: number;
}

/** A power fitted to cost over size: the slope of its logarithm, with an interval over rounds. */
export interface Exponent {
  estimate: number;
  low: number;
  high: number;
}

export interface GrowthSeries {
  axis: GrowthAxis;
  points: GrowthPoint[];
  /** Of the step's time. */
  time: Exponent;
  /** Of the part that attention takes, and of the rest. */
  attention: Exponent;
  rest: Exponent;
  /** What the counted operations and the bytes give, which have no noise. */
  operations: number;
  memory: number;
}

export interface GrowthRecord {
  date: string;
  machine: string;
  executor: string;
  clock: string;
  rounds: number;
  series: GrowthSeries[];
}

/**
 * Times the compiled step at every size of an axis, the sizes taking turns in every round.
 *
 * @param clock milliseconds from a fixed moment
 * @param values sizes, default those of the axis
 */
export function measureGrowth(
  axis: GrowthAxis,
  {
    rounds,
    clock,
    values = growthAxes[axis].values,
    onRound = () => {}
  }: {
    rounds: number;
    clock: () => number;
    values?: readonly number[];
    onRound?: (round: number) => void;
  }
): GrowthSeries {
  const {key} = growthAxes[axis];
  const points = values.map((value) => pointOf({...growthBase, [key]: value}, value));
  const time = (run: () => void) => {
    const begun = clock();
    run();
    return clock() - begun;
  };
  for (let round = -1; round < rounds; ++round) {
    for (const {point, executor, attention, repeats} of points) {
      const all = time(() => {
        for (let i = 0; i < repeats; ++i) executor.runStep();
      });
      const part = time(() => {
        for (let i = 0; i < repeats; ++i)
          for (const index of attention) executor.runInstruction(index);
      });
      if (round < 0) continue;
      point.ms.push(all / repeats);
      point.attentionMs.push(part / repeats);
    }
    onRound(round + 1);
  }
  for (const {executor} of points) executor.dispose();
  return summarise(
    axis,
    points.map(({point}) => point)
  );
}

function pointOf(sizes: Record<keyof typeof growthBase, number>, value: number) {
  const {batch, sequence, ...model} = sizes;
  const intermediateSize = 4 * sizes.hiddenSize;
  const config = makeConfig({
    ...model,
    intermediateSize,
    maxPositionEmbeddings: sequence,
    architecture: "AlbertForMaskedLM"
  });
  const shape: BenchShape = {
    ...sizes,
    intermediateSize,
    about: "",
    allPositions: false,
    forwardOnly: false
  };
  const rows = benchBatch(shape);
  const slots = rows.maskedLabels.length;
  const plan = lowerPretraining(config, {batch, sequence, slots});
  const executor = new WasmExecutor(plan);
  executor.setParameters(initParameters(config, 1));
  executor.setBatch(rows, null);
  const attention = plan.instructions.flatMap(({op}, i) => (op.startsWith("attention") ? [i] : []));
  const count = (indices: readonly number[]) =>
    indices.reduce((sum, i) => sum + plan.instructions[i]!.flops, 0);
  const flops = count([...plan.instructions.keys()]);
  const point: GrowthPoint = {
    value,
    ms: [],
    attentionMs: [],
    flops,
    attentionFlops: count(attention),
    bytes: executor.bytes
  };
  // short steps are repeated, for clocks that do not see them
  return {point, executor, attention, repeats: Math.max(1, Math.round(1e9 / flops))};
}

/** The exponents of measured points. */
export function summarise(axis: GrowthAxis, points: GrowthPoint[]): GrowthSeries {
  const sizes = points.map(({value}) => value);
  const perRound = (of: (point: GrowthPoint, round: number) => number) =>
    exponentOf(
      points[0]!.ms.map((_, r) =>
        slope(
          sizes,
          points.map((point) => of(point, r))
        )
      )
    );
  return {
    axis,
    points,
    time: perRound(({ms}, r) => ms[r]!),
    attention: perRound(({attentionMs}, r) => attentionMs[r]!),
    rest: perRound(({ms, attentionMs}, r) => ms[r]! - attentionMs[r]!),
    operations: slope(
      sizes,
      points.map(({flops}) => flops)
    ),
    memory: slope(
      sizes,
      points.map(({bytes}) => bytes)
    )
  };
}

/** Median of a round's slopes and the middle 95 % of them. */
function exponentOf(slopes: readonly number[]): Exponent {
  const sorted = slopes.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return {estimate: median(sorted), low: at(0.025), high: at(0.975)};
}

/** Slope of log y over log x by least squares: n where y is a multiple of xⁿ. */
export function slope(x: readonly number[], y: readonly number[]): number {
  const [a, b] = [x.map(Math.log), y.map(Math.log)];
  const mean = (values: readonly number[]) => values.reduce((s, v) => s + v, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  const over = a.reduce((sum, v, i) => sum + (v - ma) * (b[i]! - mb), 0);
  return over / a.reduce((sum, v) => sum + (v - ma) ** 2, 0);
}

/** The exponents as a Markdown table. */
export function growthMarkdown({machine, executor, clock, rounds, series}: GrowthRecord): string {
  const range = ({estimate, low, high}: Exponent) =>
    `${estimate.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
  return [
    `${machine}; ${executor}; ${rounds} rounds by turns, ${clock === "cpu" ? "processor time" : "wall time"}.`,
    "",
    "| size | from – to | ms from – to | time | attention | the rest | operations | memory |",
    "|---|--:|--:|--:|--:|--:|--:|--:|",
    ...series.map((s) => {
      const [first, last] = [s.points[0]!, s.points.at(-1)!];
      const ms = ({ms}: GrowthPoint) => median(ms.toSorted((a, b) => a - b)).toPrecision(3);
      return `| ${s.axis} | ${first.value} – ${last.value} | ${ms(first)} – ${ms(last)} | ${range(s.time)} | ${range(s.attention)} | ${range(s.rest)} | ${s.operations.toFixed(2)} | ${s.memory.toFixed(2)} |`;
    })
  ].join("\n");
}
