/** The recorded fine-tuning run that the page /finetune shows before anyone presses Train. */
import {readFileSync} from "node:fs";
import {loadModelFiles, summarizeModel} from "../lib/engine/loadedModel.js";
import type {
  FineTuneEvaluation,
  FineTuneReport,
  FineTuneSummary
} from "../lib/engine/fineTuning/protocol.js";

interface Recorded {
  summary: FineTuneSummary;
  best: FineTuneEvaluation;
  evaluations: FineTuneEvaluation[];
  report: FineTuneReport;
}

const folder = "data/runs/finetune";
const model = "src/data/laptop";
const {summary, best, evaluations, report} = JSON.parse(
  readFileSync(`${folder}/report.json`, "utf8")
) as Recorded;
const [, ...lines] = readFileSync(`${folder}/metrics.csv`, "utf8").trim().split("\n");
const files = new Map(
  ["config.json", "model.safetensors", "spiece.model"].map((name) => [
    name,
    new Uint8Array(readFileSync(`${model}/${name}`))
  ])
);
process.stdout.write(
  JSON.stringify({
    summary: {...summary, model: "the stored model"},
    best,
    evaluations,
    report,
    rows: lines.map((line) => {
      const [step, loss] = line.split(",").map(Number);
      return {step, loss};
    }),
    model: summarizeModel(await loadModelFiles("stored model", files, () => {}))
  })
);
