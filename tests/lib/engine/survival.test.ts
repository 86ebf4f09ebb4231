/** What is left of a run when something breaks: files, room, worker, device, or another tab. */
import {describe, expect, test, vi} from "vitest";
import {PretrainingRun} from "../../../src/lib/engine/run.js";
import {trainLoop} from "../../../src/lib/engine/trainLoop.js";
import {readText} from "../../../src/lib/corpus/readText.js";
import {useBackend} from "../albert/backends.js";
import type {TextSource} from "../../../src/lib/engine/trainingCalls.js";
import type {LockRun, RunLock} from "../../../src/lib/engine/runLock.js";
import {Random} from "../../../src/lib/random.js";
import {memoryRoot, type StoreRoot} from "../../../src/lib/store/files.js";
import {checkpointFile, listRuns, writeLabel} from "../../../src/lib/store/runs.js";
import {runFiles} from "../../../src/lib/store/runNames.js";
import {
  collect,
  failing,
  makeEngine,
  prepareSmall,
  smallRecipe,
  smallSource,
  type TestEngine
} from "./hostPort.js";

const write = {id: null, access: "write"} as const;

/** The final weights and every loss of the small run, never interrupted. */
async function straight(): Promise<{model: unknown; losses: number[]}> {
  const engine = makeEngine();
  await prepareSmall(engine);
  const {all, onProgress} = collect<"train">();
  await engine.call("train", {until: 8}, {onProgress});
  const losses = all.flatMap((p) => (p.kind === "steps" ? p.rows.map(({loss}) => loss) : []));
  return {model: await engine.call("exportModel", {}), losses};
}

async function restored(store: StoreRoot): Promise<{engine: TestEngine; step: number}> {
  const engine = makeEngine({store});
  await engine.start();
  const run = await engine.call("restore", write);
  return {engine, step: run!.summary.step};
}

describe("a kept run", () => {
  test("keeps recipe, metrics, held-out scores and checkpoints", async () => {
    const store = memoryRoot();
    const engine = makeEngine({store});
    const {id} = await prepareSmall(engine);
    await engine.call("train", {until: 7});
    const {runs, problems} = await listRuns(store);
    expect(problems).toEqual([]);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({
      id,
      recipe: smallRecipe(),
      source: {kind: "file", name: "text.txt"},
      step: 7,
      steps: 8,
      evaluation: {step: 7},
      parent: null,
      versions: {backend: "wasm", executor: "plan on WebAssembly SIMD"}
    });
    expect(runs[0]!.checkpoints.map(({step}) => step)).toEqual([3, 6, 7]);
    const names = await store.folder(id).list();
    expect(names).toEqual(
      [
        ...[3, 6, 7].map(checkpointFile),
        ...Object.values(runFiles).filter((name) => name !== runFiles.label)
      ].sort()
    );
    let bytes = 0;
    for (const name of names)
      if (name !== runFiles.record) bytes += (await store.folder(id).read(name))!.length;
    expect(runs[0]!.bytes).toBe(bytes);
  });

  test("keeps early steps, twice as far each, before the first that it keeps regularly", async () => {
    const store = memoryRoot();
    const engine = makeEngine({store});
    const capture = {evaluate_every: 0, checkpoint_every: 100};
    await prepareSmall(
      engine,
      smallRecipe({capture, steps: 201, batch: {size: 2, sequence_length: 12}})
    );
    await engine.call("train", {until: 201});
    const {runs} = await listRuns(store);
    expect(runs[0]!.checkpoints.map(({step}) => step)).toEqual([32, 64, 100, 200, 201]);
  });

  test("goes on to the same end from the checkpoint before a damaged one", async () => {
    const expected = await straight();
    const store = memoryRoot();
    const first = makeEngine({store});
    const {id} = await prepareSmall(first);
    await first.call("train", {until: 7});
    first.terminate();
    const folder = store.folder(id);
    const random = new Random(1, "splits");
    const newest = (await folder.read(checkpointFile(7)))!;
    newest[random.int(newest.length)]! ^= 1 << random.int(8);
    await folder.write(checkpointFile(7), newest);
    await folder.remove(checkpointFile(6));
    const engine = makeEngine({store});
    await engine.start();
    const run = (await engine.call("restore", write))!;
    expect(run.summary.step).toBe(3);
    expect(run.summary.notes.join("\n")).toMatch(
      /0000007.* is damaged.*\n.*0000006.* is gone\ngoing on from step 3/
    );
    expect(run.metrics.map(({loss}) => loss)).toEqual(expected.losses.slice(0, 3));
    await engine.call("train", {until: 8});
    expect(await engine.call("exportModel", {})).toEqual(expected.model);
    const again = (await listRuns(store)).runs[0]!;
    expect(again.checkpoints.map(({step}) => step)).toEqual([3, 6, 8]);
  });

  test("survives a full disk at every write of a save, and goes on once there is room", async () => {
    const expected = await straight();
    for (let k = 0; k < 4; ++k) {
      const store = memoryRoot();
      const at = {left: Infinity};
      const engine = makeEngine({store: failing(store, at)});
      await prepareSmall(engine);
      await engine.call("train", {until: 3});
      at.left = k;
      const outcome = await engine.call("train", {until: 8});
      expect(outcome).toMatchObject({step: 6, reason: "full"});
      expect(outcome.message).toMatch(
        /^step 6 could not be kept: the browser has no room for [\d.]+ MB more\. Delete runs/
      );
      // what a reload finds
      const {engine: other, step} = await restored(store);
      expect(step).toBe(3);
      await other.call("train", {until: 8});
      expect(await other.call("exportModel", {})).toEqual(expected.model);
      // what the reader does who makes room
      at.left = Infinity;
      expect(await engine.call("train", {until: 8})).toMatchObject({step: 8, reason: "finished"});
      expect(await engine.call("exportModel", {})).toEqual(expected.model);
    }
  });

  test("trains on after a save that failed otherwise, and says so where it was the last", async () => {
    const store = memoryRoot();
    const at = {left: Infinity};
    const engine = makeEngine({store: failing(store, at, () => new Error("the disk is gone"))});
    await prepareSmall(engine);
    at.left = 0;
    expect(await engine.call("train", {until: 7})).toMatchObject({step: 7, message: null});
    at.left = 0;
    expect(await engine.call("train", {until: 8})).toMatchObject({
      reason: "finished",
      message: "step 8 could not be kept: the disk is gone"
    });
    expect((await restored(store)).step).toBe(7);
  });

  test("is whole again after the browser has thrown everything away", async () => {
    const expected = await straight();
    const store = memoryRoot();
    const engine = makeEngine({store});
    const {id} = await prepareSmall(engine);
    await engine.call("train", {until: 4});
    await store.removeFolder(id);
    expect((await listRuns(store)).runs).toEqual([]);
    await engine.call("train", {until: 6});
    const {engine: other, step} = await restored(store);
    expect(step).toBe(6);
    expect((await listRuns(store)).runs[0]!.checkpoints.map((each) => each.step)).toEqual([6]);
    await other.call("train", {until: 8});
    expect(await other.call("exportModel", {})).toEqual(expected.model);
  });

  test("is listed with its problem when its record cannot be read, and hides nothing else", async () => {
    const store = memoryRoot();
    const engine = makeEngine({store});
    const {id} = await prepareSmall(engine);
    await engine.call("train", {until: 1});
    const record = new TextEncoder().encode('{"version": 9}');
    await store.folder("broken").write(runFiles.record, new Uint8Array([123, 34]));
    await store.folder("newer").write(runFiles.record, record);
    const list = await listRuns(store);
    expect(list.runs.map((run) => run.id)).toEqual([id]);
    expect(list.problems.map((problem) => problem.id).sort()).toEqual(["broken", "newer"]);
    expect(list.problems.find((p) => p.id === "newer")!.message).toBe(
      "version 9 of a run (expected 2)"
    );
    expect(await store.folder("newer").read(runFiles.record)).toEqual(record);
  });

  test("says what is missing when its text is gone, or is another than it was", async () => {
    const store = memoryRoot();
    const engine = makeEngine({store});
    const {id} = await prepareSmall(engine);
    await engine.call("train", {until: 1});
    const text = (await store.folder(id).read(runFiles.text))!;
    await store.folder(id).remove(runFiles.text);
    await expect(engine.call("restore", write)).rejects.toThrow(
      "the text text.txt is not kept with this run: give that file first"
    );
    const other = new TextDecoder().decode(text).replaceAll("sings", "eats");
    await store.folder(id).write(runFiles.text, new TextEncoder().encode(other));
    await expect(engine.call("restore", write)).rejects.toThrow(
      /was trained on another text or vocabulary than text\.txt as it is now/
    );
    await store.folder(id).write(runFiles.text, text);
    expect((await engine.call("restore", write))!.summary.step).toBe(1);
  });

  test("two runs at once are two runs", async () => {
    const store = memoryRoot();
    const engines = [makeEngine({store}), makeEngine({store})];
    for (const engine of engines) await prepareSmall(engine);
    await Promise.all(engines.map((engine) => engine.call("train", {until: 4})));
    const {runs} = await listRuns(store);
    expect(runs.map(({step}) => step)).toEqual([4, 4]);
    expect(new Set(runs.map(({id}) => id)).size).toBe(2);
    expect(new Set(runs.map(({hash}) => hash)).size).toBe(1);
  });
});

/** Locks as the browser's, between engines that share them. */
function sharedLocks(): LockRun {
  const held = new Map<string, RunLock & {isHeld: boolean}>();
  return async (id, steal) => {
    const owner = held.get(id);
    if (owner?.isHeld && !steal) return null;
    if (owner?.isHeld) {
      owner.isHeld = false;
      owner.onLost?.();
    }
    const lock = {
      isHeld: true,
      onLost: null as (() => void) | null,
      release() {
        lock.isHeld = false;
      }
    };
    held.set(id, lock);
    return lock;
  };
}

describe("two tabs", () => {
  test("the second reads; it writes once it has taken over, and the first then stops", async () => {
    const store = memoryRoot();
    const lockRun = sharedLocks();
    const first = makeEngine({store, lockRun});
    await prepareSmall(first);
    await first.call("train", {until: 3});
    const second = makeEngine({store, lockRun});
    await second.start();
    const shown = (await second.call("restore", write))!;
    expect(shown).toMatchObject({isWritable: false, summary: {step: 3}});
    await expect(second.call("train", {until: 8})).rejects.toThrow(
      /^run [\w-]+ is open in another tab: take it over first$/
    );
    expect((await second.call("attend", {text: "the cat", pair: null})).group).toEqual([0, 0]);

    const training = first.call("train", {until: 100000});
    const taken = (await second.call("restore", {id: shown.summary.id, access: "takeOver"}))!;
    expect(taken.isWritable).toBe(true);
    expect(await training).toMatchObject({
      reason: "taken",
      message: "another tab has taken this run over: it goes on there"
    });
    const before = (await listRuns(store)).runs[0]!.savedAt;
    await expect(first.call("train", {until: 100000})).rejects.toThrow("is open in another tab");
    expect((await listRuns(store)).runs[0]!.savedAt).toBe(before);
    const {step} = (await second.call("restore", {id: null, access: "write"}))!.summary;
    expect(step).toBeGreaterThanOrEqual(3);
    expect(await second.call("train", {until: step + 1})).toMatchObject({reason: "finished"});
  });

  test("one that only reads takes nothing away", async () => {
    const store = memoryRoot();
    const lockRun = sharedLocks();
    const first = makeEngine({store, lockRun});
    await prepareSmall(first);
    await first.call("train", {until: 1});
    const desk = makeEngine({store, lockRun});
    await desk.start();
    await desk.call("restore", {id: null, access: "read"});
    expect(await first.call("train", {until: 2})).toMatchObject({step: 2, reason: "finished"});
  });
});

describe("branch, exportRuns and importRuns", () => {
  const trained = async (source: TextSource = smallSource(), recipe = smallRecipe()) => {
    const store = memoryRoot();
    const engine = makeEngine({store});
    await engine.start();
    const {id} = await engine.call("prepare", {recipe, source});
    await engine.call("train", {until: 7});
    return {store, engine, id};
  };

  test("a branch goes on from its step by its own recipe, and leaves the first as it was", async () => {
    const {store, engine, id} = await trained();
    const before = await store.folder(id).read(runFiles.record);
    const same = await engine.call("branch", {id, step: 6, changes: {}});
    const {steps, learning_rate} = {steps: 12, learning_rate: 0.0001};
    const made = await engine.call("branch", {id, step: 3, changes: {steps, learning_rate}});
    expect(await store.folder(id).read(runFiles.record)).toEqual(before);
    const run = (await engine.call("restore", {id: made.id, access: "write"}))!;
    expect(run.summary).toMatchObject({step: 3, recipe: {steps, optimizer: {learning_rate}}});
    expect(run.metrics).toHaveLength(3);
    await engine.call("train", {until: 4});
    const entry = (await listRuns(store)).runs.find((each) => each.id === made.id)!;
    expect(entry).toMatchObject({step: 4, parent: {id, step: 3}});
    expect(entry.hash).not.toBe((await listRuns(store)).runs.find((r) => r.id === id)!.hash);
    // without a change it ends where the first does
    await engine.call("restore", {id: same.id, access: "write"});
    await engine.call("train", {until: 8});
    expect(await engine.call("exportModel", {})).toEqual((await straight()).model);
    await expect(engine.call("branch", {id, step: 5, changes: {}})).rejects.toThrow(
      `run ${id} keeps no checkpoint of step 5`
    );
    await expect(engine.call("branch", {id, step: 6, changes: {steps: 4}})).rejects.toThrow(
      "invalid steps: 4 (expected at least 6)"
    );
  });

  test("an archive comes back as it went, and its runs go on", async () => {
    const {store, engine, id} = await trained();
    await store
      .folder(id)
      .write(runFiles.label, new TextEncoder().encode('{"name":"mine","tags":["a"]}'));
    const {zip} = await engine.call("exportRuns", {ids: [id]});
    const other = memoryRoot();
    const fresh = makeEngine({store: other});
    await fresh.start();
    const files = () => new Map([["runs.zip", zip.slice()]]);
    expect(await fresh.call("importRuns", {files: files()})).toEqual({ids: [id], notes: []});
    const [mine, theirs] = [(await listRuns(store)).runs, (await listRuns(other)).runs];
    expect(theirs).toEqual(mine);
    for (const name of await store.folder(id).list())
      if (name !== runFiles.label && name !== runFiles.record)
        expect(await other.folder(id).read(name), name).toEqual(await store.folder(id).read(name));
    // a second time it is another run
    const again = await fresh.call("importRuns", {files: files()});
    expect(again.ids).not.toEqual([id]);
    expect((await listRuns(other)).runs).toHaveLength(2);
    await fresh.call("restore", {id, access: "write"});
    await fresh.call("train", {until: 8});
    expect(await fresh.call("exportModel", {})).toEqual((await straight()).model);
  });

  test("runs that were removed come back from their archive with their colours, to the byte", async () => {
    const {store, engine, id} = await trained();
    const gone = await engine.call("branch", {id, step: 3, changes: {}});
    const branch = await engine.call("branch", {id, step: 6, changes: {steps: 12}});
    const ids = [id, branch.id];
    const records = () =>
      Promise.all(
        ids.map(async (each) =>
          new TextDecoder().decode((await store.folder(each).read(runFiles.record))!)
        )
      );
    const colors = async () =>
      new Map((await listRuns(store)).runs.map(({id: each, color}) => [each, color]));
    const [before, colored] = [await records(), await colors()];
    expect(colored.get(branch.id)).toBe(2);
    const {zip} = await engine.call("exportRuns", {ids});
    const importing = () =>
      engine.call("importRuns", {files: new Map([["runs.zip", zip.slice()]])});
    for (const each of [...ids, gone.id]) await store.removeFolder(each);
    expect((await importing()).ids).toEqual(ids);
    expect(await records()).toEqual(before);
    // while their deletion can be undone they get new names, and keep their colours
    for (const each of ids) await writeLabel(store, each, {deletedAt: new Date().toISOString()});
    const again = (await importing()).ids;
    expect(await colors()).toEqual(
      new Map([...again, ...ids].map((each, i) => [each, [0, 2][i % 2]]))
    );
    // beside themselves they get others
    const third = (await importing()).ids;
    const all = await colors();
    expect(third.map((each) => all.get(each))).toEqual([1, 3]);
  });

  test("what is no run is refused in a sentence", async () => {
    const engine = makeEngine();
    await engine.start();
    const bytes = (text: string) => new TextEncoder().encode(text);
    const importing = (files: [string, Uint8Array][]) =>
      engine.call("importRuns", {files: new Map(files)});
    await expect(importing([["a.txt", bytes("x")]])).rejects.toThrow(
      "a.txt: no recipe.json (expected a run directory, or a zip of some)"
    );
    await expect(importing([["a.zip", bytes("PK\u0003\u0004garbage")]])).rejects.toThrow(
      /^a\.zip: is no zip archive that can be read/
    );
    await expect(importing([["r/recipe.json", bytes("{}")]])).rejects.toThrow(
      "r: no model/spiece.model (expected the run's vocabulary)"
    );
    await expect(importing([["r/recipe.json", bytes('{"step": 3}')]])).rejects.toThrow(
      "r/recipe.json: unknown field step"
    );
    const {zipSync} = await import("fflate");
    const bomb = zipSync({"r/recipe.json": new Uint8Array(30e6)});
    await expect(importing([["bomb.zip", bomb]])).rejects.toThrow(
      /^bomb\.zip: 30,000,000 bytes unpacked from .*200 times/
    );
  });
});

describe("a lost device", () => {
  test("ends every call", async () => {
    const engine = makeEngine();
    await prepareSmall(engine);
    const {all, onProgress} = collect<"train">();
    const training = engine.call("train", {until: 100000}, {onProgress});
    await vi.waitFor(() => expect(all.length).toBeGreaterThan(0));
    engine.lose("the WebGPU device was lost");
    await expect(training).rejects.toThrow("the WebGPU device was lost");
    await expect(engine.call("model", {})).rejects.toThrow("the WebGPU device was lost");
    await engine.host.reset();
  });

  test("logs no step of what was read after it, and keeps none", async () => {
    await useBackend("wasm");
    const recipe = smallRecipe({capture: {checkpoint_every: 1, evaluate_every: 0}});
    const {bytes} = smallSource() as {bytes: Uint8Array};
    const run = await PretrainingRun.prepare(recipe, readText(bytes, "text.txt"));
    const reported: number[] = [];
    const saved: number[] = [];
    const loop = trainLoop(run, {
      until: 8,
      signal: new AbortController().signal,
      report: (value) => {
        if (value.kind === "steps") reported.push(...value.rows.map(({step}) => step));
      },
      save: async ({step}) => void saved.push(step),
      isMine: () => true,
      isDeviceLost: () => run.step >= 3
    });
    await expect(loop).rejects.toThrow("the device was lost in step 3");
    expect(saved).toEqual([1, 2]);
    expect(Math.max(0, ...reported)).toBeLessThan(3);
    await run.dispose();
  });
});
