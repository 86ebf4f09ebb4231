import {beforeAll, describe, expect, test} from "vitest";
import {EngineLostError, type EngineHandle} from "../../../src/lib/engine/calls.js";
import type {BackendName} from "../../../src/lib/engine/deviceCalls.js";
import {readCorpus} from "../../../src/lib/engine/corpusSource.js";
import {SweepQueue} from "../../../src/lib/engine/sweepQueue.js";
import {SweepRunner} from "../../../src/lib/engine/sweepRunner.js";
import {yieldToMessages} from "../../../src/lib/engine/yield.js";
import type {EngineCalls} from "../../../src/lib/engine/protocol.js";
import {resultsCsv} from "../../../src/lib/experiments/record.js";
import {parseSweep} from "../../../src/lib/experiments/parseSweep.js";
import {resized} from "../../../src/lib/experiments/resizeSweep.js";
import {runsOf} from "../../../src/lib/experiments/sweep.js";
import {memoryRoot, memoryStore, type FileStore} from "../../../src/lib/store/files.js";
import {sweep as tinySweep} from "../../bin/sweepFolder.js";
import {useBackend} from "../albert/backends.js";
import {failing} from "./hostPort.js";
import {until} from "./until.js";

const sweep = {
  name: "tiny",
  base: {...tinySweep.base, steps: 20},
  grid: {"model.sharing": ["none", "all"]},
  seeds: 2
};

beforeAll(() => useBackend("wasm"));

/** An engine in this process: the same runner without a worker in between. */
function engine(fail?: (step: number) => boolean | Error): EngineHandle {
  const runner = new SweepRunner({
    corpus: (recipe) => readCorpus(recipe, {kind: "recipe"}, () => {}),
    tokenizer: async () => undefined
  });
  return {
    start: async () => ({backend: "wasm", forced: null, trials: [], adapter: null}),
    terminate: () => undefined,
    call: async (
      _: string,
      {sweep: of, run}: EngineCalls["sweepRun"]["input"],
      {signal, onProgress}: {signal: AbortSignal; onProgress: (p: {step: number}) => void}
    ) => {
      const check = (step: number) => {
        const fault = fail?.(step);
        if (fault) throw fault === true ? new Error("the worker stopped: out of memory") : fault;
      };
      check(0);
      return runner.run(of, run, {
        signal,
        breathe: yieldToMessages,
        onStep(step) {
          onProgress({step});
          check(step);
        }
      });
    }
  } as unknown as EngineHandle;
}

const queueOn = (store: FileStore, fail?: Parameters<typeof engine>[0]) =>
  new SweepQueue({makeEngine: () => engine(fail), openStore: async () => store});

describe("SweepQueue", () => {
  test("paused in the middle and taken up by another page, it gives the table of one go", async () => {
    const whole = queueOn(memoryStore());
    await whole.configure(sweep);
    expect(whole.state).toMatchObject({phase: "idle", total: 4});
    await whole.start();
    expect(whole.state.phase).toBe("done");
    expect(whole.state.current).toBeNull();

    const store = memoryStore();
    const first = queueOn(store);
    await first.configure(sweep);
    void first.start();
    await until(first, ({records, current}) => records.length === 1 && (current?.step ?? 0) > 5);
    first.pause();
    expect(first.state.phase).toBe("pausing");
    await until(first, ({phase}) => phase === "paused");
    expect(first.state.records).toHaveLength(1);
    first.close();

    const second = queueOn(store);
    await second.configure(sweep);
    expect(second.state).toMatchObject({phase: "paused"});
    expect(second.state.records).toHaveLength(1);
    await second.start(1);
    expect(second.state.records).toHaveLength(2);
    await second.start();
    expect(resultsCsv(second.state.records)).toBe(resultsCsv(whole.state.records));
  });

  test("says what went wrong, keeps what is done, and goes on with a new worker", async () => {
    let broken = true;
    const queue = queueOn(memoryStore(), () => broken);
    await queue.configure(sweep);
    await queue.start();
    expect(queue.state).toMatchObject({
      phase: "failed",
      message: "the worker stopped: out of memory"
    });
    broken = false;
    await queue.start();
    expect(queue.state).toMatchObject({phase: "done", message: null});
    await queue.clear();
    expect(queue.state).toMatchObject({phase: "idle", records: []});
  });

  test("a run whose worker is lost is begun again with a new one, and the table is that of one go", async () => {
    const whole = queueOn(memoryStore());
    await whole.configure(sweep);
    await whole.start();

    const lost = new EngineLostError("the device was lost");
    const ends: string[] = [];
    let made = 0;
    // steps at which a try of each run ends
    const losses = [[7, 0, 19], [1, 1], [], [12]];
    const queue: SweepQueue = new SweepQueue({
      makeEngine() {
        ++made;
        return engine((step) => {
          const next = losses[queue.state.records.length]!;
          return step === next[0] && (next.shift(), lost);
        });
      },
      openStore: async () => memoryStore()
    });
    await queue.configure(sweep);
    queue.subscribe(({message, phase}) => phase === "preparing" && message && ends.push(message));
    await queue.start();
    expect(queue.state.phase).toBe("done");
    expect(losses.flat()).toEqual([]);
    expect(made).toBe(7);
    expect(new Set(ends)).toEqual(
      new Set(["the device was lost; the run under way is begun again"])
    );
    expect(resultsCsv(queue.state.records)).toBe(resultsCsv(whole.state.records));
  });

  test("lost again and again, a backend is left out, and the last one said; Run all tries anew", async () => {
    const tried: (readonly BackendName[])[] = [];
    let isBad = true;
    const queue = new SweepQueue({
      makeEngine(without) {
        tried.push(without);
        const one = engine(() => isBad && new EngineLostError("gone"));
        const backend = without.length > 0 ? "cpu" : "wasm";
        return {...one, start: async () => ({backend, forced: null, trials: [], adapter: null})};
      },
      openStore: async () => memoryStore()
    } as ConstructorParameters<typeof SweepQueue>[0]);
    await queue.configure(sweep);
    await queue.start();
    expect(tried.map((without) => without.length)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect(queue.state).toMatchObject({phase: "failed", message: "gone, 4 times in a row"});
    isBad = false;
    await queue.start();
    expect(queue.state).toMatchObject({phase: "done", message: null});
  });

  test("one that is lost while it is paused stays paused", async () => {
    let isLost = false;
    const queue = queueOn(memoryStore(), () => isLost && new EngineLostError("gone"));
    await queue.configure(sweep);
    const going = queue.start();
    await until(queue, ({current}) => (current?.step ?? 0) > 3);
    isLost = true;
    queue.pause();
    await going;
    expect(queue.state).toMatchObject({phase: "paused", message: null});
    isLost = false;
    await queue.start();
    expect(queue.state.phase).toBe("done");
  });

  test("pause and clear also drop what was asked for beside the run under way: a second start", async () => {
    const queue = queueOn(memoryStore());
    await queue.configure(sweep);
    const paused = [queue.start(), queue.start(), queue.start(1)];
    await until(queue, ({current}) => (current?.step ?? 0) > 3);
    queue.pause();
    await Promise.all(paused);
    expect(queue.state).toMatchObject({phase: "paused", records: []});
    const cleared = [queue.start(), queue.start(1)];
    await until(queue, ({current}) => (current?.step ?? 0) > 3);
    await Promise.all([queue.clear(), ...cleared]);
    expect(queue.state).toMatchObject({phase: "idle", records: []});
    await queue.start(1);
    expect(queue.state.records).toHaveLength(1);
  });

  test("a full disk at any record keeps those before; with room it goes on and does nothing twice", async () => {
    const whole = queueOn(memoryStore());
    await whole.configure(sweep);
    await whole.start();
    for (let k = 0; k < 4; ++k) {
      const root = memoryRoot();
      const at = {left: k};
      let calls = 0;
      const queue = queueOn(failing(root, at).folder("sweep"), (step) => {
        if (step === 0) ++calls;
        return false;
      });
      await queue.configure(sweep);
      await queue.start();
      expect(queue.state.phase).toBe("failed");
      expect(queue.state.message).toMatch(/^the browser has no room for .* Delete runs/);
      expect(await root.folder("sweep").list()).toHaveLength(k);
      expect(calls).toBe(k + 1);
      at.left = Infinity;
      await queue.start();
      expect(queue.state).toMatchObject({phase: "done", message: null});
      expect(calls).toBe(4);
      // what another page finds
      const other = queueOn(root.folder("sweep"));
      await other.configure(sweep);
      expect(resultsCsv(other.state.records)).toBe(resultsCsv(whole.state.records));
    }
  });

  test("a run counts as done only once its record is written", async () => {
    const store = memoryStore();
    let written = 0;
    const slow: FileStore = {
      ...store,
      read: (name) => store.read(name),
      write: async (name, bytes) => {
        await new Promise((done) => setTimeout(done, 20));
        await store.write(name, bytes);
        ++written;
      }
    };
    const queue = queueOn(slow);
    await queue.configure(sweep);
    const seen: {records: number; written: number; step: number | undefined}[] = [];
    queue.subscribe(({records, current}) =>
      seen.push({records: records.length, written, step: current?.step})
    );
    await queue.start();
    expect(written).toBe(4);
    expect(seen.filter(({records, written}) => records > written)).toEqual([]);
    // the next run's line never carries the step the last one ended at
    const next = seen.findIndex(({records}) => records === 1);
    expect(seen[next]!.step).toBeUndefined();
    expect(seen[next + 1]!.step).toBe(0);
  });

  test("a refused sweep is a sentence", async () => {
    const queue = queueOn(memoryStore());
    await queue.configure({...sweep, seeds: 0});
    expect(queue.state.phase).toBe("failed");
    expect(queue.state.message).toContain("invalid seeds: 0");
  });
});

describe("resized(sweep, size)", () => {
  test("keeps cases and teachers in proportion, and leaves out what trains on", async () => {
    const json = {
      base: {steps: 400, schedule: {warmup_steps: 40}, objective: {sentence: "none"}},
      cases: {
        plain: {},
        short: {steps: 92},
        taught: {distillation: {teacher: {num_hidden_layers: 4, steps: 400}}}
      },
      measures: ["tasks", "downstream"],
      downstream: {task: "sst2", rows: 20, dev: 20}
    };
    const small = parseSweep(resized(json, {seeds: 1, steps: 100}));
    expect(small.measures).toEqual(["tasks"]);
    expect(small.downstream).toBeUndefined();
    const recipes = (await runsOf(small)).map(({recipe}) => recipe);
    expect(recipes.map(({steps}) => steps)).toEqual([100, 23, 100]);
    expect(recipes[2]!.distillation!.teacher.steps).toBe(100);
    expect(recipes.map(({schedule}) => schedule.warmup_steps)).toEqual([11, 11, 11]);
    const same = await runsOf(parseSweep(resized(json, {seeds: 1, steps: 400})));
    const original = await runsOf(parseSweep(json));
    expect(same.map(({hash}) => hash)).toEqual(original.map(({hash}) => hash));
  });

  test("with the steps unchanged its runs are those of the original", async () => {
    const original = await runsOf(parseSweep({...sweep, seeds: 5}));
    const smaller = await runsOf(parseSweep(resized({...sweep, seeds: 5}, {seeds: 2, steps: 20})));
    const hashes = new Set(original.map(({hash}) => hash));
    expect(smaller).toHaveLength(4);
    for (const {hash} of smaller) expect(hashes.has(hash)).toBe(true);
    const shorter = parseSweep(resized(sweep, {seeds: 1, steps: 3}));
    expect((await runsOf(shorter))[0]!.recipe.schedule.warmup_steps).toBe(1);
  });
});
