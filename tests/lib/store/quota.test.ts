/** R12: whatever is kept, a disk that is full at any write leaves what was kept before. */
import {beforeAll, describe, expect, test} from "vitest";
import {branchRun} from "../../../src/lib/engine/branchRun.js";
import {exportRuns, importRuns} from "../../../src/lib/engine/runArchive.js";
import {emptyReport} from "../../../src/lib/report/report.js";
import {ReportStore} from "../../../src/lib/report/store.js";
import {memoryRoot, type StoreRoot} from "../../../src/lib/store/files.js";
import {keepRecord, readRecords, type ProbeRecord} from "../../../src/lib/store/records.js";
import {listRuns, writeLabel} from "../../../src/lib/store/runs.js";
import {failing, makeEngine, prepareSmall} from "../engine/hostPort.js";

const message =
  /^the browser has no room for [\d.]+ MB more\. Delete runs you no longer need \(page Runs\), then try again$/;

/** Every file of a root, as text. */
async function everything(root: StoreRoot): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const folder of await root.folders())
    for (const name of await root.folder(folder).list())
      files.set(`${folder}/${name}`, String(await root.folder(folder).read(name)));
  return files;
}

/** A root that a run of three steps was kept in, and the run's archive. */
const trained = {id: "", zip: new Uint8Array() as Uint8Array};
async function withRun(): Promise<StoreRoot> {
  const root = memoryRoot();
  await importRuns(root, new Map([["run.zip", trained.zip.slice()]]), () => {});
  return root;
}

beforeAll(async () => {
  const root = memoryRoot();
  const engine = makeEngine({store: root});
  trained.id = (await prepareSmall(engine)).id;
  await engine.call("train", {until: 3});
  trained.zip = await exportRuns(root, [trained.id], () => {});
});

const probe = (value: number): ProbeRecord => ({
  version: 1,
  id: "a",
  savedAt: new Date(0).toISOString(),
  model: "m",
  runId: null,
  task: "t",
  probe: "linear",
  scores: [{depth: 0, metric: "acc", value, control: null, n: 7, seed: 1}]
});

/** What can be kept, each over something of its kind that is there already. */
const kinds: {
  name: string;
  before(root: StoreRoot): Promise<unknown>;
  again(root: StoreRoot): Promise<unknown>;
  holds(root: StoreRoot): Promise<unknown>;
  expected: unknown;
}[] = [
  {
    name: "a record of a probe",
    before: (root) => keepRecord(root.folder("records"), probe(0.5)),
    again: (root) => keepRecord(root.folder("records"), probe(0.75)),
    holds: async (root) => {
      const [record] = await readRecords<ProbeRecord>(root.folder("records"));
      return record!.scores[0]!.value;
    },
    expected: 0.75
  },
  {
    name: "the report",
    before: (root) =>
      new ReportStore(Promise.resolve(root.folder("now"))).replace({...emptyReport, title: "one"}),
    again: (root) =>
      new ReportStore(Promise.resolve(root.folder("now"))).change((report) => ({
        ...report,
        title: `${report.title}, two`
      })),
    holds: async (root) =>
      (await new ReportStore(Promise.resolve(root.folder("now"))).load()).title,
    expected: "one, two"
  },
  {
    name: "the label of a run",
    before: (root) => writeLabel(root, trained.id, {name: "one"}),
    again: (root) => writeLabel(root, trained.id, {notes: "two"}),
    holds: async (root) => {
      const {name, notes} = (await listRuns(root)).runs[0]!.label;
      return [name, notes];
    },
    expected: ["one", "two"]
  },
  {
    name: "a branch of a run",
    before: async () => null,
    again: (root) => branchRun(root, trained.id, 3, {steps: 20}),
    holds: async (root) => (await listRuns(root)).runs.map(({steps}) => steps).sort(),
    expected: [20, 8]
  },
  {
    name: "an imported run",
    before: async () => null,
    again: (root) => importRuns(root, new Map([["run.zip", trained.zip.slice()]]), () => {}),
    holds: async (root) => (await listRuns(root)).runs.map(({step}) => step),
    expected: [3, 3]
  }
];

describe("a full disk", () => {
  test.each(kinds)(
    "$name: nothing is changed, nothing is left over, and a second try works",
    async (kind) => {
      let failures = 0;
      for (let k = 0; ; ++k) {
        const root = await withRun();
        await kind.before(root);
        const before = await everything(root);
        const at = {left: k};
        const full = failing(root, at);
        const error = await kind.again(full).then(
          () => null,
          (thrown: Error) => thrown
        );
        if (error) {
          failures += 1;
          expect(error.name).toBe("QuotaError");
          expect(error.message).toMatch(message);
          expect(await everything(root)).toEqual(before);
          at.left = Infinity;
          await kind.again(full);
        }
        expect(await kind.holds(root)).toEqual(kind.expected);
        if (!error) break;
      }
      expect(failures).toBeGreaterThan(0);
    }
  );
});
