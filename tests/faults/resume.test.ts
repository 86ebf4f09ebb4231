/** R1: a run that was killed anywhere ends as one that was never stopped, to the last bit. */
import {execFileSync, spawn} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {Random} from "../../src/lib/random.js";
import {memoryRoot, type StoreRoot} from "../../src/lib/store/files.js";
import {checkpointFile, listRuns} from "../../src/lib/store/runs.js";
import {
  makeEngine,
  prepareSmall,
  smallRecipe,
  smallSource,
  smallText
} from "../lib/engine/hostPort.js";
import {Tally} from "./tally.js";

const killPoints = 20;
const recipeOf = (steps: number) =>
  smallRecipe({steps, capture: {checkpoint_every: 4, evaluate_every: 3}});

/** A root that stops answering at a write, as a killed process does: the file stays as it was. */
function mortal(root: StoreRoot, life: {writes: number}): StoreRoot {
  const alive = () => {
    if (life.writes <= 0) throw new Error("killed");
  };
  return {
    ...root,
    folder(name) {
      const store = root.folder(name);
      return {
        ...store,
        async write(file, bytes) {
          alive();
          life.writes -= 1;
          alive();
          await store.write(file, bytes);
        },
        async remove(file) {
          alive();
          await store.remove(file);
        }
      };
    }
  };
}

/** Bytes of the last checkpoint: weights, moments, step, recipe, versions. */
async function lastCheckpoint(store: StoreRoot, steps: number): Promise<Uint8Array> {
  const {runs} = await listRuns(store);
  expect(runs.map((run) => run.step)).toContain(steps);
  return (await store
    .folder(runs.find((run) => run.step === steps)!.id)
    .read(checkpointFile(steps)))!;
}

describe.each([
  ["wasm", 24],
  ["cpu", 10]
] as const)("a run on %s", (backend, steps) => {
  const recipe = recipeOf(steps);
  // two writes begin a run, and each of its saves needs four
  const writes = 2 + 4 * Math.floor(steps / 4);
  test(`is killed at ${killPoints} random points and ends the same`, async () => {
    const whole = memoryRoot();
    const engine = makeEngine({backend, store: whole});
    await prepareSmall(engine, recipe);
    await engine.call("train", {until: steps});
    const expected = await lastCheckpoint(whole, steps);
    const random = new Random(17, "splits");
    const tally = new Tally("R1", `killed on ${backend}, at a step or inside a save`);
    let mostLost = 0;
    for (let k = 0; k < killPoints; ++k) {
      // by turns: in the middle of some write of some save, or between two steps
      const life = {writes: k % 2 ? 1 + random.int(writes) : Infinity};
      const at = k % 2 ? Infinity : 1 + random.int(steps - 1);
      await tally.attempt(`kill ${k} (step ${at}, ${life.writes} writes left)`, async () => {
        const store = memoryRoot();
        const doomed = makeEngine({backend, store: mortal(store, life)});
        await prepareSmall(doomed, recipe);
        let reached = 0;
        const killed = new Promise<void>((resolve) => {
          const onProgress = (value: {kind: string; rows?: {step: number}[]}) => {
            if (value.kind === "steps") reached = value.rows!.at(-1)!.step;
            if (reached >= at || life.writes <= 0) resolve();
          };
          doomed.call("train", {until: steps}, {onProgress}).then(() => resolve(), resolve);
        });
        await killed;
        life.writes = 0;
        doomed.terminate();
        await doomed.host.reset();
        const next = makeEngine({backend, store});
        await next.start();
        const kept = await next.call("restore", {id: null, access: "write"});
        if (!kept) await next.call("prepare", {recipe, source: smallSource()});
        mostLost = Math.max(mostLost, reached - (kept?.summary.step ?? 0));
        await next.call("train", {until: steps});
        expect(await lastCheckpoint(store, steps)).toEqual(expected);
        await next.host.reset();
      });
    }
    tally.finish(`nothing; at most ${mostLost} steps done again`);
  });
});

describe("the terminal", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "albert-killed-"));
    writeFileSync(join(folder, "text.txt"), smallText);
    const {capture} = smallRecipe({capture: {checkpoint_every: 50, evaluate_every: 0}});
    const long = {...recipeOf(4000), capture};
    writeFileSync(join(folder, "recipe.json"), JSON.stringify(long));
  });
  afterAll(() => rmSync(folder, {recursive: true}));

  const argv = (output: string, ...more: string[]) => [
    ...["--import", "tsx", "bin/albert.ts", "train", join(folder, "recipe.json")],
    ...["--output", join(folder, output), ...more]
  ];
  const weights = (output: string) => readFileSync(join(folder, output, "model/model.safetensors"));

  test("is killed by the system again and again, resumes, and writes the same model", async () => {
    execFileSync(process.execPath, argv("whole"), {stdio: "ignore"});
    const tally = new Tally("R1", "SIGKILL of `albert train`, then --resume");
    const random = new Random(23, "splits");
    for (let k = 0; k < 5; ++k)
      await tally.attempt(`kill ${k}`, async () => {
        const child = spawn(process.execPath, argv("killed", ...(k ? ["--resume"] : [])), {
          stdio: ["ignore", "pipe", "inherit"]
        });
        const ended = new Promise<string | null>((resolve) =>
          child.once("exit", (_, signal) => resolve(signal))
        );
        await new Promise((begun) => child.stdout.once("data", begun));
        await new Promise((later) => setTimeout(later, random.int(200)));
        child.kill("SIGKILL");
        expect(await ended, "it ended before it was killed").toBe("SIGKILL");
      });
    execFileSync(process.execPath, argv("killed", "--resume"), {stdio: "ignore"});
    expect(weights("killed").equals(weights("whole"))).toBe(true);
    tally.finish("nothing");
  });
});
