/** The sweep over model families that the page /compare trains. */
import {readFileSync} from "node:fs";
import {parseSweepText} from "../lib/experiments/sweep.js";

const file = "data/sweeps/families.json";
const text = readFileSync(file, "utf8");
parseSweepText(text, file);
process.stdout.write(JSON.stringify(JSON.parse(text)));
