/** The recorded learning curves of the page /finetune: scores over the number of training rows. */
import {readFileSync} from "node:fs";
import {comparePairs} from "../lib/experiments/compare.js";
import {curveMeans, type CurvePlan, type CurveResult} from "../lib/finetune/learningCurve.js";

interface Recorded {
  plan: CurvePlan;
  results: CurveResult[];
}
const read = (name: string) =>
  JSON.parse(readFileSync(`data/runs/small-data/${name}.json`, "utf8")) as Recorded;
const {plan, results} = read("results");
/** What each pretrained start is compared with, and what its layers share. */
const pairs = [
  ["pretrained", "random", "layers shared"],
  ["pretrained, nothing shared", "random, nothing shared", "nothing shared"]
] as const;
const cells = pairs.flatMap(([first, second, sharing]) =>
  plan.sizes.map((size) => ({first, second, sharing, size}))
);
const lastOf = (setting: string, size: number, seed: number) =>
  results.find((r) => r.setting === setting && r.size === size && r.seed === seed)!.last;
const seeds = Array.from({length: plan.seeds}, (_, i) => i + 1);
// Pretrained against random weights at each size, paired by seed.
const differences = comparePairs(
  cells.map(({first, second, size}) =>
    seeds.map((seed) => lastOf(first, size, seed) - lastOf(second, size, seed))
  )
).map((difference, i) => {
  const {sharing, size} = cells[i]!;
  return {sharing, size, ...difference};
});
process.stdout.write(
  JSON.stringify({plan, results, curves: curveMeans(results), differences, rates: read("rates")})
);
