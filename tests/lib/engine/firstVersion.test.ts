/** R15: the run that the first version kept (tests/fixtures/firstVersion, made by the code of 6a4ba2a, its first commit). */
import {readdirSync, readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {RunsDesk} from "../../../src/lib/engine/runsDesk.js";
import {memoryRoot, memoryStore, type FileStore} from "../../../src/lib/store/files.js";
import {listRuns, readHistory} from "../../../src/lib/store/runs.js";
import {failing, makeEngine} from "./hostPort.js";

const folder = new URL("../../fixtures/firstVersion/", import.meta.url);

/** What that version left: seven steps of twelve, saved after the fourth and the seventh. */
async function firstRun(change: (files: Map<string, Uint8Array>) => void = () => {}) {
  const files = new Map(
    readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(new URL(name, folder)))])
  );
  change(files);
  const store = memoryStore();
  for (const [name, bytes] of files) await store.write(name, bytes);
  return store;
}

/** Opens the page of runs on it. */
async function opened(store: FileStore | null, root = memoryRoot(), written = root) {
  const desk = new RunsDesk(
    () => makeEngine({store: written}),
    Promise.resolve(root),
    async () => store
  );
  await desk.open();
  const {state} = desk;
  desk.close();
  return {state, root};
}

/** The losses of the steps that followed, by that version. */
const losses = [
  4.755975246429443, 4.762630760669708, 4.765334963798523, 4.7682589292526245, 4.717479348182678
];

describe("the run that the first version kept", () => {
  test("is in the table, and goes on as it would have there", async () => {
    const store = await firstRun();
    const {state, root} = await opened(store);
    expect(state.failed, state.message ?? "").toBe(false);
    expect(state.message).toMatch(
      /^the run that an earlier version of this site kept is in the table now/
    );
    expect(await store.list()).toEqual([]);
    const {runs, problems} = await listRuns(root);
    expect(problems).toEqual([]);
    expect(runs).toMatchObject([
      {step: 7, steps: 12, source: {kind: "file", name: "village.txt"}, hasText: true}
    ]);
    const [{id, label, checkpoints}] = runs as [(typeof runs)[number]];
    expect(checkpoints.map(({step}) => step)).toEqual([4, 7]);
    expect(label.notes).toContain("cannot be checked");
    const {metrics, evaluations} = await readHistory(root.folder(id));
    expect(metrics.map(({step}) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(evaluations.map(({step}) => step)).toEqual([4, 7]);
    const engine = makeEngine({store: root});
    await engine.start();
    await engine.call("restore", {id, access: "write"});
    expect(await engine.call("train", {until: 12})).toMatchObject({step: 12});
    const after = (await readHistory(root.folder(id))).metrics.slice(7);
    expect(Float32Array.from(after, ({loss}) => loss)).toBeAllClose(Float32Array.from(losses), {
      rtol: 1e-5
    });
    const {zip} = await engine.call("exportRuns", {ids: [id]});
    const other = memoryRoot();
    const again = makeEngine({store: other});
    await again.call("importRuns", {files: new Map([["runs.zip", zip]])});
    expect((await listRuns(other)).runs).toMatchObject([{id, step: 12}]);
    for (const each of [engine, again]) await each.host.reset();
  });

  test("opens at its older state where the newest is damaged", async () => {
    const store = await firstRun((files) => void (files.get("state.safetensors")![9000]! ^= 4));
    const {state} = await opened(store);
    expect(state.runs).toMatchObject([{step: 4, checkpoints: [{step: 4}]}]);
  });

  test("stays as it is where there is no room, or it cannot be read", async () => {
    const everything = async (store: FileStore) =>
      Promise.all((await store.list()).map(async (name) => [name, await store.read(name)]));
    const full = memoryRoot();
    const store = await firstRun();
    const before = await everything(store);
    const {state} = await opened(store, full, failing(full, {left: 2}));
    expect(state.message).toMatch(/has no room for [\d.]+ MB more/);
    expect(state.runs).toEqual([]);
    expect(await everything(store)).toEqual(before);
    expect((await opened(store, full)).state.runs).toHaveLength(1);

    const damaged = await firstRun((files) => {
      for (const name of ["state.safetensors", "state.previous.safetensors"])
        files.get(name)![9000]! ^= 4;
    });
    const kept = await everything(damaged);
    const {state: said} = await opened(damaged);
    expect(said.message).toMatch(/^latest-run: no checkpoint that can be read/);
    expect(await everything(damaged)).toEqual(kept);
  });

  test("is not there for most", async () => {
    const {state} = await opened(null);
    expect(state).toMatchObject({message: null, failed: false, runs: []});
  });
});
