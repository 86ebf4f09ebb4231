/** Training steps of two recorded sweeps, timed by turns, for the pages /embedding and /sharing. */
import {readFileSync} from "node:fs";
import {readStepTimes} from "../lib/experiments/stepTimes.js";

const of = (name: string) => {
  const file = `data/runs/${name}/steps.json`;
  return readStepTimes(readFileSync(file, "utf8"), file);
};
process.stdout.write(JSON.stringify({embedding: of("embedding"), sharing: of("sharing")}));
