/** A fine-tuning run in a page that shows nothing, and what tests ask of it. */
import {Engine} from "../../src/lib/engine/client.js";
import type {BackendName} from "../../src/lib/engine/deviceCalls.js";
import {FineTuneSession} from "../../src/lib/engine/fineTuning/session.js";
import {ModelDesk} from "../../src/lib/engine/modelDesk.js";
import {parseFineTuneRecipe} from "../../src/lib/finetune/recipe.js";
import {fineTuneRunsFolder, listFineTuneRuns} from "../../src/lib/store/fineTuneRuns.js";
import {checkpointFile} from "../../src/lib/store/runs.js";
import {opfsRoot} from "../../src/lib/store/files.js";
import type {Standing} from "./engineInPage.js";

let held: {session: FineTuneSession; desk: ModelDesk} | null = null;
/** What the session said since it was last asked to be watched: milliseconds since the epoch. */
let said: {at: number; phase: string; step: number}[] = [];

/** Begins a run from the model in `files`; does not wait for its end. */
export function begin(backend: BackendName, files: [string, number[]][], recipe: unknown): void {
  held?.desk.close();
  const desk = new ModelDesk({
    makeEngine: (without, passed) => new Engine({backend, without, passed}),
    stored: async () => ({
      name: "tiny",
      files: new Map(files.map(([name, bytes]) => [name, Uint8Array.from(bytes)]))
    })
  });
  const session = new FineTuneSession(desk, {
    task: "sst2",
    recipe: parseFineTuneRecipe(recipe).recipe,
    start: "pretrained",
    source: {kind: "generated", seed: 3, train: 24, dev: 7}
  });
  session.subscribe(({phase, rows}) => {
    const step = rows.at(-1)?.step ?? 0;
    said.push({at: Date.now(), phase, step});
  });
  held = {session, desk};
  void session.train();
}

/** Waits until the run stands at a step or has stopped; without a step, until it has stopped. */
export function reach(step = Infinity): Promise<Standing> {
  return new Promise((resolve) => {
    const stop = held!.session.subscribe(({phase, rows, message}) => {
      const at = rows.at(-1)?.step ?? 0;
      const isOver = phase === "finished" || phase === "failed" || phase === "diverged";
      if (at < step && !isOver) return;
      setTimeout(() => stop());
      resolve({phase, step: at, message});
    });
  });
}

/** Forgets what was said so far. */
export function watch(): void {
  said = [];
}

/** When the loss was said, when the run trained again, and when its next step was done; null until then. */
export function recovery(): [said: number, again: number, next: number] | null {
  const lost = said.findIndex(({phase}) => phase === "recovering");
  if (lost < 0) return null;
  const after = said.slice(lost).filter(({phase}) => phase === "training");
  const next = after.find(({step}) => step > after[0]!.step);
  return next ? [said[lost]!.at, after[0]!.at, next.at] : null;
}

/** SHA-256 of the model as it is saved, and of its losses. */
export async function digest(): Promise<string> {
  const {session} = held!;
  const model = (await session.exportFolder()).get("model.safetensors")!;
  const losses = session.state.rows.map(({step, loss}) => [step, loss]);
  const bytes = new TextEncoder().encode(JSON.stringify([[...model], losses]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Ends the engine and forgets every run. */
export async function clear(): Promise<void> {
  held?.desk.close();
  const root = (await opfsRoot(fineTuneRunsFolder))!;
  for (const id of await root.folders()) await root.removeFolder(id);
}

/** Stops after the step under way. */
export async function stand(): Promise<Standing> {
  const {session} = held!;
  const stopped = new Promise<Standing>((resolve) => {
    const stop = session.subscribe(({phase, rows, message}) => {
      if (phase !== "paused") return;
      setTimeout(() => stop());
      resolve({phase, step: rows.at(-1)?.step ?? 0, message});
    });
  });
  session.pause();
  return stopped;
}

/** Goes on; does not wait for the end. */
export function goOn(): void {
  void held!.session.train();
}

/** Step of the newest run that is kept, and whether its checkpoints are whole. */
export async function kept(): Promise<{step: number; bytes: number; whole: boolean}> {
  const root = (await opfsRoot(fineTuneRunsFolder))!;
  const [run] = await listFineTuneRuns(root);
  const sizes = await Promise.all(
    run!.checkpoints.map(async ({step, bytes}) => {
      const file = await root.folder(run!.id).read(checkpointFile(step));
      return file?.length === bytes;
    })
  );
  return {
    step: run!.step,
    bytes: run!.checkpoints.at(-1)!.bytes,
    whole: sizes.every((isWhole) => isWhole)
  };
}
