/** What each family scored at the learning rates that were tried for the page /compare. */
import {readFileSync} from "node:fs";
import {triedRates} from "../lib/experiments/learningRates.js";
import {readSweepResult} from "../lib/experiments/record.js";

const file = "data/runs/families/rates.json";
const {records} = readSweepResult(readFileSync(file, "utf8"), file);
process.stdout.write(JSON.stringify(triedRates(records)));
