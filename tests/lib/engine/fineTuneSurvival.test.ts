/** What is left of a fine-tuning run when something breaks: worker, files, or room. */
import {describe, expect, test} from "vitest";
import {writeModelFolder} from "../../../src/lib/albert/checkpoint/write.js";
import {makeConfig} from "../../../src/lib/albert/config.js";
import {initParameters} from "../../../src/lib/albert/specs.js";
import type {Engine} from "../../../src/lib/engine/client.js";
import type {FineTuneProgress} from "../../../src/lib/engine/fineTuning/protocol.js";
import {readSource, type GivenSource} from "../../../src/lib/engine/fineTuning/readSource.js";
import {reportOf} from "../../../src/lib/engine/fineTuning/report.js";
import {FineTuningRun} from "../../../src/lib/engine/fineTuning/run.js";
import {FineTuneSession} from "../../../src/lib/engine/fineTuning/session.js";
import type {FineTuneState} from "../../../src/lib/engine/fineTuning/sessionState.js";
import {FineTuningStore} from "../../../src/lib/engine/fineTuning/store.js";
import {summaryOf} from "../../../src/lib/engine/fineTuning/summary.js";
import {ModelDesk} from "../../../src/lib/engine/modelDesk.js";
import {parseFineTuneRecipe} from "../../../src/lib/finetune/recipe.js";
import {Random} from "../../../src/lib/random.js";
import {bestFile, listFineTuneRuns} from "../../../src/lib/store/fineTuneRuns.js";
import {memoryRoot, type StoreRoot} from "../../../src/lib/store/files.js";
import {checkpointFile} from "../../../src/lib/store/runs.js";
import {useBackend} from "../albert/backends.js";
import {tokenizer} from "../finetune/tokenizer.js";
import {divergeOnce, failing, makeEngine, type TestEngine} from "./hostPort.js";
import {until} from "./until.js";

const config = makeConfig({
  vocabSize: tokenizer.vocabSize,
  embeddingSize: 6,
  hiddenSize: 8,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 12,
  maxPositionEmbeddings: 96,
  hiddenDropoutProb: 0.1,
  initializerRange: 0.1
});
const model = {name: "tiny", config, tokenizer, data: initParameters(config, 4)};
const recipeOf = (changes: object = {}) =>
  parseFineTuneRecipe({
    batch: {size: 5, sequence_length: 40},
    optimizer: {learning_rate: 0.01},
    steps: 9,
    capture: {evaluate_every: 4},
    ...changes
  }).recipe;
const generated: GivenSource = {kind: "generated", seed: 3, train: 24, dev: 7};

/** Every kind of head, and texts that are read apart. */
const forms = [
  ["sst2", "joint"],
  ["mrpc", "joint"],
  ["stsb", "joint"],
  ["stsb", "late_interaction"],
  ["ner", "joint"],
  ["squad", "joint"]
] as const;

async function prepared(task: string, changes: object = {}) {
  const recipe = recipeOf(changes);
  const {train, dev} = await readSource(task, generated, recipe.seed);
  const run = await FineTuningRun.prepare(recipe, model, train, dev);
  await run.evaluate();
  return run;
}

/** Trains to a step as a page does. */
async function trainTo(run: FineTuningRun, until: number) {
  while (run.step < until) {
    const result = await run.takeStep();
    if ("diverged" in result) throw new Error(result.diverged);
    if (run.step % run.evaluateEvery === 0) await run.evaluate();
  }
}

/** Everything that a run has come to. */
async function endOf(run: FineTuningRun) {
  const {rows, evaluations, best} = run;
  return {
    state: await run.saveState(),
    losses: rows.map(({step, loss, gradientNorm}) => [step, loss, gradientNorm]),
    evaluations: [...evaluations],
    best: best?.step,
    scored: await run.bestScored(),
    files: await run.exportFolder()
  };
}

async function keep(store: FineTuningStore, run: FineTuningRun) {
  const report = run.last && reportOf(run.dev, run.last, run.step);
  await store.save(run, report);
}

function begin(store: FineTuningStore, run: FineTuningRun, id: string) {
  const createdAt = new Date(0).toISOString();
  const summary = {...summaryOf(run, "pretrained"), id, createdAt};
  store.begin(run, {id, start: model, source: generated, summary, createdAt});
}

describe.each(["wasm", "cpu"] as const)("on %s", (backend) => {
  test.each(backend === "wasm" ? forms : [forms[0], forms[4]])(
    "%s, %s: killed at random steps it ends bit for bit as if it had not been",
    async (task, text_pairs) => {
      await useBackend(backend);
      const straight = await prepared(task, {text_pairs});
      await trainTo(straight, straight.steps);
      const expected = await endOf(straight);
      straight.dispose();
      const random = new Random(
        forms.findIndex(([id]) => id === task),
        "splits"
      );
      const root = memoryRoot();
      let store = new FineTuningStore(root);
      let run = await prepared(task, {text_pairs});
      begin(store, run, "a");
      for (const most of [3, 3, 2]) {
        await trainTo(run, run.step + 1 + random.int(most));
        await keep(store, run);
        const {step} = run;
        if (random.int(2)) await run.takeStep(); // which is lost
        run.dispose();
        store = new FineTuningStore(root);
        ({run} = (await store.load("a", () => {}))!);
        expect(run.step).toBe(step);
      }
      await trainTo(run, run.steps);
      expect(await endOf(run)).toEqual(expected);
      run.dispose();
    }
  );
});

/** A session over engines that share a store, each of which a test can break. */
function makeSession(store: StoreRoot = memoryRoot(), changes: object = {}) {
  const engines: TestEngine[] = [];
  const without: string[][] = [];
  const desk = new ModelDesk({
    makeEngine: (avoided) => {
      without.push([...avoided]);
      const engine = makeEngine({fineTunings: store});
      // as if the ladder had chosen it
      const start = async () => ({...(await engine.start()), forced: null});
      engines.push({...engine, start});
      return engines.at(-1) as unknown as Engine;
    },
    stored: async () => ({
      name: "tiny",
      files: writeModelFolder({config, parameters: model.data, tokenizer})
    })
  });
  const recipe = recipeOf({steps: 120, ...changes});
  const choice = {task: "sst2", recipe, start: "pretrained", source: generated} as const;
  const session = new FineTuneSession(desk, choice);
  const phases: string[] = [];
  session.subscribe(({phase}) => {
    if (phases.at(-1) !== phase) phases.push(phase);
  });
  return {session, desk, engines, phases, store, without};
}

const losses = ({rows}: FineTuneState) => rows.map(({step, loss}) => [step, loss]);
const scores = ({evaluations}: FineTuneState) => evaluations.map(({step, dev}) => [step, dev.loss]);

describe("a session", () => {
  test("goes on by itself after its worker was lost, and ends as if nothing had happened", async () => {
    const whole = makeSession();
    await whole.session.train();
    expect(whole.session.state.phase).toBe("finished");
    const {session, desk, engines, phases} = makeSession();
    const training = session.train();
    for (let i = 0; i < 2; ++i) {
      const {savedStep} = session.state;
      await until(session, (state) => (state.savedStep ?? 0) > (savedStep ?? 0));
      engines.at(-1)!.terminate();
      await until(session, ({phase}) => phase === "recovering");
      expect(session.state.message).toBe("the worker was ended; going on from the last checkpoint");
    }
    await training;
    expect(engines).toHaveLength(3);
    expect(phases.filter((phase) => phase === "recovering")).toHaveLength(2);
    expect(session.state).toMatchObject({phase: "finished", savedStep: 120});
    expect(session.state.message).toMatch(/going on from the last checkpoint$/);
    expect(losses(session.state)).toEqual(losses(whole.session.state));
    expect(scores(session.state)).toEqual(scores(whole.session.state));
    expect(await session.exportFolder()).toEqual(await whole.session.exportFolder());
    for (const each of [whole.desk, desk]) each.close();
  });

  test("one whose worker dies before anything was kept begins again", async () => {
    const {session, desk, engines} = makeSession(memoryRoot(), {steps: 9});
    const training = session.train();
    await until(session, ({phase}) => phase === "preparing");
    await until(session, ({progress}) => progress !== null);
    engines[0]!.lose("the graphics card was taken away");
    await training;
    expect(engines).toHaveLength(2);
    expect(session.state.phase).toBe("finished");
    expect(session.state.rows.map(({step}) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(session.state.message).toMatch(/^the graphics card was taken away; going on/);
    desk.close();
  });

  test("a page that closes does not begin anew", async () => {
    const {session, desk, engines} = makeSession();
    const training = session.train();
    await until(session, ({rows}) => rows.length > 0);
    desk.close();
    await training;
    expect(engines).toHaveLength(1);
  });

  test("after too many losses on one backend the next engine is made without it", async () => {
    const {session, desk, engines, without} = makeSession(memoryRoot(), {steps: 9});
    const training = session.train();
    for (let i = 1; i <= 4; ++i) {
      await until(session, ({summary}) => engines.length === i && summary !== null);
      engines.at(-1)!.lose("the graphics card was taken away");
      await until(session, ({phase}) => phase === "recovering");
    }
    await training;
    expect(session.state.phase).toBe("finished");
    expect(session.state.message).toBe(
      "the graphics card was taken away; going on from the last checkpoint without wasm, which was lost 4 times"
    );
    expect(without).toEqual([[], [], [], [], ["wasm"]]);
    desk.close();
  });

  test("one that diverged goes on at half the rate from its last checkpoint, beside itself", async () => {
    const {session, desk, engines, store} = makeSession(memoryRoot(), {steps: 9});
    await session.step(); // the engine is there
    divergeOnce(engines[0]!, "fineTune", 5);
    await session.train();
    const diverged = session.state;
    expect(diverged).toMatchObject({phase: "diverged", message: "a poisoned batch", savedStep: 5});
    await session.slowDown();
    const {state} = session;
    expect(state).toMatchObject({phase: "finished", message: null, savedStep: 9});
    expect(losses(state).slice(0, 5)).toEqual(losses(diverged));
    expect(state.rows.map(({step}) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(state.summary!.recipe.optimizer.learning_rate).toBe(0.005);
    const whole = makeSession(memoryRoot(), {steps: 9});
    await whole.session.train();
    const rates = ({rows}: FineTuneState) => rows.slice(5).map(({learningRate}) => learningRate);
    expect(rates(state).map((rate) => 2 * rate)).toEqual(rates(whole.session.state));
    const kept = await listFineTuneRuns(store);
    expect(kept.map(({id, step}) => [id, step])).toEqual([
      [state.summary!.id, 9],
      [diverged.summary!.id, 5]
    ]);
    await session.slowDown(); // nothing diverged
    expect(session.state).toBe(state);
    for (const each of [whole.desk, desk]) each.close();
  });

  test("one that diverged before anything was kept begins again at half the rate", async () => {
    const {session, desk, engines, store} = makeSession(memoryRoot(), {steps: 4});
    await desk.ask(async () => null); // the engine is there
    divergeOnce(engines[0]!, "fineTune", null);
    await session.train();
    expect(session.state).toMatchObject({phase: "diverged", savedStep: null, rows: []});
    await session.slowDown();
    expect(session.state).toMatchObject({phase: "finished", savedStep: 4});
    expect(session.state.summary!.recipe.optimizer.learning_rate).toBe(0.005);
    expect(await listFineTuneRuns(store)).toHaveLength(1);
    desk.close();
  });

  /** Spoils every checkpoint that a store holds. */
  async function spoil(store: StoreRoot) {
    const [kept] = await listFineTuneRuns(store);
    for (const {step} of kept!.checkpoints)
      await store.folder(kept!.id).write(checkpointFile(step), new Uint8Array(9));
    return kept!.id;
  }

  test("where no checkpoint is left to go on from it begins again, and says so", async () => {
    const whole = makeSession(memoryRoot(), {steps: 9});
    await whole.session.train();
    const {session, desk, engines, store} = makeSession(memoryRoot(), {steps: 9});
    for (let i = 0; i < 4; ++i) await session.step();
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
    for (const each of [whole.desk, desk]) each.close();
  });

  test("a kept run of which nothing can be read leaves the page ready to begin anew", async () => {
    const first = makeSession(memoryRoot(), {steps: 9});
    await first.session.train();
    const id = await spoil(first.store);
    const {session, desk} = makeSession(first.store, {steps: 9});
    expect(await session.restore(id)).toBe(false);
    expect(session.state).toMatchObject({phase: "idle", summary: null, progress: null});
    expect(session.state.message).toMatch(
      /^no checkpoint of run .* can be read: .*; Train begins anew$/
    );
    await session.train();
    expect(losses(session.state)).toEqual(losses(first.session.state));
    for (const each of [first.desk, desk]) each.close();
  });

  test("stopped while a run is made or brought back, it does not go on of itself", async () => {
    const {session, desk, store} = makeSession();
    const training = [session.train(), session.step()];
    await until(session, ({phase}) => phase === "preparing");
    session.pause();
    expect(session.state.phase).toBe("pausing");
    await Promise.all(training);
    expect(session.state).toMatchObject({phase: "paused", rows: []});
    await session.step();
    expect(session.state).toMatchObject({phase: "paused", rows: [{step: 1}]});
    const [kept] = await listFineTuneRuns(store);
    for (const stop of ["pause", "reset"] as const) {
      const restored = session.restore(kept!.id);
      await until(session, ({phase}) => phase === "preparing");
      await Promise.all([session[stop](), restored]);
      expect(await restored).toBe(false);
      expect(session.state.phase).toBe(stop === "pause" ? "paused" : "idle");
    }
    desk.close();
  });

  test("what was kept is offered to another page, which goes on with it to the same end", async () => {
    const whole = makeSession();
    await whole.session.train();
    const first = makeSession();
    const training = first.session.train();
    await until(first.session, ({savedStep}) => savedStep !== null);
    first.session.pause();
    await training;
    const [kept] = await listFineTuneRuns(first.store);
    expect(kept).toMatchObject({step: first.session.state.rows.at(-1)!.step});
    const {session, desk} = makeSession(first.store);
    expect(await session.restore("nobody")).toBe(false);
    expect(await session.restore(kept!.id)).toBe(true);
    expect(session.state.report!.step).toBe(kept!.step);
    await session.train();
    expect(losses(session.state)).toEqual(losses(whole.session.state));
    expect(await session.exportFolder()).toEqual(await whole.session.exportFolder());
    for (const each of [whole.desk, first.desk, desk]) each.close();
  });
});

describe("a kept run", () => {
  const context = (progress: FineTuneProgress[] = []) => ({
    onProgress: (value: FineTuneProgress) => void progress.push(value)
  });

  async function trainedEngine(store: StoreRoot, task = "sst2", steps = 9) {
    const engine = makeEngine({fineTunings: store});
    await engine.start();
    const files = writeModelFolder({config, parameters: model.data, tokenizer});
    await engine.call("loadModel", {name: "tiny", files});
    const input = {
      task,
      recipe: recipeOf({steps}),
      start: "pretrained",
      source: generated
    } as const;
    const {id} = await engine.call("prepareFineTuning", input);
    await engine.call("evaluateFineTuning", {});
    return {engine, id: id!};
  }

  test("goes on from the checkpoint before a damaged one; without its best weights it says so", async () => {
    const input = {access: "takeOver"} as const;
    const lossesOf = async (engine: TestEngine, id: string) => {
      const {rows} = (await engine.call("restoreFineTuning", {...input, id}))!;
      return rows.map(({step, loss}) => [step, loss]);
    };
    const straight = await trainedEngine(memoryRoot());
    await straight.engine.call("fineTune", {until: 9});
    const store = memoryRoot();
    const {engine, id} = await trainedEngine(store);
    for (const until of [5, 7]) await engine.call("fineTune", {until});
    const folder = store.folder(id);
    const names = await folder.list();
    expect(names.filter((name) => name.startsWith("step-"))).toEqual([5, 7].map(checkpointFile));
    const bytes = (await folder.read(checkpointFile(7)))!;
    bytes[bytes.length - 9]! ^= 4;
    await folder.write(checkpointFile(7), bytes);
    const other = makeEngine({fineTunings: store});
    await other.start();
    const {step, summary} = (await other.call("restoreFineTuning", {...input, id}))!;
    expect(step).toBe(5);
    expect(summary.notes.join("; ")).toMatch(/0000007.* is damaged.*; going on from step 5$/);
    await other.call("fineTune", {until: 9});
    expect(await lossesOf(other, id)).toEqual(await lossesOf(straight.engine, straight.id));
    const best = (await folder.list()).filter((name) => name.startsWith("best-"));
    expect(best).toEqual([bestFile(0)]); // no step was better than the first weights
    await folder.remove(best[0]!);
    await expect(other.call("restoreFineTuning", {...input, id})).rejects.toThrow(
      /^no checkpoint of run .* can be read: best-0000000.*, the best weights of step-0000009.*, is gone/
    );
  });

  test("a full disk at every write leaves what was kept before, and the run goes on once there is room", async () => {
    const straight = await trainedEngine(memoryRoot());
    for (const until of [5, 9]) await straight.engine.call("fineTune", {until});
    const expected = await straight.engine.call("exportFineTuned", {});
    let failures = 0;
    for (let k = 0; ; ++k) {
      const store = memoryRoot();
      const at = {left: Infinity};
      const {engine, id} = await trainedEngine(failing(store, at));
      await engine.call("fineTune", {until: 5});
      at.left = k;
      const progress: FineTuneProgress[] = [];
      const outcome = await engine.call("fineTune", {until: 9}, context(progress));
      if (outcome.reason !== "full") {
        expect(failures).toBeGreaterThan(2);
        break;
      }
      failures += 1;
      expect(outcome.message).toMatch(
        /^step 9 could not be kept: the browser has no room for [\d.]+ MB more\. Delete runs/
      );
      // what a reload finds
      const other = makeEngine({fineTunings: store});
      await other.start();
      expect((await other.call("restoreFineTuning", {id, access: "takeOver"}))!.step).toBe(5);
      await other.call("fineTune", {until: 9});
      expect(await other.call("exportFineTuned", {})).toEqual(expected);
      // what the reader does who makes room
      at.left = Infinity;
      expect(await engine.call("fineTune", {until: 9})).toMatchObject({reason: "finished"});
      expect(await engine.call("exportFineTuned", {})).toEqual(expected);
    }
  });

  test("what is read of a lost device is not written over a checkpoint", async () => {
    await useBackend("wasm");
    const root = memoryRoot();
    const store = new FineTuningStore(root);
    const run = await prepared("sst2");
    begin(store, run, "a");
    await trainTo(run, 2);
    await keep(store, run);
    const before = await root.folder("a").read(checkpointFile(2));
    const lost = () => {
      throw new Error("the device was lost in step 2");
    };
    await run.takeStep();
    await expect(store.save(run, null, lost)).rejects.toThrow("the device was lost");
    run.dispose();
    const back = (await new FineTuningStore(root).load("a", () => {}))!;
    expect(back.run.step).toBe(2);
    expect(await root.folder("a").list()).not.toContain(checkpointFile(3));
    expect(await root.folder("a").read(checkpointFile(2))).toEqual(before);
    back.run.dispose();
  });

  test("only the newest runs are kept", async () => {
    const store = memoryRoot();
    const ids: string[] = [];
    for (let i = 0; i < 4; ++i) {
      const {engine, id} = await trainedEngine(store, "sst2", 2);
      await engine.call("fineTune", {until: 2});
      ids.unshift(id);
    }
    expect((await listFineTuneRuns(store)).map(({id}) => id)).toEqual(ids.slice(0, 3));
  });

  test("a record of a newer version is passed over and not touched", async () => {
    const store = memoryRoot();
    const bytes = new TextEncoder().encode('{"version": 2, "id": "newer"}');
    await store.folder("newer").write("run.json", bytes);
    expect(await listFineTuneRuns(store)).toEqual([]);
    expect(await store.folder("newer").read("run.json")).toEqual(bytes);
  });
});
