/** The recorded learning curves of the page /finetune: scores over the number of training rows. */
import {readFileSync} from "node:fs";
import {curveMeans, type CurvePlan, type CurveResult} from "../lib/finetune/learningCurve.js";

const {plan, results} = JSON.parse(
  readFileSync("data/runs/small-data/results.json", "utf8")
) as {plan: CurvePlan; results: CurveResult[]};
process.stdout.write(JSON.stringify({plan, results, curves: curveMeans(results)}));
