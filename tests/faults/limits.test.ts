/** R5, R7, R15: numbers that are none, memory that is not there, and other versions. */
import {expect, test} from "vitest";
import {parseRecipe, type RecipeInput} from "../../src/lib/recipe/recipe.js";
import {memoryRoot} from "../../src/lib/store/files.js";
import {checkpointFile, listRuns, runFiles} from "../../src/lib/store/runs.js";
import {readState} from "../../src/lib/albert/checkpoint/state.js";
import {makeEngine, prepareSmall, smallRecipe, smallSource} from "../lib/engine/hostPort.js";
import {Tally} from "./tally.js";

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
