/** The recorded sweep over ways to share layers, for the page /sharing. */
import {readFileSync} from "node:fs";
import {sweepForPage} from "../lib/experiments/record.js";

const folder = "data/runs/sharing";
const read = (name: string) => readFileSync(`${folder}/${name}`, "utf8");
process.stdout.write(sweepForPage(read("results.json"), read("sweep.json"), folder));
