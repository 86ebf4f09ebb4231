/** `domain` and `coverage` as a user runs them. */
import {execFile} from "node:child_process";
import {mkdir, mkdtemp, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {promisify} from "node:util";
import {afterAll, beforeAll, expect, test} from "vitest";
import {projectRoot} from "../../bin/process.js";
import {writeModelFolder} from "../../src/lib/albert/checkpoint/write.js";
import {makeConfig} from "../../src/lib/albert/config.js";
import {initParameters} from "../../src/lib/albert/specs.js";
import type {DomainResult} from "../../src/lib/engine/fineTuning/domain.js";
import {tokenizer} from "../lib/finetune/tokenizer.js";

let folder = "";
const at = (...names: string[]) => join(folder, ...names);

const albert = (...args: string[]) =>
  promisify(execFile)(process.execPath, ["--import", "tsx", "bin/albert.ts", ...args], {
    cwd: projectRoot
  }).then(
    ({stdout}) => stdout,
    (error: {stderr: string}) => error.stderr
  );

const words = ["kettle", "garden", "roses", "film", "story"];
const law = Array.from(
  {length: 700},
  (_, i) => `case ${i}: the ${words[i % 5]} of the ${words[(i * 3) % 4]}`
);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "albert-domain-"));
  const config = makeConfig({
    vocabSize: tokenizer.vocabSize,
    embeddingSize: 4,
    hiddenSize: 6,
    numHiddenLayers: 1,
    numAttentionHeads: 2,
    intermediateSize: 11,
    maxPositionEmbeddings: 32,
    initializerRange: 0.1
  });
  await mkdir(at("model"));
  const model = writeModelFolder({config, parameters: initParameters(config, 2), tokenizer});
  for (const [name, bytes] of model) await writeFile(at("model", name), bytes);
  await writeFile(at("law.txt"), law.join("\n"));
  await writeFile(at("tiny.json"), '{"steps": 2, "batch": {"size": 4}}');
  const rows = law.slice(0, 30).map((text, i) => `${text}\t${i % 2}`);
  await writeFile(at("rows.tsv"), `sentence\tlabel\n${rows.join("\n")}\n`);
  await writeFile(at("zh.txt"), "河流很高。\n花园很安静。\n");
});

afterAll(() => rm(folder, {recursive: true, force: true}));

test("domain goes on, says what changed, and leaves the result and a model", async () => {
  const said = await albert(
    ...["domain", at("tiny.json"), "--model", at("model"), "--text", at("law.txt")],
    ...["--steps", "12", "--learning-rate", "0.02", "--output", at("out")],
    ...["--task", "sst2", "--train", at("rows.tsv"), "--seeds", "2"]
  );
  expect(said).toMatch(/^loss on law.txt: .* 95 % interval -\d.* \(\d+ batches\)$/m);
  expect(said).toMatch(/^loss on the generated language: /m);
  expect(said).toMatch(/^SST-2, accuracy: .* \(2 seeds\)$/m);
  const result = JSON.parse(await readFile(at("out/result.json"), "utf8")) as DomainResult;
  expect(result.points.map(({step}) => step)).toEqual([0, 2, 4, 6, 8, 10, 12]);
  expect(result.losses.domain.after).toBeLessThan(result.losses.domain.before);
  const config = await readFile(at("out/model/config.json"), "utf8");
  expect(config).toContain("AlbertForMaskedLM");
});

test("domain says what is missing in one line", async () => {
  const args = ["domain", "--model", at("model"), "--text", at("law.txt"), "--output", at("no")];
  expect(await albert(...args, "--train", at("rows.tsv"))).toMatch(/expected --task\n$/);
  expect(await albert(...args, "--learning-rate", "2")).toMatch(/^--learning-rate: expected/);
  expect(await albert(...args.slice(0, 5))).toMatch(/--output/);
});

test("coverage prints a row a file, for a vocabulary that is given or trained on all of them", async () => {
  const files = [at("law.txt"), at("zh.txt")];
  const given = await albert("coverage", ...files, "--tokenizer", at("model"));
  expect(given).toMatch(/^zh.txt +2 .* (?:[5-9]\d|100)(?:\.\d+)?$/m);
  const trained = await albert(
    ...["coverage", ...files, "--vocabulary", "120", "--output", at("rows.json")]
  );
  expect(trained).toMatch(/^120 pieces$|^1[01]\d pieces$/m);
  const rows = JSON.parse(await readFile(at("rows.json"), "utf8")) as Record<string, number>[];
  expect(rows.map((row) => row["unknown characters, %"])).toEqual([0, 0]);
  expect(await albert("coverage", ...files)).toMatch(/either --tokenizer or --vocabulary/);
});
