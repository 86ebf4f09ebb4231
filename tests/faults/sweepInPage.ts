/** A sweep in a page that shows nothing, and what tests ask of it. */
import {Engine} from "../../src/lib/engine/client.js";
import {SweepQueue, type SweepState} from "../../src/lib/engine/sweepQueue.js";
import {resultsCsv} from "../../src/lib/experiments/record.js";
import {openRoot} from "../../src/lib/store/files.js";

let queue: SweepQueue | null = null;

/** Where a sweep stands, as a test reads it. */
type Standing = Pick<SweepState, "phase" | "message" | "total"> & {done: number};

function standing(): Standing {
  const {phase, message, total, records} = queue!.state;
  return {phase, message, total, done: records.length};
}

/** Takes a sweep up, with what is kept of it. */
export async function open(sweep: unknown): Promise<Standing> {
  queue?.close();
  queue = new SweepQueue({
    makeEngine: () => new Engine({backend: "wasm"}),
    openStore: async () => (await openRoot("sweeps")).folder("records")
  });
  await queue.configure(sweep);
  return standing();
}

/** Does up to so many runs. */
export async function run(most: number): Promise<Standing> {
  await queue!.start(most);
  return standing();
}

/** The table of the runs that are done. */
export const table = (): string => resultsCsv(queue!.state.records);
