import {describe, expect, test, vi} from "vitest";
import {InputError} from "../../../src/lib/errors.js";
import type {BackendName} from "../../../src/lib/engine/deviceCalls.js";
import type {Evaluation} from "../../../src/lib/engine/trainingCalls.js";
import {TrainingSession} from "../../../src/lib/engine/session.js";
import type {TrainingState} from "../../../src/lib/engine/sessionState.js";
import {guessesKept, patienceFor} from "../../../src/lib/engine/sessionState.js";
import {memoryRoot, type StoreRoot} from "../../../src/lib/store/files.js";
import {checkpointFile, listRuns} from "../../../src/lib/store/runs.js";
import {divergeOnce, makeEngine, smallRecipe, smallSource, type TestEngine} from "./hostPort.js";
import {until} from "./until.js";

/** A session over engines that share a store, each of which a test can break. */
function makeSession(recipe = smallRecipe(), store = memoryRoot()) {
  const engines: TestEngine[] = [];
  const without: (readonly BackendName[])[] = [];
  const passed: (BackendName | "untested" | null)[] = [];
  const session = new TrainingSession((avoided, before) => {
    without.push([...avoided]);
    passed.push(typeof before === "string" ? before : (before?.backend ?? null));
    const engine = makeEngine({store});
    // as if the ladder had chosen it
    const start = async () => ({...(await engine.start()), forced: null});
    engines.push({...engine, start});
    return engines.at(-1)!;
  }, recipe);
  session.configure(recipe, smallSource());
  const phases: string[] = [];
  session.subscribe(({phase}) => {
    if (phases.at(-1) !== phase) phases.push(phase);
  });
  return {session, engines, phases, store, without, passed};
}

const losses = ({rows}: TrainingState) => rows.map(({step, loss}) => [step, loss]);
const long = smallRecipe({steps: 150, capture: {evaluate_every: 0, checkpoint_every: 10}});

describe("TrainingSession", () => {
  test("trains to the end through every phase, and tells what it measured", async () => {
    const {session, phases} = makeSession();
    await session.train();
    expect(phases).toEqual(["idle", "starting", "preparing", "ready", "training", "finished"]);
    const {state} = session;
    expect(state.rows.map(({step}) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(state.evaluations.map(({step}) => step)).toEqual([0, 4, 8]);
    expect(state.predictions).toHaveLength(3);
    expect(state).toMatchObject({savedStep: 8, message: null, isWritable: true});
    expect(state.recipe.corpus).toEqual({path: "text.txt"});
    session.close();
  });

  test("steps one at a time, pauses and goes on, to the same end as in one go", async () => {
    const whole = makeSession();
    await whole.session.train();
    const {session} = makeSession();
    await session.step();
    expect(session.state).toMatchObject({phase: "paused", rows: [{step: 1}]});
    await session.step();
    const training = session.train();
    await until(session, ({phase}) => phase === "training");
    session.pause();
    await training;
    expect(["paused", "finished"]).toContain(session.state.phase);
    await session.train();
    expect(session.state.phase).toBe("finished");
    expect(losses(session.state)).toEqual(losses(whole.session.state));
    session.close();
    whole.session.close();
  });

  test("a run that diverged goes on at half the rate from its last checkpoint, beside itself", async () => {
    const recipe = smallRecipe({capture: {evaluate_every: 0, checkpoint_every: 3}});
    const {session, engines, store} = makeSession(recipe);
    await session.step(); // the engine is there
    divergeOnce(engines[0]!, "train", 4);
    await session.train();
    const diverged = session.state;
    expect(diverged).toMatchObject({phase: "diverged", message: "a poisoned batch", savedStep: 4});
    await session.slowDown();
    const {state} = session;
    expect(state).toMatchObject({phase: "finished", message: null, isWritable: true});
    expect(state.rows.slice(0, 4)).toEqual(diverged.rows);
    expect(state.rows.map(({step}) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const rate = recipe.optimizer.learning_rate;
    expect(state.recipe.optimizer.learning_rate).toBe(rate / 2);
    const whole = makeSession(recipe);
    await whole.session.train();
    expect(state.rows.slice(4).map(({learningRate}) => 2 * learningRate)).toEqual(
      whole.session.state.rows.slice(4).map(({learningRate}) => learningRate)
    );
    const {runs} = await listRuns(store);
    expect(runs.map(({id, parent, step}) => [id, parent, step])).toEqual([
      [state.summary!.id, {id: diverged.summary!.id, step: 4}, 8],
      [diverged.summary!.id, null, 4]
    ]);
    await session.slowDown(); // nothing diverged
    expect(session.state).toBe(state);
    session.close();
    whole.session.close();
  });

  test("a run that diverged before it was kept begins again at half the rate", async () => {
    const recipe = smallRecipe({capture: {evaluate_every: 0, checkpoint_every: 0}});
    const {session, engines, store} = makeSession(recipe);
    await session.restore(); // the engine is there
    divergeOnce(engines[0]!, "train", null);
    await session.train();
    expect(session.state).toMatchObject({phase: "diverged", savedStep: null, rows: []});
    await session.slowDown();
    expect(session.state).toMatchObject({phase: "finished", savedStep: 8});
    expect(session.state.recipe.optimizer.learning_rate).toBe(recipe.optimizer.learning_rate / 2);
    expect((await listRuns(store)).runs.map(({parent}) => parent)).toEqual([null]);
    session.close();
  });

  test("pause gives up preparing, and Train begins again", async () => {
    const recipe = smallRecipe({
      corpus: {generate: {documents: 300}},
      tokenizer: {vocab_size: 1000}
    });
    const {session} = makeSession(recipe);
    session.configure(recipe, {kind: "recipe"});
    const training = session.train();
    await until(session, ({progress}) => progress?.phase.startsWith("vocabulary") === true);
    session.pause();
    await training;
    expect(session.state).toMatchObject({phase: "idle", summary: null, message: null, rows: []});
    session.configure(smallRecipe(), smallSource());
    await session.step();
    expect(session.state).toMatchObject({phase: "paused", rows: [{step: 1}]});
    session.close();
  });

  test("pause also drops what was asked for beside the run under way: a second Train, a step", async () => {
    const {session} = makeSession(long);
    const asked = [session.train(), session.train(), session.step()];
    await until(session, ({rows}) => rows.length > 0);
    session.pause();
    await Promise.all(asked);
    const {phase, rows} = session.state;
    expect(phase).toBe("paused");
    expect(rows.length).toBeLessThan(150);
    await session.step();
    expect(session.state.rows).toHaveLength(rows.length + 1);
    session.close();
  });

  test("reset stops a run and starts anew; what was kept stays kept", async () => {
    const {session, store} = makeSession(long);
    const training = session.train();
    await until(session, ({savedStep}) => savedStep !== null);
    await session.reset(smallRecipe(), smallSource());
    await training;
    expect(session.state).toMatchObject({phase: "idle", summary: null, rows: [], savedStep: null});
    expect((await listRuns(store)).runs).toHaveLength(1);
    await session.step();
    expect(session.state.recipe.steps).toBe(8);
    expect((await listRuns(store)).runs).toHaveLength(2);
    session.close();
  });

  test("says what is wrong with a text, and works with the next", async () => {
    const {session} = makeSession();
    session.configure(smallRecipe(), {kind: "file", name: "a.txt", bytes: new Uint8Array()});
    await session.train();
    expect(session.state.phase).toBe("failed");
    expect(session.state.message).toBe("a.txt: the file is empty (expected text)");
    session.configure(smallRecipe(), smallSource());
    await session.step();
    expect(session.state).toMatchObject({phase: "paused", message: null});
    session.close();
  });

  test("a killed worker is replaced, and the run ends as if nothing had happened", async () => {
    const expected = makeSession(long);
    await expected.session.train();
    const {session, engines, phases} = makeSession(long);
    const training = session.train();
    for (let i = 0; i < 3; ++i) {
      const {savedStep} = session.state;
      await until(session, (state) => (state.savedStep ?? 0) > (savedStep ?? 0));
      engines.at(-1)!.terminate();
      await until(session, ({phase}) => phase === "recovering");
      expect(session.state.message).toBe("the worker was ended; going on from the last checkpoint");
    }
    await training;
    expect(engines).toHaveLength(4);
    expect(session.state.message).toMatch(/going on from the last checkpoint$/);
    expect(phases.filter((phase) => phase === "recovering")).toHaveLength(3);
    expect(session.state.phase).toBe("finished");
    expect(losses(session.state)).toEqual(losses(expected.session.state));
    expect(await session.engine.call("exportModel", {})).toEqual(
      await expected.session.engine.call("exportModel", {})
    );
    session.close();
    expected.session.close();
  });

  /** Spoils every checkpoint that a store holds. */
  async function spoil(store: StoreRoot) {
    const {runs} = await listRuns(store);
    for (const {id, checkpoints} of runs)
      for (const {step} of checkpoints)
        await store.folder(id).write(checkpointFile(step), new Uint8Array(9));
    return runs[0]!.id;
  }

  test("where no checkpoint is left to go on from it begins again, and says so", async () => {
    const whole = makeSession();
    await whole.session.train();
    const {session, engines, store} = makeSession();
    const training = session.train();
    await until(session, ({savedStep}) => savedStep !== null);
    session.pause();
    await training;
    const id = await spoil(store);
    engines[0]!.terminate();
    await session.train();
    expect(session.state.phase).toBe("finished");
    expect(session.state.message).toMatch(
      new RegExp(
        `^the worker was ended; no checkpoint of run ${id} can be read: .*beginning again$`
      )
    );
    expect(losses(session.state)).toEqual(losses(whole.session.state));
    for (const each of [session, whole.session]) each.close();
  });

  test("stopped while a kept run is brought back, it says that it does not go on", async () => {
    const first = makeSession(long);
    await first.session.step();
    const stops = [
      (session: TrainingSession) => session.pause(),
      (s: TrainingSession) => void s.reset()
    ];
    for (const stop of stops) {
      const {session} = makeSession(smallRecipe(), first.store);
      const restored = session.restore();
      await until(session, ({phase}) => phase === "preparing");
      stop(session);
      expect(await restored).toBe(false);
      expect(["paused", "idle"]).toContain(session.state.phase);
      expect(session.state.message).toBeNull();
      session.close();
    }
    // where what was asked of the worker is given up, too
    const {session, engines} = makeSession(smallRecipe(), first.store);
    void session.engine;
    const {call} = engines[0]!;
    engines[0]!.call = (async (type, input, options) => {
      const value = await call(type, input, options);
      if (type === "restore" && options?.signal?.aborted) throw new InputError("stopped");
      return value;
    }) as typeof call;
    const restored = session.restore();
    await until(session, ({phase}) => phase === "preparing");
    session.pause();
    expect(await restored).toBe(false);
    expect(session.state).toMatchObject({phase: "idle", message: null});
    for (const each of [session, first.session]) each.close();
  });

  test("a kept run of which nothing can be read leaves the page ready to begin anew", async () => {
    const first = makeSession();
    await first.session.train();
    const id = await spoil(first.store);
    const {session} = makeSession(smallRecipe(), first.store);
    expect(await session.restore(id)).toBe(false);
    expect(session.state).toMatchObject({phase: "idle", summary: null, progress: null});
    expect(session.state.message).toMatch(
      /^no checkpoint of run .* can be read: .*; Train begins anew$/
    );
    await session.train();
    expect(losses(session.state)).toEqual(losses(first.session.state));
    for (const each of [session, first.session]) each.close();
  });

  test("after a loss it trains on before it guesses again, and keeps the guesses it had", async () => {
    const {session, engines, passed} = makeSession(long);
    const first = session.train();
    await until(session, ({rows}) => rows.length > 0);
    session.pause();
    await first;
    const {evaluations, predictions} = session.state;
    expect(predictions.length).toBeGreaterThan(1);
    engines.at(-1)!.terminate();
    const training = session.train();
    const state = await until(session, ({phase, device}) => phase === "preparing" && !!device);
    expect(state.device!.backend).toBe("wasm");
    let asked = 0;
    const {host} = engines.at(-1)!;
    const evaluate = host.evaluate;
    host.evaluate = () => (++asked, evaluate());
    const next = await until(session, ({phase}) => phase === "training");
    expect(asked).toBe(0);
    expect(passed).toEqual([null, "wasm"]);
    expect(next.evaluations).toEqual(evaluations);
    expect(next.predictions).toEqual(predictions);
    session.pause();
    await training;
    session.close();
  });

  test("one that dies before anything was kept begins again", async () => {
    const {session, engines} = makeSession(
      smallRecipe({capture: {checkpoint_every: 0}, steps: 60})
    );
    const training = session.train();
    await until(session, ({rows}) => rows.length > 0);
    engines[0]!.terminate();
    await training;
    expect(session.state.phase).toBe("finished");
    expect(session.state.rows.map(({step}) => step)).toEqual(
      Array.from({length: 60}, (_, i) => i + 1)
    );
    session.close();
  });

  test("after too many losses on one backend it goes on without it", async () => {
    const recipe = smallRecipe({steps: 150, capture: {evaluate_every: 0, checkpoint_every: 0}});
    const {session, engines, without} = makeSession(recipe);
    const training = session.train();
    for (let i = 0; i < 4; ++i) {
      await until(session, ({phase, rows}) => phase === "training" && (i > 0 || rows.length > 0));
      engines.at(-1)!.lose("the WebGPU device was lost");
      await until(session, ({phase}) => phase === "recovering");
    }
    expect(session.state.message).toMatch(
      /the WebGPU device was lost; going on .* without wasm, which was lost 4 times/
    );
    await training;
    expect(without.slice(0, 4)).toEqual([[], [], [], []]);
    expect(without[4]).toEqual(["wasm"]);
    session.close();
  });

  test("close ends the worker for good", async () => {
    const {session, engines, phases} = makeSession(long);
    const training = session.train();
    await until(session, ({rows}) => rows.length > 0);
    session.close();
    await training;
    await session.train();
    expect(engines).toHaveLength(1);
    expect(phases).not.toContain("recovering");
  });

  test("brings back what was kept, and tells where there is nothing", async () => {
    const {session, store} = makeSession();
    expect(await session.restore()).toBe(false);
    expect(session.state).toMatchObject({phase: "idle", summary: null});
    await session.step();
    const other = new TrainingSession(() => makeEngine({store}), smallRecipe());
    expect(await other.restore()).toBe(true);
    expect(other.state).toMatchObject({phase: "paused", savedStep: 1, rows: [{step: 1}]});
    await other.train();
    expect(other.state.phase).toBe("finished");
    session.close();
    other.close();
  });
});

describe("a worker that answers no more", () => {
  test("is given up after the patience of the call, the sleep of the machine left out", async () => {
    const engine = makeEngine();
    engine.host.model = () => new Promise(() => {});
    vi.useFakeTimers({toFake: ["setInterval", "clearInterval", "performance"]});
    try {
      const asked = engine.call("model", {}, {patience: () => 10});
      const failed = expect(asked).rejects.toThrow(/^the worker has not answered for 1\d s$/);
      await vi.advanceTimersByTimeAsync(8000);
      expect(engine.connection.waiting).toBe(1);
      await vi.advanceTimersByTimeAsync(4000);
      expect(engine.connection.waiting).toBe(0);
      await failed;
      await expect(engine.call("model", {})).rejects.not.toBeInstanceOf(InputError);
    } finally {
      vi.useRealTimers();
    }
  });
});

test("silence is borne for ten times the median step, ten seconds at least, longer before the first", () => {
  expect(patienceFor([])).toBe(120);
  expect(patienceFor([0.01, 0.02, 0.01])).toBe(10);
  expect(patienceFor([3, 2, 4])).toBe(30);
  // one step that waited for something else says little of the others
  expect(patienceFor([2, 900, 2, 2, 0.1])).toBe(20);
});

test("guesses are kept only beside the evaluations that they were made at", () => {
  const at = (...steps: number[]) => steps.map((step) => ({step}) as Evaluation);
  const guess = (step: number) => [{tokens: [String(step)], blanks: []}];
  const before = {evaluations: at(0, 4, 8, 12), predictions: [guess(8), guess(12)]};
  expect(guessesKept(null, at(0))).toEqual([]);
  expect(guessesKept(before, at(0, 4, 8, 12))).toEqual([guess(8), guess(12)]);
  expect(guessesKept(before, at(0, 4, 8))).toEqual([guess(8)]);
  expect(guessesKept(before, at(0, 4))).toEqual([]);
  // another tab went on with it
  expect(guessesKept(before, at(0, 4, 8, 10))).toEqual([]);
  expect(guessesKept(before, [])).toEqual([]);
});
