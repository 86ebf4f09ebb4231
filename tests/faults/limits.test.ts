/** R5, R7, R9, R15: numbers that are none, memory that is not there, a stop, and other versions. */
import {expect, test} from "vitest";
import type {Batch} from "../../src/lib/albert/objectives/batch.js";
import {Arena} from "../../src/lib/albert/plan/webgpu/arena.js";
import {readText} from "../../src/lib/corpus/readText.js";
import {PretrainingRun} from "../../src/lib/engine/run.js";
import {trainLoop} from "../../src/lib/engine/trainLoop.js";
import {parseRecipe, type RecipeInput} from "../../src/lib/recipe/recipe.js";
import {memoryRoot} from "../../src/lib/store/files.js";
import {checkpointFile, listRuns} from "../../src/lib/store/runs.js";
import {runFiles} from "../../src/lib/store/runNames.js";
import {readState} from "../../src/lib/albert/checkpoint/state.js";
import {useBackend} from "../lib/albert/backends.js";
import {
  makeEngine,
  prepareSmall,
  smallRecipe,
  smallSource,
  smallText
} from "../lib/engine/hostPort.js";
import {Tally} from "./tally.js";

/** A run of forty steps without scores on the way, on the backend. */
async function bareRun(backend: "wasm" | "cpu"): Promise<PretrainingRun> {
  await useBackend(backend);
  const recipe = smallRecipe({steps: 40, capture: {checkpoint_every: 1, evaluate_every: 0}});
  return PretrainingRun.prepare(recipe, readText(new TextEncoder().encode(smallText), "text.txt"));
}

/** Gives other batches from a step on. */
function spoil(run: PretrainingRun, from: number, change: (batch: Batch) => Batch): void {
  const {batches} = run;
  const at = batches.at.bind(batches);
  Object.defineProperty(batches, "at", {
    value: (step: number) => (step < from ? at(step) : change(at(step)))
  });
}

/** Trains to a step; gives how it ended and the steps at which it was kept. */
async function loop(run: PretrainingRun, until: number, signal = new AbortController().signal) {
  const saved: number[] = [];
  const outcome = await trainLoop(run, {
    until,
    signal,
    report: () => undefined,
    save: async ({step}) => void saved.push(step),
    isMine: () => true,
    isDeviceLost: () => false
  });
  return {outcome, saved};
}

const isFinite = async (run: PretrainingRun) =>
  [...(await run.parameters()).values()].every(({data}) => data.every(Number.isFinite));

test("a run that diverges stops with the weights of the step before", async () => {
  const tally = new Tally(
    "R5",
    "learning rates of 1e25 to 1e38, on wasm and cpu, until a number is none"
  );
  for (const backend of ["wasm", "cpu"] as const)
    for (const learning_rate of [1e25, 1e32, 1e38])
      await tally.attempt(`${learning_rate} on ${backend}`, async () => {
        // rates that no recipe allows: an update soon sends weights out of range
        const limited = smallRecipe({
          ...{schedule: {warmup_steps: 2, decay: "constant"}, steps: 40},
          capture: {checkpoint_every: 1, evaluate_every: 0}
        });
        Object.assign(limited.optimizer, {learning_rate, weight_decay: 0});
        const store = memoryRoot();
        const engine = makeEngine({backend, store});
        await prepareSmall(engine, limited);
        const outcome = await engine.call("train", {until: 40});
        expect(outcome.reason).toBe("diverged");
        expect(outcome.message).toContain(`step ${outcome.step + 1}: the `);
        expect(outcome.message).toMatch(
          /the weights before it are kept \(try a lower learning rate\)$/
        );
        for (const run of (await listRuns(store)).runs)
          for (const {step} of run.checkpoints) {
            const bytes = (await store.folder(run.id).read(checkpointFile(step)))!;
            const {parameters} = await readState(bytes, "kept");
            for (const [name, {data}] of parameters)
              expect(data.every(Number.isFinite), `${name} at step ${step}`).toBe(true);
          }
        await engine.host.reset();
      });
  tally.finish("nothing: every kept weight is finite");
});

test("a poisoned batch stops a run before it spoils a weight; one without a label does not", async () => {
  const tally = new Tally("R5", "batch of weights that are no numbers, and batch without a label");
  for (const backend of ["wasm", "cpu"] as const) {
    for (const poison of [NaN, Infinity])
      await tally.attempt(`${poison} on ${backend}`, async () => {
        const run = await bareRun(backend);
        spoil(run, 5, (batch) => ({
          ...batch,
          maskedWeights: batch.maskedWeights.map((weight) => (weight === 0 ? 0 : poison))
        }));
        const {outcome, saved} = await loop(run, 40);
        expect(outcome).toMatchObject({step: 5, reason: "diverged"});
        expect(outcome.message).toMatch(/^step 6: the loss is (NaN|Infinity)/);
        expect(saved).toEqual([1, 2, 3, 4, 5]);
        expect(await isFinite(run)).toBe(true);
        await run.dispose();
      });
    await tally.attempt(`no label (0/0) on ${backend}`, async () => {
      const run = await bareRun(backend);
      spoil(run, 5, (batch) => ({...batch, maskedWeights: batch.maskedWeights.map(() => 0)}));
      const {outcome} = await loop(run, 8);
      expect(outcome).toMatchObject({step: 8, reason: "finished"});
      expect(run.metrics.slice(5).map(({mlmLoss}) => mlmLoss)).toEqual([0, 0, 0]);
      expect(run.metrics.every(({loss}) => Number.isFinite(loss))).toBe(true);
      expect(await isFinite(run)).toBe(true);
      await run.dispose();
    });
  }
  tally.finish("nothing: every kept weight is finite");
});

test("Stop halts after the step under way, and that step is kept", async () => {
  const tally = new Tally("R9", "stopped inside a step");
  for (const backend of ["wasm", "cpu"] as const)
    for (const at of [1, 2, 7, 20])
      await tally.attempt(`in step ${at} on ${backend}`, async () => {
        const run = await bareRun(backend);
        const stop = new AbortController();
        spoil(run, at - 1, (batch) => (stop.abort(), batch));
        const {outcome, saved} = await loop(run, 40, stop.signal);
        expect(outcome).toMatchObject({step: at, reason: "paused"});
        expect(saved.at(-1)).toBe(at);
        await run.dispose();
      });
  tally.finish("nothing");
});

test("a graphics device without room says so, and how much was needed", async () => {
  const tally = new Tally("R7", "graphics device that reports that it is out of memory");
  const made: {size: number; destroyed: boolean}[] = [];
  const scopes: string[] = [];
  let isFull = false;
  const device = {
    limits: {maxStorageBufferBindingSize: 2 ** 31, maxBufferSize: 2 ** 31},
    pushErrorScope: (filter: string) => void scopes.push(filter),
    popErrorScope: async () => (scopes.pop() && isFull ? {message: "out of memory"} : null),
    createBuffer: ({size}: {size: number}) => {
      const buffer = {size, destroyed: false, destroy: () => void (buffer.destroyed = true)};
      made.push(buffer);
      return buffer;
    }
  };
  await tally.attempt("2 GiB", async () => {
    const arena = new Arena(device as unknown as GPUDevice);
    await arena.ensure(2 ** 10, 0);
    const {buffer} = arena;
    isFull = true;
    await expect(arena.ensure(2 ** 31, 0)).rejects.toThrow(
      /^this graphics device has no room for 2\.00 GiB: make the batch, the sequence or the model smaller$/
    );
    expect(scopes).toEqual([]);
    expect(arena.buffer, "what was there is there").toBe(buffer);
    expect(made[0]).toMatchObject({destroyed: false});
  });
  tally.finish("nothing");
});

test("a model that would not fit is refused before anything is allocated", async () => {
  const tally = new Tally("R7", "models of 4 GiB and more");
  const sizes: RecipeInput["model"][] = [
    {hidden_size: 4096, intermediate_size: 16384, num_hidden_layers: 24, sharing: "none"},
    {hidden_size: 2048, intermediate_size: 8192, num_hidden_layers: 48, sharing: "none"},
    {
      embedding_size: 4096,
      hidden_size: 4096,
      intermediate_size: 16384,
      num_hidden_layers: 12,
      sharing: "none"
    }
  ];
  for (const model of sizes)
    await tally.attempt(JSON.stringify(model), async () => {
      const engine = makeEngine();
      await engine.start();
      const before = engine.host.memoryBytes;
      const recipe = parseRecipe({
        model,
        corpus: {path: "text.txt"},
        tokenizer: {vocab_size: 60},
        steps: 2,
        schedule: {warmup_steps: 1}
      });
      await expect(engine.call("prepare", {recipe, source: smallSource()})).rejects.toThrow(
        /^this run would need [\d.]+ GiB, over the 3 GiB a page may use/
      );
      expect(engine.host.memoryBytes).toBe(before);
    });
  tally.finish("nothing");
});

test("runs of other versions are named, and stay as they are", async () => {
  const tally = new Tally("R15", "records of versions 0, 1, 3 and 99, and of none");
  for (const version of [0, 1, 3, 99, undefined])
    await tally.attempt(`version ${version}`, async () => {
      const store = memoryRoot();
      const bytes = new TextEncoder().encode(JSON.stringify({version, id: "x", anything: [1]}));
      await store.folder("other").write(runFiles.record, bytes);
      const {runs, problems} = await listRuns(store);
      expect(runs).toEqual([]);
      expect(problems).toEqual([
        {id: "other", message: `version ${String(version)} of a run (expected 2)`}
      ]);
      const engine = makeEngine({store});
      await engine.start();
      await expect(engine.call("restore", {id: "other", access: "write"})).rejects.toThrow();
      expect(await store.folder("other").read(runFiles.record)).toEqual(bytes);
    });
  tally.finish("nothing: not read and not touched");
});

test("a run that was kept in the first shape of its version opens, and goes on", async () => {
  const tally = new Tally("R15", "record without a colour and without hashes of its checkpoints");
  await tally.attempt("the first shape of version 2", async () => {
    const store = memoryRoot();
    const engine = makeEngine({store});
    const {id} = await prepareSmall(engine);
    await engine.call("train", {until: 3});
    const folder = store.folder(id);
    const text = new TextDecoder().decode((await folder.read(runFiles.record))!);
    const {color, checkpoints, ...rest} = JSON.parse(text) as {
      color: number;
      checkpoints: {step: number; bytes: number}[];
    };
    expect(color).toBe(0);
    const first = {...rest, checkpoints: checkpoints.map(({step, bytes}) => ({step, bytes}))};
    await folder.write(runFiles.record, new TextEncoder().encode(JSON.stringify(first)));
    const {runs, problems} = await listRuns(store);
    expect(problems).toEqual([]);
    expect(runs).toMatchObject([{id, step: 3, color: 0}]);
    const other = makeEngine({store});
    await other.start();
    await other.call("restore", {id, access: "takeOver"});
    expect(await other.call("train", {until: 8})).toMatchObject({step: 8, reason: "finished"});
    for (const each of [engine, other]) await each.host.reset();
  });
  tally.finish("nothing");
});
