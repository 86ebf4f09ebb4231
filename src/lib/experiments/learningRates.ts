/** Learning rates of fine-tuning that a sweep tried, and which of them is chosen. */
import type {RunRecord} from "./record.js";
import {mean} from "./statistics.js";

/** One case of a sweep at the learning rates that it was fine-tuned with. */
export interface TriedRates {
  name: string;
  seeds: number[];
  /** Means over the seeds: dev loss and score; and how many seeds scored 0. */
  rates: {learning_rate: number; loss: number; score: number; zero: number}[];
  /** The rate of the lowest mean dev loss. */
  chosen: number;
  /** Seeds that scored 0 at every rate. */
  neverStarted: number[];
}

/** What was tried for each case, in the order of the records. */
export function triedRates(records: readonly RunRecord[]): TriedRates[] {
  const names = [...new Set(records.map(({cell}) => String(cell.case)))];
  return names.map((name) => {
    const own = records.filter(({cell}) => String(cell.case) === name);
    const tried = own.map(({measures}) => measures.downstream!.tried!);
    const rates = tried[0]!.map(({learning_rate}, i) => ({
      learning_rate,
      loss: mean(tried.map((run) => run[i]!.loss)),
      score: mean(tried.map((run) => run[i]!.score)),
      zero: tried.filter((run) => run[i]!.score === 0).length
    }));
    return {
      name,
      seeds: own.map(({seed}) => seed),
      rates,
      chosen: rates.reduce((a, b) => (b.loss < a.loss ? b : a)).learning_rate,
      neverStarted: own.flatMap(({seed}, i) =>
        tried[i]!.every(({score}) => score === 0) ? [seed] : []
      )
    };
  });
}
