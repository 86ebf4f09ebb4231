import {describe, expect, test, vi} from "vitest";
import {isMadeAhead} from "../../../src/lib/engine/runAhead.js";
import {PretrainingRun} from "../../../src/lib/engine/run.js";
import {TrainingSession} from "../../../src/lib/engine/session.js";
import {parseRecipe} from "../../../src/lib/recipe/recipe.js";
import {collect, makeEngine, smallRecipe, smallSource} from "./hostPort.js";

const generated = (seed = 3) => smallRecipe({corpus: {generate: {documents: 20}}, seed});
const source = {kind: "recipe"} as const;

describe("a run that is made ahead", () => {
  test("is the run that is asked for, and trains as one that was not", async () => {
    const losses = [];
    for (const isAhead of [false, true]) {
      const engine = makeEngine();
      await engine.start();
      const prepare = vi.spyOn(PretrainingRun, "prepare");
      if (isAhead) await engine.call("prepareAhead", {recipe: generated()});
      const summary = await engine.call("prepare", {recipe: generated(), source});
      expect(prepare).toHaveBeenCalledTimes(1);
      prepare.mockRestore();
      const {all, onProgress} = collect<"train">();
      await engine.call("train", {until: 8}, {onProgress});
      const rows = all.flatMap((p) => (p.kind === "steps" ? p.rows : []));
      losses.push([summary.hash, rows.map(({loss}) => loss)]);
      await engine.call("reset", {});
    }
    expect(losses[1]).toEqual(losses[0]);
  });

  test("that is still being made is waited for, and tells how far it is", async () => {
    const engine = makeEngine();
    await engine.start();
    const ahead = engine.call("prepareAhead", {recipe: generated()});
    const {all, onProgress} = collect<"prepare">();
    const summary = await engine.call("prepare", {recipe: generated(), source}, {onProgress});
    await ahead;
    expect(summary.step).toBe(0);
    expect(all.length).toBeGreaterThan(0);
    await engine.call("reset", {});
  });

  test("is let go of where another one is asked for", async () => {
    const engine = makeEngine();
    await engine.start();
    await engine.call("prepareAhead", {recipe: generated(3)});
    const dispose = vi.spyOn(PretrainingRun.prototype, "dispose");
    const {seed} = (await engine.call("prepare", {recipe: generated(4), source})).recipe;
    expect(seed).toBe(4);
    await vi.waitFor(() => expect(dispose).toHaveBeenCalledTimes(1));
    await engine.call("prepare", {recipe: generated(3), source: smallSource()});
    await engine.call("prepareAhead", {recipe: generated(5)}); // there is a run
    await engine.call("reset", {});
    expect(dispose).toHaveBeenCalledTimes(3);
    dispose.mockRestore();
  });

  test("is small, of a generated text, and trains no teacher", () => {
    expect(isMadeAhead(parseRecipe({}))).toBe(true);
    expect(isMadeAhead(smallRecipe())).toBe(false);
    const huge = {hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 24};
    expect(isMadeAhead(parseRecipe({model: huge}))).toBe(false);
  });
});

test("a session is warmed up unseen, once, and trains with the same worker", async () => {
  let made = 0;
  const calls: string[] = [];
  const session = new TrainingSession(() => {
    made += 1;
    const engine = makeEngine();
    const call = (async (name: string, ...rest: never[]) => {
      calls.push(name);
      if (name === "prepareAhead") await engine.start();
      return (engine.call as (...all: unknown[]) => Promise<unknown>)(name, ...rest);
    }) as typeof engine.call;
    return {...engine, call, start: async () => ({...(await engine.start()), forced: null})};
  }, generated());
  const phases: string[] = [];
  session.subscribe(({phase}) => phases.push(phase));
  session.warmUp();
  session.warmUp();
  expect(phases).toEqual(["idle"]);
  await session.train();
  expect(session.state.phase).toBe("finished");
  session.warmUp();
  expect(made).toBe(1);
  expect(calls.filter((name) => name === "prepareAhead")).toHaveLength(1);
  session.close();
});
