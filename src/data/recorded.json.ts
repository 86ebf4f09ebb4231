/** The recorded run of the default recipe: what the first page shows before anyone presses Train. */
import {readFileSync} from "node:fs";
import {metricsRow, parseMetrics} from "../lib/engine/metrics.js";
import type {Evaluation} from "../lib/engine/protocol.js";

const folder = "data/runs/laptop";
const rows = parseMetrics(readFileSync(`${folder}/metrics.csv`, "utf8"));
const evaluations = JSON.parse(
  readFileSync(`${folder}/evaluations.json`, "utf8")
) as Evaluation[];
const every = Math.max(1, Math.round(rows.length / 400));
process.stdout.write(
  JSON.stringify({
    rows: rows.filter((_, i) => i % every === 0).map(metricsRow),
    evaluations
  })
);
