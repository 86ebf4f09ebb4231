/** The recorded sweep over the number of times a shared layer is applied, for the page /sharing. */
import {readFileSync} from "node:fs";
import {sweepForPage} from "../lib/experiments/record.js";

const folder = "data/runs/depth";
const read = (name: string) => readFileSync(`${folder}/${name}`, "utf8");
process.stdout.write(sweepForPage(read("results.json"), read("sweep.json"), folder));
