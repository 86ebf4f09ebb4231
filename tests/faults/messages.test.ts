/** R10: whatever becomes of a worker, who asked it something hears of it. */
import {expect, test} from "vitest";
import {EngineConnection, EngineLostError, type EnginePort} from "../../src/lib/engine/calls.js";
import type {EngineCallName, EngineEvent} from "../../src/lib/engine/protocol.js";
import {TrainingSession} from "../../src/lib/engine/session.js";
import {memoryRoot} from "../../src/lib/store/files.js";
import {checkpointFile, listRuns} from "../../src/lib/store/runs.js";
import {makeEngine, smallRecipe, smallSource, type TestEngine} from "../lib/engine/hostPort.js";
import {Tally} from "./tally.js";

/** Every call; one that is missing here does not compile. */
const calls: Record<EngineCallName, true> = {
  ...{start: true, prepare: true, train: true, evaluate: true, reset: true, restore: true},
  ...{branch: true, exportRuns: true, importRuns: true, loadModel: true, loadModelFromUrl: true},
  ...{model: true, exportModel: true, attend: true, effect: true, compareMethods: true},
  ...{queryKey: true, fill: true, trainTokenizer: true, tokenize: true, sweepRun: true},
  ...{timeModels: true, timeSteps: true, bench: true, profile: true, prepareFineTuning: true},
  ...{fineTune: true, evaluateFineTuning: true, askFineTuned: true, columnsOf: true},
  ...{
    compareLanguages: true,
    continueOnDomain: true,
    restoreFineTuning: true,
    resetFineTuning: true,
    slowFineTuning: true
  },
  ...{exportFineTuned: true, lens: true, probe: true, patch: true, patchMany: true},
  ...{attribute: true, similarity: true, studyHeads: true, arena: true, expect: true},
  ...{moment: true, goOn: true, prepareAhead: true}
};
const names = Object.keys(calls) as EngineCallName[];
/** These need nothing, so that nonsense is answered. */
const harmless = ["start", "reset", "resetFineTuning"];

test("each call gets an answer, an error, or a word that the worker is lost", async () => {
  const tally = new Tally("R10", "each call to a worker that is silent, dies, or gets nonsense");
  const silent = (): EnginePort => ({onmessage: null, postMessage: () => {}});
  for (const name of names) {
    await tally.attempt(`${name}, silence`, async () => {
      const connection = new EngineConnection(silent());
      const call = connection.call(name, {} as never, {patience: () => 0});
      await expect(call).rejects.toThrow(/^the worker has not answered for \d+ s$/);
      expect(connection.waiting).toBe(0);
    });
    await tally.attempt(`${name}, death`, async () => {
      const connection = new EngineConnection(silent());
      const call = connection.call(name, {} as never);
      connection.lose("the worker has ended");
      await expect(call).rejects.toBeInstanceOf(EngineLostError);
    });
    if (!harmless.includes(name))
      await tally.attempt(`${name}, nonsense`, async () => {
        const engine = makeEngine();
        await engine.start();
        for (const nonsense of [{}, null]) {
          const answer = engine.call(name, nonsense as never).then(
            () => "answered",
            (error: Error) => error.message
          );
          expect((await answer).length).toBeGreaterThan(3);
        }
        await engine.host.reset();
      });
  }
  tally.finish("nothing: none waits for ever");
});

const recipe = smallRecipe({capture: {evaluate_every: 3, checkpoint_every: 2}});

/** A session whose first worker dies at its `fatal`-th message; 0 for one that lives. */
async function runWith(fatal: number) {
  const store = memoryRoot();
  let heard = 0;
  let engines = 0;
  const session = new TrainingSession((): TestEngine => {
    const engine = makeEngine({store});
    const isFirst = ++engines === 1;
    const {port} = engine;
    const receive = port.onmessage!;
    port.onmessage = (event: MessageEvent<EngineEvent>) => {
      if (!isFirst) return receive.call(port as never, event);
      // the message that comes after a death is never received
      if (++heard === fatal) engine.terminate();
      else receive.call(port as never, event);
    };
    return engine;
  }, recipe);
  session.configure(recipe, smallSource());
  await session.train();
  const {phase, message} = session.state;
  const {runs} = await listRuns(store);
  const bytes = await Promise.all(
    runs
      .filter(({step}) => step === recipe.steps)
      .map(({id}) => store.folder(id).read(checkpointFile(recipe.steps)))
  );
  session.close();
  return {phase, message, heard, engines, last: bytes[0] ?? null};
}

test("a worker that dies at any of its messages costs nothing", {timeout: 600_000}, async () => {
  const whole = await runWith(0);
  expect(whole).toMatchObject({phase: "finished", engines: 1});
  const tally = new Tally("R10", "worker that dies at its n-th message, for every n of a run");
  // how many there are varies a little: progress is told by the clock
  let fatal = 1;
  for (; ; ++fatal) {
    const {phase, message, engines, last, heard} = await runWith(fatal);
    if (heard < fatal) break; // it was finished before
    await tally.attempt(`message ${fatal}`, async () => {
      expect(phase, message ?? "").toBe("finished");
      expect(engines).toBe(2);
      expect(last).toEqual(whole.last);
    });
  }
  expect(fatal).toBeGreaterThan(whole.heard / 2);
  tally.finish("at most the steps since the last checkpoint, done again");
});
