/** `tasks` as a user runs it: from folders in published layouts to a table beside baselines. */
import {execFile} from "node:child_process";
import {mkdir, mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {hostname, tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {promisify} from "node:util";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {projectRoot} from "../../bin/process.js";
import {findTasks, taskLabel} from "../../bin/taskFolder.js";
import {generatedDataset} from "../../src/lib/finetune/generated.js";
import type {TaskOutcome} from "../../src/lib/finetune/taskTable.js";

let folder = "";
const at = (...names: string[]) => join(folder, ...names);

const pairs = (n: number, seed: number) => {
  const data = generatedDataset("mrpc", {n, seed});
  if (data.kind !== "classification") throw new Error("expected classes");
  return data.examples;
};

const model = {embedding_size: 4, hidden_size: 6, num_attention_heads: 2, intermediate_size: 11};
const tiny = {model, tokenizer: {vocab_size: 120}, steps: 2};
const plan = {
  words: tiny,
  names: tiny,
  languages: tiny,
  pairs: {rows: 32},
  recipes: {
    mrpc: {steps: 3, text_pairs: "joint"},
    stsb: {steps: 3},
    ner: {steps: 3},
    squad: {steps: 2}
  }
};

const conll = "Mara\tB-PER\nwatered\tO\nroses\tO\n\nin\tO\nBrennick\tB-LOC\n\n".repeat(8);
const squad = JSON.stringify({data: [{paragraphs: []}]});
const files: Record<string, string> = {
  "plan.json": JSON.stringify(plan),
  "data/README.md": "not a task",
  "data/glue/README.md": "not a task either",
  "data/MRPC/msr_paraphrase_train.txt": `\uFEFFQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n${pairs(
    30,
    1
  )
    .map(({text, pair, label}) => `${label}\t1\t2\t${text}\t${pair}\n`)
    .join("")}`,
  "data/MRPC/msr_paraphrase_test.txt": "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n",
  "data/STS-B/train.csv": pairs(24, 2)
    .map(({text, pair}, i) => `"${text}","${pair}",${(i % 11) / 2}\n`)
    .join(""),
  "data/STS-B/dev.csv": pairs(12, 3)
    .map(({text, pair}, i) => `"${text}","${pair}",${(i % 11) / 2}\n`)
    .join(""),
  "data/entities/emerging.train.conll": conll,
  "data/entities/emerging.dev.conll": conll,
  "data/MNLI/train.tsv": "",
  "data/MNLI/dev_matched.tsv": "",
  "data/MNLI/dev_mismatched.tsv": "",
  "data/xquad/xquad.de.json": squad,
  "data/xquad/xquad.en.json": squad
};

const tasks = (...args: string[]) =>
  promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "bin/albert.ts", "tasks", at("plan.json"), "--output", at("run"), ...args],
    {cwd: projectRoot}
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "albert-tasks-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(at(name)), {recursive: true});
    await writeFile(at(name), text);
  }
});

afterAll(() => rm(folder, {recursive: true, force: true}));

test("findTasks knows published layouts by their folders and files", async () => {
  const found = await findTasks(at("data"));
  const names = found.map(({task, train, dev}) => [
    task.id,
    train.slice(at("data/").length),
    dev && dev.slice(at("data/").length)
  ]);
  expect(names).toEqual([
    ["mrpc", "MRPC/msr_paraphrase_train.txt", null],
    ["stsb", "STS-B/train.csv", "STS-B/dev.csv"],
    ["mnli", "MNLI/train.tsv", "MNLI/dev_matched.tsv"],
    ["ner", "entities/emerging.train.conll", "entities/emerging.dev.conll"],
    ["squad", "xquad/xquad.en.json", null]
  ]);
  expect((await findTasks(at("data/STS-B"))).map(({task}) => task.id)).toEqual(["stsb"]);
  const inLanguages = await findTasks(at("data/xquad"), ["de", "fr", "en"]);
  expect(inLanguages.map((files) => [taskLabel(files), files.train])).toEqual([
    ["squad-de", at("data/xquad/xquad.de.json")],
    ["squad-en", at("data/xquad/xquad.en.json")]
  ]);
});

describe("tasks PLAN.json --data DIR --output DIR", () => {
  const asked = ["--data", "", "--only", "mrpc,STS-B,ner", "--seeds", "2"];

  test("pretrains, practises, fine-tunes over seeds and prints scores beside baselines", async () => {
    asked[1] = at("data");
    const {stdout, stderr} = await tasks(...asked);
    expect(stderr).toBe("");
    expect(stdout).toContain("note: MNLI is not read: train.tsv: the file is empty");
    const table = stdout.slice(stdout.lastIndexOf("task  metric"));
    expect(table).toMatch(/^mrpc +accuracy +6 +2 .*majority class [\d.]+, bag of words [\d.]+$/m);
    expect(table).toMatch(/^stsb +pearson +12 +2 .*word overlap -?[\d.]+$/m);
    expect(table).toMatch(/^ner +f1 +16 +2 .*most frequent tag of a word 1.000$/m);
    const outcomes = JSON.parse(await readFile(at("run/results.json"), "utf8")) as TaskOutcome[];
    expect(outcomes.map(({task, seed}) => `${task} ${seed}`)).toEqual([
      "mrpc 1",
      "mrpc 2",
      "stsb 1",
      "stsb 2",
      "ner 1",
      "ner 2"
    ]);
    // Both seeds are scored on the same held-out rows.
    expect(outcomes[0]!.baselines).toEqual(outcomes[1]!.baselines);
    const text = await readFile(at("run/starts/words.txt"), "utf8");
    expect(text).toContain(pairs(30, 1)[0]!.text);
    expect(text).not.toContain("Mara watered roses");
    expect(await readFile(at("run/starts/names.txt"), "utf8")).toContain("Mara watered roses");
  });

  test("one process at a time writes in a folder", async () => {
    const lock = at("run", ".lock");
    await writeFile(lock, JSON.stringify({pid: process.pid, host: hostname()}));
    const held = await tasks("--data", at("data"), "--only", "mrpc").catch(
      (error: unknown) => error
    );
    expect(held).toMatchObject({code: 1});
    expect((held as {stderr: string}).stderr).toMatch(
      new RegExp(`run: process ${process.pid} of .* is writing here`)
    );
    await rm(lock);
  });

  test("goes on where it stopped", async () => {
    await rm(at("run/ner/seed-2/report.json"));
    const {stdout} = await tasks(...asked);
    expect(stdout).toContain("named entities, seed 2");
    expect(stdout).not.toMatch(/pretraining|seed 1|STS-B, seed/);
  });

  test("keeps the results of the tasks that are not asked for again", async () => {
    const {stdout} = await tasks("--data", at("data"), "--only", "ner", "--seeds", "1");
    expect(stdout).toMatch(/^stsb +pearson +12 +2 /m);
    const outcomes = JSON.parse(await readFile(at("run/results.json"), "utf8")) as TaskOutcome[];
    expect(outcomes.map(({task, seed}) => `${task} ${seed}`)).toEqual([
      ...["mrpc 1", "mrpc 2", "stsb 1", "stsb 2", "ner 1", "ner 2"]
    ]);
    const csv = await readFile(at("run/results.csv"), "utf8");
    expect(
      new Set(
        csv
          .trim()
          .split("\n")
          .slice(1)
          .map((line) => line.split(",")[0])
      )
    ).toEqual(new Set(["mrpc", "stsb", "ner"]));
  });

  test("similarity begins from words and is read apart; both texts of paraphrases stand in one row here", async () => {
    const head = async (task: string) =>
      JSON.parse(await readFile(at(`run/${task}/seed-1/model/config.json`), "utf8")) as {
        architectures: string[];
      };
    expect((await head("stsb")).architectures).toEqual(["AlbertForTextPairs"]);
    expect((await head("mrpc")).architectures).toEqual(["AlbertForSequenceClassification"]);
  });

  test("questions in several languages begin from one model that reads all of them", async () => {
    const contexts = (word: string) =>
      JSON.stringify({
        data: [2, 3, 4, 5, 6].map((i) => ({
          paragraphs: [
            {
              context: `${`${word} `.repeat(i)}${["roses", "film", "story"][i % 3]}. ${word} end.`,
              qas: [
                {
                  id: `${i}`,
                  question: `${word}?`,
                  answers: [
                    {
                      text: "end",
                      answer_start:
                        (word.length + 1) * (i + 1) + ["roses", "film", "story"][i % 3]!.length + 1
                    }
                  ]
                }
              ]
            }
          ]
        }))
      });
    const folder = at("two/xquad");
    await mkdir(folder, {recursive: true});
    await writeFile(join(folder, "xquad.en.json"), contexts("garden"));
    await writeFile(join(folder, "xquad.zh.json"), contexts("花园"));
    const args = ["--data", at("two"), "--languages", "en,zh", "--seeds", "1"];
    const {stdout} = await tasks(...args);
    expect(stdout).toMatch(/^squad-en +f1 +1 +1 /m);
    expect(stdout).toMatch(/^squad-zh +exact_match +1 +1 /m);
    expect(stdout).toMatch(/xquad.zh.json: .* 0% of the characters unknown/);
    const text = await readFile(at("run/starts/languages.txt"), "utf8");
    expect(text).toContain("garden garden");
    expect(text).toContain("花园 花园");
    expect(text).not.toContain("Mara");
  });

  test("says what is wrong in one line", async () => {
    const said = (...args: string[]) =>
      tasks(...args).then(
        () => "nothing",
        (error: {stderr: string}) => error.stderr
      );
    expect(await said("--data", at("data"), "--only", "cola")).toMatch(
      /^--only cola: .*data holds no such task\n$/
    );
    expect(await said("--data", at("data"), "--languages", "en,xx")).toMatch(
      /^--languages (en|xx): .*data holds no SQuAD file of that language \(expected .*\n$/
    );
    expect(await said("--data", at("data/glue"))).toMatch(/glue: no task found \(expected .*\n$/);
  });
});
