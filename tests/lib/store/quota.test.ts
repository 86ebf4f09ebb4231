/** R12: whatever is kept, a disk that is full at any write leaves what was kept before. */
import {beforeAll, describe, expect, test} from "vitest";
import {makeConfig} from "../../../src/lib/albert/config.js";
import {initParameters} from "../../../src/lib/albert/specs.js";
import {readText} from "../../../src/lib/corpus/readText.js";
import {branchRun} from "../../../src/lib/engine/branchRun.js";
import {readSource} from "../../../src/lib/engine/fineTuning/readSource.js";
import {FineTuningRun} from "../../../src/lib/engine/fineTuning/run.js";
import {FineTuningStore} from "../../../src/lib/engine/fineTuning/store.js";
import {summaryOf} from "../../../src/lib/engine/fineTuning/summary.js";
import {PretrainingRun} from "../../../src/lib/engine/run.js";
import {RunStore} from "../../../src/lib/engine/runStore.js";
import {parseFineTuneRecipe} from "../../../src/lib/finetune/recipe.js";
import {listFineTuneRuns} from "../../../src/lib/store/fineTuneRuns.js";
import {exportRuns, importRuns} from "../../../src/lib/engine/runArchive.js";
import {emptyReport} from "../../../src/lib/report/report.js";
import {ReportStore} from "../../../src/lib/report/store.js";
import {memoryRoot, type StoreRoot} from "../../../src/lib/store/files.js";
import {
  keepRecord,
  readRecords,
  type FineTuneRecord,
  type ProbeRecord
} from "../../../src/lib/store/records.js";
import {listRuns, writeLabel} from "../../../src/lib/store/runs.js";
import {unpackZip} from "../../../src/lib/store/unpackZip.js";
import {tokenizer} from "../finetune/tokenizer.js";
import {failing, makeEngine, prepareSmall, smallRecipe, smallSource} from "../engine/hostPort.js";

const tinyConfig = {
  embeddingSize: 6,
  hiddenSize: 8,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  intermediateSize: 12,
  maxPositionEmbeddings: 96,
  initializerRange: 0.1
};

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

const tuned = (at: number): FineTuneRecord => ({
  version: 1,
  id: "b",
  createdAt: new Date(0).toISOString(),
  savedAt: new Date(at).toISOString(),
  summary: {} as FineTuneRecord["summary"],
  evaluations: [],
  steps: [],
  message: String(at)
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

/** Runs that nothing was kept of yet. */
async function newRun() {
  const {bytes, name} = smallSource() as {bytes: Uint8Array; name: string};
  return PretrainingRun.prepare(smallRecipe(), readText(bytes, name));
}

async function newTuning() {
  const recipe = parseFineTuneRecipe({batch: {size: 5, sequence_length: 40}, steps: 3}).recipe;
  const source = {kind: "generated", seed: 3, train: 12, dev: 5} as const;
  const {train, dev} = await readSource("sst2", source, recipe.seed);
  const config = makeConfig({...tinyConfig, vocabSize: tokenizer.vocabSize});
  const start = {name: "tiny", config, tokenizer, data: initParameters(config, 4)};
  const run = await FineTuningRun.prepare(recipe, start, train, dev);
  return {run, start, source};
}

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
    name: "the first checkpoint of a run",
    before: async () => null,
    async again(root) {
      const run = await newRun();
      await new RunStore(root).save(run).finally(() => run.dispose());
    },
    holds: async (root) => (await listRuns(root)).runs.map(({step}) => step).sort(),
    expected: [0, 3]
  },
  {
    name: "the first checkpoint of a fine-tuning run",
    before: async () => null,
    async again(root) {
      const {run, start, source} = await newTuning();
      const createdAt = new Date(0).toISOString();
      const summary = {...summaryOf(run, "pretrained"), id: "tuning", createdAt};
      const store = new FineTuningStore(root);
      store.begin(run, {id: "tuning", start, source, summary, createdAt});
      await store.save(run, null).finally(() => run.dispose());
    },
    holds: async (root) => (await listFineTuneRuns(root)).map(({id, step}) => [id, step]),
    expected: [["tuning", 0]]
  },
  {
    name: "a record of a fine-tuning run",
    before: (root) => keepRecord(root.folder("records"), tuned(1)),
    again: (root) => keepRecord(root.folder("records"), tuned(2)),
    holds: async (root) =>
      (await readRecords<FineTuneRecord>(root.folder("records"))).map(({message}) => message),
    expected: ["2"]
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
  },
  {
    name: "an archive of two runs",
    before: async () => null,
    again: (root) => {
      const twice = ["one.zip", "two.zip"].map((name) => [name, trained.zip.slice()] as const);
      const files = twice.flatMap(([name, zip]) =>
        [...unpackZip(name, zip)].map(([path, bytes]) => [`${name}/${path}`, bytes] as const)
      );
      return importRuns(root, new Map(files), () => {});
    },
    holds: async (root) => (await listRuns(root)).runs.map(({step}) => step),
    expected: [3, 3, 3]
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
