/** The sweep over sentence tasks and masks that the page /objectives trains. */
import {readFileSync} from "node:fs";
import {parseSweepText} from "../lib/experiments/sweep.js";

const file = "data/sweeps/objectives.json";
const text = readFileSync(file, "utf8");
parseSweepText(text, file);
process.stdout.write(JSON.stringify(JSON.parse(text)));
