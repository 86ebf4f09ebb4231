/** The real client of the engine, bundled for a page that shows nothing, and what tests ask of it. */
import {Engine} from "../../src/lib/engine/client.js";
import type {BackendName} from "../../src/lib/engine/deviceCalls.js";
import {TrainingSession} from "../../src/lib/engine/session.js";
import {parseRecipe, type RecipeInput} from "../../src/lib/recipe/recipe.js";
import {opfsRoot} from "../../src/lib/store/files.js";
import {checkpointFile, listRuns} from "../../src/lib/store/runs.js";
import {runsFolder} from "../../src/lib/store/runNames.js";
import {readState} from "../../src/lib/albert/checkpoint/state.js";

export * as sweeping from "./sweepInPage.js";
export * as tuning from "./tuningInPage.js";

let session: TrainingSession | null = null;

/** Goes on with the kept run, or begins one; does not wait for its end. */
export async function begin(backend: BackendName, input: RecipeInput): Promise<void> {
  const recipe = parseRecipe(input);
  session = new TrainingSession(
    (without, passed) => new Engine({backend, without, passed}),
    recipe
  );
  await session.restore(null, "takeOver");
  void session.train();
}

export interface Standing {
  phase: string;
  step: number;
  message: string | null;
}

/** Waits until the run stands at a step or has stopped; without a step, until it has stopped. */
export function reach(step = Infinity): Promise<Standing> {
  return new Promise((resolve) => {
    const stop = session!.subscribe(({phase, rows, message}) => {
      const at = rows.at(-1)?.step ?? 0;
      const isOver = phase === "finished" || phase === "failed" || phase === "diverged";
      if (at < step && !isOver) return;
      setTimeout(() => stop());
      resolve({phase, step: at, message});
    });
  });
}

/** Stops training after the step under way. */
export async function stand(): Promise<void> {
  const training = new Promise<void>((resolve) => {
    const stop = session!.subscribe(({phase}) => {
      if (phase === "training" || phase === "pausing") return;
      setTimeout(() => stop());
      resolve();
    });
  });
  session!.pause();
  await training;
}

/** Brings the run back from its last checkpoint, in the worker that is there, and trains on. */
export async function goOn(): Promise<void> {
  await session!.restore(null, "takeOver");
  void session!.train();
}

/** After a divergence: goes on at half the learning rate; does not wait for the end. */
export function slowDown(): Promise<void> {
  void session!.slowDown();
  return new Promise((resolve) => {
    const stop = session!.subscribe(({phase}) => {
      if (phase === "diverged") return;
      setTimeout(() => stop());
      resolve();
    });
  });
}

/** Bytes that the run held after each step, and the learning rate of each. */
export const stepRows = (): {step: number; memoryBytes: number; learningRate: number}[] =>
  session!.state.rows.map(({step, memoryBytes, learningRate}) => ({
    step,
    memoryBytes,
    learningRate
  }));

/** SHA-256 of the last checkpoint of the one run that is kept; its other bytes where they differ. */
export async function lastCheckpoint(steps: number): Promise<string> {
  const root = (await opfsRoot(runsFolder))!;
  const {runs} = await listRuns(root);
  const run = runs.find(({step}) => step === steps);
  const bytes = run && (await root.folder(run.id).read(checkpointFile(steps)));
  if (!bytes) return `no checkpoint of step ${steps}`;
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Turns one bit of the newest checkpoint over, where an older one is kept too.
 *
 * @param bit counted from the file's beginning, again and again where there are fewer
 * @returns null where it did; otherwise what was kept
 */
export async function damage(bit: number): Promise<string | null> {
  const root = (await opfsRoot(runsFolder))!;
  const {runs, problems} = await listRuns(root);
  const [run] = runs;
  if (!run || run.checkpoints.length < 2)
    return JSON.stringify(run?.checkpoints.map(({step}) => step) ?? problems);
  const folder = root.folder(run.id);
  const file = checkpointFile(run.checkpoints.at(-1)!.step);
  const bytes = (await folder.read(file))!;
  bytes[(bit >> 3) % bytes.length]! ^= 1 << (bit & 7);
  await folder.write(file, bytes);
  return null;
}

/** Steps of the checkpoints that the record of the one run names and that are whole. */
export async function goodCheckpoints(): Promise<number[]> {
  const root = (await opfsRoot(runsFolder))!;
  const [run] = (await listRuns(root)).runs;
  const good: number[] = [];
  for (const {step} of run?.checkpoints ?? []) {
    const bytes = await root.folder(run!.id).read(checkpointFile(step));
    const state = bytes && (await readState(bytes, checkpointFile(step)).catch(() => null));
    if (state?.step === step) good.push(step);
  }
  return good;
}

/** Ends the engine and forgets every run. */
export async function clear(): Promise<void> {
  session?.close();
  const root = (await opfsRoot(runsFolder))!;
  for (const id of await root.folders()) await root.removeFolder(id);
}
