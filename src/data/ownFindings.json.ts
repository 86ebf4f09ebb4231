/** What the recorded sweeps say of the claims, for the page /claims. */
import {readFileSync} from "node:fs";
import {ownFindings} from "../lib/claims/own.js";
import {readSweepResult} from "../lib/experiments/record.js";
import {readStepTimes} from "../lib/experiments/stepTimes.js";

const read = (file: string) => readFileSync(`data/runs/${file}`, "utf8");
const records = (name: string) =>
  readSweepResult(read(`${name}/results.json`), `data/runs/${name}`).records;

process.stdout.write(
  JSON.stringify(
    ownFindings({
      sharing: records("sharing"),
      embedding: records("embedding"),
      objectives: records("objectives"),
      families: records("families"),
      stepTimes: readStepTimes(read("sharing/steps.json"), "data/runs/sharing/steps.json")
    })
  )
);
