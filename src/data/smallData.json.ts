/** The recorded learning curves of the page /finetune: scores over the number of training rows. */
import {readFileSync} from "node:fs";
import {comparePairs} from "../lib/experiments/compare.js";
import {curveMeans, type CurvePlan, type CurveResult} from "../lib/finetune/learningCurve.js";

const {plan, results} = JSON.parse(
  readFileSync("data/runs/small-data/results.json", "utf8")
) as {plan: CurvePlan; results: CurveResult[]};
const [first, second] = plan.settings.map(({name}) => name);
const lastOf = (setting: string, size: number, seed: number) =>
  results.find((r) => r.setting === setting && r.size === size && r.seed === seed)!.last;
const seeds = Array.from({length: plan.seeds}, (_, i) => i + 1);
// The first setting against the second at each size, paired by seed.
const differences = comparePairs(
  plan.sizes.map((size) =>
    seeds.map((seed) => lastOf(first!, size, seed) - lastOf(second!, size, seed))
  )
);
process.stdout.write(JSON.stringify({plan, results, curves: curveMeans(results), differences}));
