/** R22–R28: whatever a file or an address holds, it is read or refused in a sentence. */
import {readdirSync, readFileSync} from "node:fs";
import {join} from "node:path";
import fc from "fast-check";
import {zipSync} from "fflate";
import {beforeAll, describe, expect, test} from "vitest";
import {importRuns, runDirectory} from "../../src/lib/engine/runArchive.js";
import {readTask} from "../../src/lib/finetune/readTask.js";
import {fineTuneTask} from "../../src/lib/finetune/tasks.js";
import {readLink} from "../../src/lib/link/link.js";
import {parseRecipe} from "../../src/lib/recipe/recipe.js";
import {recipeLink} from "../../src/lib/recipe/url.js";
import {memoryRoot} from "../../src/lib/store/files.js";
import {listRuns, readHistory, type RunEntry} from "../../src/lib/store/runs.js";
import {makeEngine, prepareSmall} from "../lib/engine/hostPort.js";
import {edit, mutate, tame, type Edit} from "../lib/mutations.js";
import {Tally} from "./tally.js";

const edits = fc.array(edit, {minLength: 1, maxLength: 4});
const encode = (text: string) => new TextEncoder().encode(text);

/** Runs a property and counts what came of it. */
async function sweep<T>(
  tally: Tally,
  runs: number,
  seed: number,
  values: fc.Arbitrary<T>,
  property: (value: T) => Promise<void>
): Promise<void> {
  const result = await fc.check(fc.asyncProperty(values, property), {seed, numRuns: runs});
  const failure = result.failed ? [fc.defaultReportMessage(result) ?? "failed"] : [];
  tally.count(result.numRuns, failure);
}

describe("task files (R25)", () => {
  const sound: [task: string, name: string, text: string][] = [
    ["sst2", "a.tsv", "sentence\tlabel\na good film\t1\na bad one\t0\n"],
    ["mrpc", "a.csv", 'label,sentence1,sentence2\n1,"one, two",two\n0,three,"fo""ur"\n'],
    ["stsb", "a.jsonl", '{"sentence1":"a b","sentence2":"c d","score":2.5}\n'],
    ["ner", "a.txt", "Ann B-PER\nlives O\nin O\nRome B-LOC\n\nBob B-PER\nsits O\n"],
    [
      "squad",
      "a.json",
      JSON.stringify({
        data: [
          {
            title: "t",
            paragraphs: [
              {
                context: "Ann lives in Rome.",
                qas: [{id: "1", question: "Where?", answers: [{text: "Rome", answer_start: 13}]}]
              }
            ]
          }
        ]
      })
    ]
  ];

  test("5,000 broken files of five tasks", async () => {
    const tally = new Tally("R25", "task files with changed bytes: TSV, CSV, JSONL, CoNLL, SQuAD");
    for (const [i, [task, name, text]] of sound.entries()) {
      const bytes = encode(text);
      expect(readTask(bytes, name, fineTuneTask(task)).examples.length).toBeGreaterThan(0);
      await sweep(tally, 1000, i, edits, async (changes) => {
        await tame(() => readTask(mutate(bytes, changes), name, fineTuneTask(task)));
      });
    }
    tally.finish("nothing; each was read or refused in one sentence");
  });
});

describe("archives of runs (R22, R23)", () => {
  let directory: Map<string, Uint8Array>;
  let other: RunEntry;
  beforeAll(async () => {
    const engine = makeEngine();
    const {id} = await prepareSmall(engine);
    await engine.call("train", {until: 5});
    directory = await runDirectory(engine.store, id);
    other = (await listRuns(engine.store)).runs[0]!;
  });

  /** What the pages count on of every run in the list. */
  async function check(files: Map<string, Uint8Array>): Promise<void> {
    const root = memoryRoot();
    const made = await tame(() => importRuns(root, files, () => {}));
    const {runs, problems} = await listRuns(root);
    expect(problems).toEqual([]);
    expect(runs.length).toBe(made?.ids.length ?? 0);
    for (const run of runs) {
      const {label, evaluation, versions, parent, checkpoints} = run;
      for (const text of [run.corpus, label.name, label.notes, ...label.tags, run.savedAt])
        expect(typeof text).toBe("string");
      expect(Array.isArray(label.tags)).toBe(true);
      expect(Object.values(versions).every((each) => typeof each === "string")).toBe(true);
      expect(Number.isNaN(Date.parse(run.savedAt))).toBe(false);
      expect(checkpoints.length).toBeGreaterThan(0);
      if (parent) expect(typeof parent.id).toBe("string");
      if (evaluation) expect(Number.isFinite(evaluation.mlmLoss)).toBe(true);
      const {metrics, evaluations} = await readHistory(root.folder(run.id));
      expect(metrics.every(({step}) => Number.isSafeInteger(step))).toBe(true);
      expect(evaluations.every(({mlmAccuracyInterval: [low, high]}) => low <= high)).toBe(true);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  }

  test("1,500 run directories with changed bytes or values, and zips of them", async () => {
    const tally = new Tally("R22", "run directories and zips with changed bytes or JSON values");
    const names = [...directory.keys()].filter((name) => !name.endsWith("model.safetensors"));
    await sweep(
      tally,
      700,
      1,
      fc.tuple(fc.constantFrom(...names), edits),
      async ([name, changes]) => {
        const bytes = directory.get(name)!;
        // the head of a checkpoint is where its sizes stand
        const end = name.endsWith(".safetensors") ? 600 : bytes.length;
        await check(new Map(directory).set(name, mutate(bytes, changes, end)));
      }
    );
    const jsons = names.filter((name) => name.endsWith(".json") && !name.includes("/"));
    const value = fc.oneof(
      fc.jsonValue({maxDepth: 3}),
      fc.constantFrom<unknown>(null, [], {}, "", 1e308, -1, [null], {__proto__: {x: 1}}),
      fc.record({name: fc.jsonValue(), tags: fc.jsonValue(), notes: fc.jsonValue()}),
      fc.array(fc.record({step: fc.integer(), mlmLoss: fc.jsonValue()})),
      fc.dictionary(fc.constantFrom(...Object.keys(other)), fc.jsonValue({maxDepth: 1}))
    );
    await sweep(tally, 700, 2, fc.tuple(fc.constantFrom(...jsons), value), async ([name, json]) => {
      await check(new Map(directory).set(name, encode(JSON.stringify(json) ?? "")));
    });
    const zip = zipSync(
      Object.fromEntries([...directory].map(([name, bytes]) => [`run/${name}`, bytes]))
    );
    await sweep(tally, 100, 3, edits, async (changes) => {
      await check(new Map([["runs.zip", mutate(zip, changes)]]));
    });
    tally.finish("nothing; each was read or refused in one sentence");
  });

  test("archives that unpack to far more than they are", async () => {
    const tally = new Tally("R23", "zip bombs, paths that climb, names of prototypes");
    const zeros = new Uint8Array(40e6);
    const traps: Record<string, Record<string, Uint8Array>> = {
      bomb: {"r/recipe.json": zeros},
      "many bombs": Object.fromEntries(
        Array.from({length: 30}, (_, i) => [`r/${i}`, zeros.subarray(0, 4e6)])
      ),
      climbing: {"../../recipe.json": encode("{}"), "r/recipe.json": encode("{}")},
      prototype: {"__proto__/recipe.json": encode("{}"), "constructor/recipe.json": encode("{}")}
    };
    for (const [name, tree] of Object.entries(traps))
      await tally.attempt(name, () => check(new Map([[`${name}.zip`, zipSync(tree)]])));
    tally.finish("nothing");
  });
});

describe("addresses (R28)", () => {
  test("10,000 links", async () => {
    const tally = new Tally("R28", "links: random keys and values, changed and overlong queries");
    const keys = [
      ...["backend", "run", "steps", "seed", "corpus", "corpus.url", "corpus.generate.documents"],
      ...["model.hidden_size", "model.embedding_size", "model.sharing", "objective.sentence"],
      ...["__proto__.x", "constructor.prototype.x", "model.__proto__", "model", "batch.size.0", ""]
    ];
    const text = fc.oneof(
      fc.string({unit: "binary", maxLength: 40}),
      fc.constantFrom("-1", "1e999", "NaN", "0x10", "9".repeat(400), "true", "[]", "{}", "null"),
      fc.nat(2 ** 31).map(String),
      fc.constant("a".repeat(9000))
    );
    const pairs = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...keys), text), text), {
      maxLength: 6
    });
    await sweep(tally, 9000, 1, pairs, async (each) => {
      const query = new URLSearchParams(each);
      const {value, problems} = readLink(`?${query}`, recipeLink);
      expect(parseRecipe(value.recipe)).toEqual(value.recipe);
      for (const problem of problems) expect(problem.length).toBeLessThan(1000);
      expect(Object.keys(Object.prototype)).toEqual([]);
    });
    const sound = encode("model.hidden_size=32&steps=20&corpus.generate.documents=4&seed=1");
    await sweep(tally, 1000, 2, edits, async (changes: Edit[]) => {
      readLink(`?${new TextDecoder().decode(mutate(sound, changes))}`, recipeLink);
    });
    tally.finish("nothing");
  });
});

const root = process.env.ALBERT_PARITY_DIR;
test.skipIf(!root)(
  "malformed data files as every task (skipped: no ALBERT_PARITY_DIR)",
  async () => {
    const tally = new Tally("R25", "malformed data files, each read as every task");
    const folder = join(root!, "bad/data");
    for (const name of readdirSync(folder))
      for (const id of ["sst2", "cola", "mrpc", "stsb", "mnli", "ner", "squad"])
        await tally.attempt(`${name} as ${id}`, async () => {
          const bytes = new Uint8Array(readFileSync(join(folder, name)));
          await tame(() => readTask(bytes, name, fineTuneTask(id)));
        });
    tally.finish("nothing");
  }
);
