/** The recorded sweep over the width of the embedding, for the page /embedding. */
import {readFileSync} from "node:fs";
import {sweepForPage} from "../lib/experiments/record.js";

const folder = "data/runs/embedding";
const read = (name: string) => readFileSync(`${folder}/${name}`, "utf8");
process.stdout.write(sweepForPage(read("results.json"), read("sweep.json"), folder));
