import {afterEach, expect, test, vi} from "vitest";
import {offeredRun} from "../../../src/lib/engine/offeredRun.js";
import {runFiles, runsFolder} from "../../../src/lib/store/runNames.js";

type Files = Record<string, unknown>;

const missing = () =>
  Promise.reject(Object.assign(new Error("not there"), {name: "NotFoundError"}));

/** As much of a browser's private file system, with one folder for each run, as an offer reads. */
function keep(runs: Record<string, Files>, inUse: string[] = []): void {
  const folders = Object.entries(runs).map(([name, files]) => ({
    kind: "directory",
    name,
    getFileHandle: async (file: string) =>
      file in files
        ? {
            getFile: async () =>
              new Blob([
                typeof files[file] === "string" ? files[file] : JSON.stringify(files[file])
              ])
          }
        : missing()
  }));
  const root = {
    getDirectoryHandle: async (name: string) =>
      name === runsFolder && folders.length > 0
        ? {
            values: async function* () {
              yield {kind: "file", name: "stray"};
              yield* folders;
            }
          }
        : missing()
  };
  vi.stubGlobal("navigator", {
    storage: {getDirectory: async () => root},
    locks: {
      query: async () => ({
        held: inUse.map((id) => ({name: `albert-run-${id}`, mode: "exclusive"}))
      })
    }
  });
}

const run = (step: number, savedAt: string, label?: object): Files => ({
  [runFiles.record]: {version: 2, step, steps: 90, savedAt, recipe: {}},
  ...(label && {[runFiles.label]: label})
});
const [early, late, last] = [
  "2026-01-02T00:00:00.000Z",
  "2026-01-03T00:00:00.000Z",
  "2026-01-04T00:00:00.000Z"
];

afterEach(() => vi.unstubAllGlobals());

test("offers the run that was saved last, with the reader's name, and says whether a tab writes it", async () => {
  keep({a: run(7, late!, {name: "mine", deletedAt: null}), bb: run(5, early!)}, ["a"]);
  const mine = {id: "a", name: "mine", step: 7, steps: 90, savedAt: late, isInUse: true};
  expect(await offeredRun("")).toEqual(mine);
  expect(await offeredRun("?run=a&backend=wasm")).toEqual(mine);
  expect(await offeredRun("?run=bb")).toEqual({
    id: "bb",
    name: "",
    step: 5,
    steps: 90,
    savedAt: early,
    isInUse: false
  });
  expect(await offeredRun("?run=ccc")).toBeNull();
});

test("passes over what is deleted, cut short, begun without a checkpoint or of another version", async () => {
  keep({
    a: run(7, early!),
    deleted: run(8, last!, {name: "gone", deletedAt: late}),
    cut: {[runFiles.record]: '{"version": 2, "st'},
    begun: {},
    newer: {[runFiles.record]: {version: 3, step: 1, steps: 2, savedAt: last}},
    dateless: run(9, "yesterday"),
    halves: run(1.5, last!),
    text: {[runFiles.record]: '"run"'}
  });
  expect((await offeredRun(""))?.id).toBe("a");
  expect(await offeredRun("?run=deleted")).toBeNull();
});

test("offers nothing where nothing is kept, or the browser keeps nothing", async () => {
  keep({});
  expect(await offeredRun("")).toBeNull();
  vi.stubGlobal("navigator", {});
  expect(await offeredRun("")).toBeNull();
});
