/** What the loaders of recorded sweeps have in common. */
import {readFileSync} from "node:fs";
import {sweepForPage} from "../lib/experiments/record.js";

/** Prints the recorded sweep of a folder of data/runs as a page loads it. */
export function printSweep(name: string): void {
  const folder = `data/runs/${name}`;
  const read = (file: string) => readFileSync(`${folder}/${file}`, "utf8");
  process.stdout.write(sweepForPage(read("results.json"), read("sweep.json"), folder));
}
