import {describe, expect, test} from "vitest";
import type {TrainingProgress} from "../../../src/lib/engine/trainingCalls.js";
import {memoryRoot} from "../../../src/lib/store/files.js";
import {exactBackends} from "../albert/backends.js";
import {collect, makeEngine, prepareSmall, smallRecipe} from "./hostPort.js";

const losses = (progress: TrainingProgress[]) =>
  progress.flatMap((p) => (p.kind === "steps" ? p.rows : [])).map(({step, loss}) => [step, loss]);

describe.each(exactBackends)("a host on %s", (backend) => {
  test("the same recipe gives the same losses and weights, to the last bit", async () => {
    const runs = [];
    for (let i = 0; i < 2; ++i) {
      const engine = makeEngine({backend});
      await prepareSmall(engine);
      const {all, onProgress} = collect<"train">();
      await engine.call("train", {until: 8}, {onProgress});
      const {evaluation, predictions} = await engine.call("evaluate", {});
      runs.push([losses(all), evaluation, predictions, await engine.call("exportModel", {})]);
      await engine.call("reset", {});
    }
    expect(runs[1]).toEqual(runs[0]);
  });

  test.each(backend === "wasm" ? [1, 3, 5, 7] : [5])(
    "paused at step %i, killed and restored ends as if it had never stopped",
    async (stop) => {
      const recipe = smallRecipe({
        optimizer: {name: stop % 3 === 0 ? "lamb" : "adamw"},
        capture: {evaluate_every: 0, checkpoint_every: 0}
      });
      const straight = makeEngine({backend});
      await prepareSmall(straight, recipe);
      const whole = collect<"train">();
      await straight.call("train", {until: 8}, whole);
      const expected = await straight.call("exportModel", {});
      await straight.call("reset", {});

      const store = memoryRoot();
      const first = makeEngine({backend, store});
      await prepareSmall(first, recipe);
      const before = collect<"train">();
      await first.call("train", {until: stop}, before);
      first.terminate();

      const second = makeEngine({backend, store});
      await second.start();
      const restored = await second.call("restore", {id: null, access: "write"});
      expect(restored!.summary.step).toBe(stop);
      expect(restored!.metrics.map(({loss}) => loss)).toEqual(
        losses(before.all).map(([, loss]) => loss)
      );
      const after = collect<"train">();
      await second.call("train", {until: 8}, after);
      expect([...losses(before.all), ...losses(after.all)]).toEqual(losses(whole.all));
      expect(await second.call("exportModel", {})).toEqual(expected);
    }
  );
});

describe("a host", () => {
  test("prepares, trains to the last step and reports in order", async () => {
    const engine = makeEngine();
    const summary = await prepareSmall(engine);
    expect(summary).toMatchObject({corpus: "text.txt", sentences: 16, step: 0});
    expect(summary.executor).toContain("WebAssembly");
    const {all, onProgress} = collect<"train">();
    const outcome = await engine.call("train", {until: 8}, {onProgress});
    expect(outcome).toEqual({step: 8, reason: "finished", message: null});
    expect(losses(all).map(([step]) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(all.flatMap((p) => (p.kind === "saved" ? [p.step] : []))).toEqual([3, 6, 8]);
    expect(all.flatMap((p) => (p.kind === "evaluation" ? [p.evaluation.step] : []))).toEqual([
      4, 8
    ]);
    // an evaluation comes after the rows that it is an evaluation of
    const seen = all.flatMap((p) =>
      p.kind === "steps" ? p.rows.map((r) => r.step) : p.kind === "evaluation" ? [-1] : []
    );
    expect(seen.indexOf(-1)).toBe(4);
    expect(engine.connection.waiting).toBe(0);
  });
});
