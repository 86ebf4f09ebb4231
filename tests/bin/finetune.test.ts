/** `finetune` and `evaluate` as a user runs them: what they print and the files they leave. */
import {execFile, spawn} from "node:child_process";
import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from "node:fs/promises";
import {hostname, tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {promisify} from "node:util";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {projectRoot} from "../../bin/process.js";
import {writeModelFolder} from "../../src/lib/albert/checkpoint/write.js";
import {makeConfig} from "../../src/lib/albert/config.js";
import {initParameters} from "../../src/lib/albert/specs.js";
import {tokenizer} from "../lib/finetune/tokenizer.js";

let folder = "";
const at = (...names: string[]) => join(folder, ...names);

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

const commandOf = (args: readonly string[]) => [
  ...["--import", "tsx", join(projectRoot, "bin/albert.ts")],
  ...args
];

/** `npm run -s albert -- …args`, without npm. */
async function albert(...args: string[]): Promise<Ended> {
  try {
    const {stdout, stderr} = await promisify(execFile)(process.execPath, commandOf(args), {
      cwd: projectRoot
    });
    return {code: 0, stdout, stderr};
  } catch (error) {
    const {code, stdout, stderr} = error as Ended;
    return {code, stdout, stderr};
  }
}

const words = ["kettle", "garden", "roses", "film", "story", "brennick"];
const sst = (n: number, from = 0) =>
  `sentence\tlabel\n${Array.from({length: n}, (_, i) => {
    const good = (i + from) % 2;
    return `the ${words[(i + from) % 6]} is ${good ? "lovely" : "dull"} and ${words[(i * 5) % 6]}\t${good}\n`;
  }).join("")}`;

const recipe = {
  optimizer: {learning_rate: 0.02},
  batch: {size: 8, sequence_length: 32},
  steps: 120,
  seed: 5
};

const files: Record<string, string> = {
  "recipe.json": JSON.stringify(recipe),
  "train.tsv": sst(64),
  "dev.tsv": sst(20, 3),
  "apart.json": JSON.stringify({...recipe, steps: 60, text_pairs: "late_interaction"}),
  "pairs.csv": Array.from({length: 48}, (_, i) => {
    const same = i % 6;
    const text = (from: number) =>
      words.map((word, w) => (w < same ? word : words[(w + from) % 6]));
    return `"${text(0).join(" ")}","${text(1 + (i % 4)).join(" ")}",${same}\n`;
  }).join(""),
  "bad.tsv": `${sst(3)}fine\t7\n`,
  "test.tsv": "index\tsentence\n0\ta lovely film\n1\ta dull film\n",
  "train.conll": "Mara\tB-PER\nwatered\tO\nroses\tO\n\nin\tO\nbrennick\tB-LOC\n\n".repeat(8),
  "words.conll": "Mara\nwatered\nroses\n\nBrennick\n",
  "open.json": JSON.stringify({
    data: [{paragraphs: [{context: "mara told of roses", qas: [{id: "q1", question: "of what?"}]}]}]
  }),
  "squad.json": JSON.stringify({
    data: words.map((word, i) => ({
      paragraphs: [
        {
          context: `mara told nobody of the ${word} in brennick`,
          qas: [{id: `${i}`, question: "told of what?", answers: [{text: word, answer_start: 24}]}]
        }
      ]
    }))
  }),
  "mail.csv": `body,topic\n${"the kettle is old,home\na lovely film,art\na garden of roses,home\n".repeat(6)}`
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "albert-finetune-"));
  const config = makeConfig({
    vocabSize: tokenizer.vocabSize,
    embeddingSize: 12,
    hiddenSize: 16,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    intermediateSize: 24,
    maxPositionEmbeddings: 48,
    initializerRange: 0.1
  });
  const model = writeModelFolder({config, parameters: initParameters(config, 2), tokenizer});
  await mkdir(at("model"));
  for (const [name, bytes] of model) await writeFile(at("model", name), bytes);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(at(name)), {recursive: true});
    await writeFile(at(name), text);
  }
});

afterAll(() => rm(folder, {recursive: true, force: true}));

const finetune = (task: string, train: string, dev: string, output: string, ...rest: string[]) =>
  albert(
    ...["finetune", at("recipe.json"), "--model", at("model"), "--task", task],
    ...["--train", at(train), "--dev", at(dev), "--output", at(output), ...rest]
  );
const evaluate = (model: string, task: string, data: string, ...rest: string[]) =>
  albert("evaluate", "--model", at(model), "--task", task, "--data", at(data), ...rest);

describe("finetune RECIPE.json --model DIR --task T", () => {
  test("learns, prints the metric beside the baselines, and evaluate scores what it left", async () => {
    const ended = await finetune("sst2", "train.tsv", "dev.tsv", "sst");
    expect(ended).toMatchObject({code: 0, stderr: ""});
    expect(ended.stdout).toMatch(/majority class: accuracy 0.500/);
    const [, accuracy] = /sst2 dev: accuracy ([\d.]+) \(step \d+ of 120/.exec(ended.stdout)!;
    expect(Number(accuracy)).toBeGreaterThan(0.8);
    expect((await readdir(at("sst"))).sort()).toEqual([
      "metrics.csv",
      "model",
      "predictions.tsv",
      "recipe.json",
      "report.json"
    ]);
    const scored = await evaluate("sst", "sst2", "dev.tsv");
    expect(scored).toMatchObject({code: 0, stderr: ""});
    const metrics = JSON.parse(scored.stdout) as Record<string, number>;
    expect(metrics.accuracy!.toFixed(3)).toBe(accuracy);
    expect(metrics).toMatchObject({task: "sst2", examples: 20});
  });

  test("the same recipe and files give the same model to the last bit", async () => {
    await finetune("sst2", "train.tsv", "dev.tsv", "again");
    const [first, second] = await Promise.all(
      ["sst", "again"].map((run) => readFile(at(run, "model/model.safetensors")))
    );
    expect(second!.equals(first!)).toBe(true);
  });

  test("killed, it goes on with --resume to the same model", {retry: 2}, async () => {
    const output = at("killed");
    await rm(output, {recursive: true, force: true});
    const argv = [
      ...["finetune", at("recipe.json"), "--model", at("model"), "--task", "sst2"],
      ...["--train", at("train.tsv"), "--dev", at("dev.tsv"), "--output", output]
    ];
    const child = spawn(process.execPath, commandOf(argv), {cwd: projectRoot, stdio: "ignore"});
    const ended = new Promise<string | null>((resolve) =>
      child.on("exit", (_, signal) => resolve(signal))
    );
    const isKept = async () => {
      const names = await readdir(join(output, "checkpoints")).catch(() => []);
      return names.some((name) => /^step-\d+\.safetensors$/.test(name));
    };
    while (!(await isKept()) && child.exitCode === null)
      await new Promise((later) => setTimeout(later, 5));
    child.kill("SIGKILL");
    expect(await ended, "it ended before it was killed").toBe("SIGKILL");
    const again = await albert(...argv);
    expect(again.stderr).toMatch(/killed: holds a run already \(use --resume/);
    const resumed = await albert(...argv, "--resume");
    expect(resumed).toMatchObject({code: 0, stderr: ""});
    expect(resumed.stdout).toMatch(/going on from step \d+/);
    const [first, second] = await Promise.all(
      ["sst", "killed"].map((run) => readFile(at(run, "model/model.safetensors")))
    );
    expect(second!.equals(first!)).toBe(true);
    const report = async (run: string) => {
      const {best, evaluations, report} = JSON.parse(
        await readFile(at(run, "report.json"), "utf8")
      ) as Record<string, unknown>;
      return {best, evaluations, report};
    };
    expect(await report("killed")).toEqual(await report("sst"));
    expect(await readdir(output)).not.toContain("checkpoints");
  });

  test("one process at a time writes in a folder", async () => {
    await mkdir(at("held"));
    const holder = JSON.stringify({pid: process.pid, host: hostname()});
    await writeFile(at("held", ".lock"), holder);
    const {code, stderr} = await finetune("sst2", "train.tsv", "dev.tsv", "held");
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`held: process ${process.pid} of .* is writing here`));
    expect(await readdir(at("held"))).toEqual([".lock"]);
    expect(await readFile(at("held", ".lock"), "utf8")).toBe(holder);
  });

  test("two texts read apart: what is written is read back with the same score", async () => {
    const ended = await albert(
      ...["finetune", at("apart.json"), "--model", at("model"), "--task", "stsb"],
      ...["--train", at("pairs.csv"), "--dev", at("pairs.csv"), "--output", at("apart")]
    );
    expect(ended).toMatchObject({code: 0, stderr: ""});
    const [, pearson] = /stsb dev: pearson ([\d.]+)/.exec(ended.stdout)!;
    expect(Number(pearson)).toBeGreaterThan(0.7);
    const scored = await evaluate("apart", "stsb", "pairs.csv");
    expect(scored.code).toBe(0);
    expect((JSON.parse(scored.stdout) as {pearson: number}).pearson.toFixed(3)).toBe(pearson);
    const card = await readFile(at("apart/model/README.md"), "utf8");
    expect(card).toContain("model = AlbertModel.from_pretrained");
    expect((await evaluate("apart", "sst2", "dev.tsv")).stderr).toMatch(
      /architectures is AlbertForTextPairs, expected AlbertForSequenceClassification for sst2/
    );
  });

  test("writes GLUE's submission for a test set without labels", async () => {
    const path = at("SST-2.tsv");
    const ended = await evaluate("sst", "sst2", "test.tsv", "--submission", path);
    expect(ended.code).toBe(0);
    expect(await readFile(path, "utf8")).toMatch(/^index\tprediction\n0\t[01]\n1\t[01]\n$/);
    expect(JSON.parse(ended.stdout)).toEqual({task: "sst2", data: "test.tsv", examples: 2});
  });

  test.each([
    ["ner", "train.conll", "f1", []],
    ["squad", "squad.json", "exact_match", []],
    ["classification", "mail.csv", "macro_f1", ["--text-column", "body", "--label-column", "topic"]]
  ])("%s", async (task, file, metric, columns) => {
    const ended = await finetune(task, file, file, `run-${task}`, ...columns);
    expect(ended).toMatchObject({code: 0, stderr: ""});
    expect(ended.stdout).toMatch(new RegExp(`${task} dev: .*${metric} [\\d.]+`));
    const scored = await evaluate(`run-${task}`, task, file, ...columns);
    expect(scored.code).toBe(0);
    expect(JSON.parse(scored.stdout)).toHaveProperty(metric);
  });

  test.each([
    ["ner", "words.conll", /^Mara\t(?:O|[BI]-\w+)\n/],
    ["squad", "open.json", /^\{\s*"q1": "/]
  ])("%s: predicts for a test set without labels", async (task, file, predicted) => {
    const path = at(`${file}.predicted`);
    const ended = await evaluate(`run-${task}`, task, file, "--predictions", path);
    expect(ended).toMatchObject({code: 0});
    expect(Object.keys(JSON.parse(ended.stdout) as object)).toEqual(["task", "data", "examples"]);
    expect(await readFile(path, "utf8")).toMatch(predicted);
    const refused = await evaluate(`run-${task}`, task, file);
    expect(refused).toMatchObject({code: 1, stdout: ""});
  });

  test("curve runs a plan, and goes on where it stopped", async () => {
    const plan = {
      task: "sst2",
      sizes: [16],
      seeds: 2,
      dev: 20,
      settings: [{name: "pretrained"}, {name: "random", start: "random", sharing: "none"}],
      recipe: {steps: 3}
    };
    await writeFile(at("plan.json"), JSON.stringify(plan));
    const call = () =>
      albert("curve", at("plan.json"), "--model", at("model"), "--output", at("c"));
    const first = await call();
    expect(first).toMatchObject({code: 0, stderr: ""});
    expect(first.stdout).toMatch(/random · 16 rows · seed 2 · last [\d.]+/);
    const second = await call();
    expect(second.stdout).not.toMatch(/seed 2/);
    expect(second.stdout).toMatch(/pretrained · 16 rows: [\d.]+ \([\d.]+ to [\d.]+, 2 seeds\)/);
    const {results} = JSON.parse(await readFile(at("c", "results.json"), "utf8")) as {
      results: object[];
    };
    expect(results.length).toBe(4);
  });

  test("says what is wrong in one line", async () => {
    const cases: [Promise<Ended>, RegExp][] = [
      [
        finetune("sst2", "bad.tsv", "dev.tsv", "x"),
        /^bad.tsv: line 5: label '7' \(expected 0 to 1\)\n$/
      ],
      [
        finetune("sst9", "train.tsv", "dev.tsv", "x"),
        /^task sst9 is unknown \(expected one of cola/
      ],
      [finetune("sst2", "none.tsv", "dev.tsv", "x"), /none.tsv: no such file or folder\n$/],
      [finetune("sst2", "train.tsv", "dev.tsv", "sst"), /sst: holds a run already/],
      [
        evaluate("model", "sst2", "dev.tsv"),
        /architectures is AlbertForPreTraining, expected AlbertForSequence/
      ],
      [evaluate("sst", "mnli", "dev.tsv"), /2 labels, expected 3 for mnli/]
    ];
    for (const [call, message] of cases) {
      const {code, stderr} = await call;
      expect(stderr).toMatch(message);
      expect(stderr.split("\n").length).toBe(2);
      expect(code).toBe(1);
    }
  });
});
