/** The terminal as a user runs it: one process a call, what it prints, and the files it leaves. */
import {execFile} from "node:child_process";
import {cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {promisify} from "node:util";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {projectRoot} from "../../bin/process.js";
import {readSafetensors, writeSafetensors} from "../../src/lib/albert/checkpoint/safetensors.js";
import {readState} from "../../src/lib/albert/checkpoint/state.js";
import {metricsHeader} from "../../src/lib/engine/metrics.js";
import {parseRecipe} from "../../src/lib/recipe/recipe.js";
import {smallText} from "../lib/engine/hostPort.js";

let folder = "";
const at = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "albert-terminal-"));
  const lines = `${smallText}\n\n${smallText}\n${smallText.slice(0, 300)}`.split("\n").slice(0, 40);
  await writeFile(at("text.txt"), lines.join("\n"));
});

afterAll(() => rm(folder, {recursive: true, force: true}));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** `npm run -s albert -- …args`, without npm. */
async function albert(...args: string[]): Promise<Ended> {
  const program = join(projectRoot, "bin/albert.ts");
  const command = ["--import", "tsx", program, ...args];
  try {
    const {stdout, stderr} = await promisify(execFile)(process.execPath, command, {
      cwd: projectRoot
    });
    return {code: 0, stdout, stderr};
  } catch (error) {
    const {code, stdout, stderr} = error as Ended;
    return {code, stdout, stderr};
  }
}

const recipe = (changes: object = {}) => ({
  model: {
    embedding_size: 6,
    hidden_size: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 12
  },
  tokenizer: {vocab_size: 60},
  corpus: {path: "text.txt"},
  batch: {size: 16, sequence_length: 12},
  schedule: {warmup_steps: 2},
  capture: {evaluate_every: 3, checkpoint_every: 2},
  steps: 6,
  seed: 3,
  ...changes
});

async function writeRecipe(name: string, value: unknown): Promise<string> {
  await writeFile(at(name), typeof value === "string" ? value : JSON.stringify(value));
  return at(name);
}

describe("train RECIPE.json --output DIR", () => {
  test("leaves a run directory, goes on from its checkpoints, and tokenize and forward take it", async () => {
    const path = await writeRecipe("recipe.json", recipe());
    const run = at("run");
    const first = await albert("train", path, "--output", run);
    expect(first).toMatchObject({code: 0, stderr: ""});
    expect(first.stdout).toMatch(/step 6 of 6 · loss [\d.]+ · held-out masked loss [\d.]+/);
    expect((await readdir(run)).sort()).toEqual([
      "checkpoints",
      "evaluations.json",
      "metrics.csv",
      "model",
      "recipe.json"
    ]);
    expect(JSON.parse(await readFile(join(run, "recipe.json"), "utf8"))).toEqual(
      parseRecipe(recipe())
    );
    const metrics = await readFile(join(run, "metrics.csv"), "utf8");
    expect(metrics.split("\n")[0]).toBe(metricsHeader.trim());
    expect(
      metrics
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => Number(line.split(",")[0]))
    ).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await readdir(join(run, "checkpoints"))).toEqual([
      "step-0000002",
      "step-0000004",
      "step-0000006"
    ]);
    const layout = ["config.json", "model.safetensors", "spiece.model", "tokenizer.json"];
    const model = await readdir(join(run, "model"));
    expect(model).toEqual(expect.arrayContaining(layout));
    const last = join(run, "checkpoints", "step-0000006");
    expect(await readFile(join(last, "model.safetensors"))).toEqual(
      await readFile(join(run, "model", "model.safetensors"))
    );

    // the same again, but killed after step 4 with its newest checkpoint damaged
    const half = at("half");
    await cp(run, half, {recursive: true});
    await rm(join(half, "checkpoints", "step-0000006"), {recursive: true});
    await rm(join(half, "model"), {recursive: true});
    await writeFile(
      join(half, "metrics.csv"),
      metrics.split("\n").slice(0, 6).join("\n").slice(0, -9)
    );
    const damaged = join(half, "checkpoints", "step-0000004", "state.safetensors");
    const bytes = await readFile(damaged);
    bytes[bytes.length - 3]! ^= 4;
    await writeFile(damaged, bytes);
    const second = await albert("train", path, "--output", half, "--resume");
    expect(second).toMatchObject({code: 0, stderr: ""});
    expect(second.stdout).toMatch(
      /note: .*step-0000004.* is damaged.*\n.*going on from .*step-0000002/s
    );
    const state = (name: string) =>
      readFile(join(name, "checkpoints/step-0000006/state.safetensors"));
    expect(await state(half)).toEqual(await state(run));
    const loss = (text: string) =>
      text
        .trim()
        .split("\n")
        .map((l) => l.split(",").slice(0, 4));
    expect(loss(await readFile(join(half, "metrics.csv"), "utf8"))).toEqual(loss(metrics));
    expect((await readState(await state(run), "state")).step).toBe(6);

    const texts = ["the cat sings", ["a dog", "one mouse waits"]];
    await writeFile(at("texts.json"), JSON.stringify(texts));
    const tokenized = await albert(
      ...["tokenize", "--tokenizer", join(run, "model"), "--input", at("texts.json")],
      ...["--output", at("ids.json"), "--padding", "12"]
    );
    expect(tokenized).toEqual({code: 0, stdout: "", stderr: ""});
    const encoded = JSON.parse(await readFile(at("ids.json"), "utf8")) as Record<
      string,
      number[]
    >[];
    expect(encoded.map(({ids}) => ids!.length)).toEqual([12, 12]);
    await writeFile(
      at("inputs.json"),
      JSON.stringify({
        input_ids: encoded.map(({ids}) => ids),
        attention_mask: encoded.map(({attention_mask}) => attention_mask),
        token_type_ids: encoded.map(({type_ids}) => type_ids)
      })
    );
    const forward = await albert(
      ...["forward", "--model", join(run, "model"), "--input", at("inputs.json")],
      ...["--output", at("out.safetensors")]
    );
    expect(forward).toEqual({code: 0, stdout: "", stderr: ""});
    const outputs = readSafetensors(new Uint8Array(await readFile(at("out.safetensors"))), "out");
    expect(outputs.get("hidden_states.2")!.shape).toEqual([2, 12, 8]);
    expect(outputs.get("attentions.1")!.shape).toEqual([2, 2, 12, 12]);
    const values = [...outputs.values()].flatMap(({data}) => Array.from(data as Float32Array));
    expect(values.every(Number.isFinite)).toBe(true);

    // the same inputs in a safetensors file, beside outputs
    const given = (name: string) => ({
      dtype: "I32" as const,
      shape: [2, 12],
      data: Int32Array.from(encoded.flatMap((row) => row[name]!))
    });
    await writeFile(
      at("in.safetensors"),
      writeSafetensors(
        new Map([
          ...outputs,
          ["in.input_ids", given("ids")],
          ["in.attention_mask", given("attention_mask")],
          ["in.token_type_ids", given("type_ids")]
        ])
      )
    );
    await albert(
      ...["forward", "--model", join(run, "model"), "--input", at("in.safetensors")],
      ...["--output", at("same.safetensors")]
    );
    expect(await readFile(at("same.safetensors"))).toEqual(await readFile(at("out.safetensors")));

    const again = await albert("train", path, "--output", run);
    expect(again).toMatchObject({code: 1, stdout: ""});
    expect(again.stderr).toBe(`${run}: holds a run already (use --resume, or another --output)\n`);

    const other = await writeRecipe("other.json", recipe({seed: 4}));
    const mixed = await albert("train", other, "--output", run, "--resume");
    expect(mixed.code).toBe(1);
    expect(mixed.stderr).toBe(
      `${join(run, "recipe.json")}: is another recipe than the one given\n`
    );

    const text = await readFile(at("text.txt"), "utf8");
    await writeFile(at("text.txt"), text.replaceAll("cat", "cow"));
    const changed = await albert("train", path, "--output", run, "--resume");
    await writeFile(at("text.txt"), text);
    expect(changed.code).toBe(1);
    expect(changed.stderr).toMatch(/another text or vocabulary than text\.txt as it is now.*\n$/);
  }, 120_000);

  const big = () => `${"the cat sees a red ball and the dog runs away .\n".repeat(1_100_000)}`;
  const cases: [string, object | string, (string | (() => string | Uint8Array)) | null, RegExp][] =
    [
      [
        "a wrong field",
        recipe({model: {layers: 2}}),
        null,
        /bad\.json: unknown field model\.layers$/
      ],
      [
        "a missing text",
        recipe({corpus: {path: "none.txt"}}),
        null,
        /none\.txt: no such file or folder$/
      ],
      ["an empty text", recipe(), "", /bad\.txt: the file is empty \(expected text\)$/],
      ["one word", recipe(), "hello", /bad\.txt: holds one sentence \(expected at least two, /],
      [
        "binary data",
        recipe(),
        () => Uint8Array.from({length: 999}, (_, i) => (i * 7919) % 256),
        /bad\.txt: /
      ],
      [
        "a file too large",
        recipe(),
        () => big() + big(),
        /bad\.txt: 100\.7 MiB of text is over the limit of 64 MiB$/
      ]
    ];
  test.concurrent.each(cases)("refuses %s in one line", async (what, value, text, expected) => {
    const name = String(cases.findIndex(([other]) => other === what));
    await mkdir(at(name));
    if (text !== null)
      await writeFile(at(name, "bad.txt"), typeof text === "string" ? text : text());
    const path = at(name, "bad.json");
    await writeFile(
      path,
      JSON.stringify(text === null ? value : recipe({corpus: {path: "bad.txt"}}))
    );
    const {code, stdout, stderr} = await albert("train", path, "--output", at(name, "run"));
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr.trimEnd()).toMatch(expected);
  });

  test("goes on from a model: what it scores before the first step is what that model scored last", async () => {
    const evaluations = async (run: string) =>
      JSON.parse(await readFile(at(run, "evaluations.json"), "utf8")) as {mlmLoss: number}[];
    const first = await writeRecipe("first.json", recipe());
    const ended = await albert("train", first, "--output", at("before"));
    expect(ended).toMatchObject({code: 0, stderr: ""});
    // Sizes and vocabulary are the model's own.
    const more = await writeRecipe("more.json", recipe({model: undefined, tokenizer: undefined}));
    const words = ["train", more, "--model", at("before"), "--output", at("after")];
    expect(await albert(...words)).toMatchObject({code: 0, stderr: ""});
    const [before, after] = [await evaluations("before"), await evaluations("after")];
    expect(after[0]!.mlmLoss).toBeCloseTo(before.at(-1)!.mlmLoss, 6);
    expect(after.at(-1)!.mlmLoss).not.toBe(after[0]!.mlmLoss);
  });

  test("refuses a recipe that is not there, and words it does not know", async () => {
    const missing = await albert("train", at("none.json"), "--output", at("bad"));
    expect(missing).toMatchObject({code: 1, stdout: ""});
    expect(missing.stderr).toBe(`${at("none.json")}: no such file or folder\n`);
    const word = await albert("trian");
    expect(word.code).toBe(1);
    expect(word.stderr).toMatch(/^unknown verb trian \(expected [a-z, ]*train/);
  });
});
