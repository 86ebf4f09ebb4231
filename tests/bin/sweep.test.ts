import {spawn} from "node:child_process";
import {cp, mkdtemp, readdir, readFile, rm, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {projectRoot} from "../../bin/process.js";
import {Random} from "../../src/lib/random.js";

const sweep = {
  name: "tiny",
  base: {
    model: {
      embedding_size: 4,
      hidden_size: 6,
      num_hidden_layers: 3,
      num_attention_heads: 2,
      intermediate_size: 11
    },
    tokenizer: {vocab_size: 120},
    corpus: {generate: {documents: 20, seed: 1}},
    batch: {size: 3, sequence_length: 13},
    schedule: {warmup_steps: 2},
    steps: 40
  },
  grid: {"model.sharing": ["none", "all"], "model.embedding_size": [3, 5]},
  seeds: 5,
  measures: ["tasks"]
};

let folder: string;
let clean: string[];
const file = () => join(folder, "sweep.json");

/** Starts the command; kills it after `killAfterMs` if it is still at work. */
function start(words: string[], killAfterMs?: number) {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "bin/albert.ts", "sweep", file(), ...words],
    {cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"]}
  );
  const output = {text: "", error: ""};
  child.stdout.on("data", (data: Buffer) => (output.text += String(data)));
  child.stderr.on("data", (data: Buffer) => (output.error += String(data)));
  const timer = killAfterMs && setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  return new Promise<{text: string; error: string; code: number | null}>((done) =>
    child.on("close", (code) => {
      clearTimeout(timer);
      done({...output, code});
    })
  );
}

const tables = (name: string) =>
  Promise.all(
    ["results.csv", "results.json"].map((table) => readFile(join(folder, name, table), "utf8"))
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "albert-sweep-"));
  await writeFile(file(), JSON.stringify(sweep));
  const {code, error} = await start(["--output", join(folder, "clean")]);
  expect({code, error}).toEqual({code: 0, error: ""});
  clean = await tables("clean");
}, 120_000);

afterAll(() => rm(folder, {recursive: true, force: true}));

describe("sweep SWEEP.json --output DIR", () => {
  test("writes one file a run and joins them", async () => {
    const files = await readdir(join(folder, "clean", "runs"));
    expect(files).toHaveLength(20);
    for (const name of files) expect(name).toMatch(/^[0-9a-f]{12}\.json$/);
    const lines = clean[0]!.trimEnd().split("\n");
    expect(lines).toHaveLength(21);
    expect(lines[0]).toMatch(/^sharing,embedding_size,seed,hash,steps,parameters,/);
    const {records} = JSON.parse(clean[1]!) as {records: {measures: object}[]};
    expect(records[3]!.measures).toMatchObject({
      tasks: {sop: {count: expect.any(Number) as number}}
    });
  });

  test("four shards, each in its own folder, joined are one process byte for byte", async () => {
    for (const i of [0, 1, 2, 3]) {
      const {text} = await start(["--output", join(folder, `part${i}`), "--shard", `${i}/4`]);
      expect(text).toContain("20 runs, 5 here, 5 to do");
      expect(text).toContain("15 runs are missing");
      const runs = join(folder, `part${i}`, "runs");
      await cp(runs, join(folder, "joined", "runs"), {recursive: true});
    }
    const {text} = await start(["--output", join(folder, "joined")]);
    expect(text).toContain("0 to do");
    expect(await tables("joined")).toEqual(clean);
  }, 120_000);

  test("killed at 20 random points and started again, it gives the table of a clean run", async () => {
    const random = new Random(1, "probes");
    const output = join(folder, "killed");
    let killed = 0;
    let patience = 1; // shorter where the machine is so fast that the sweep ends before the kill
    for (let attempt = 0; killed < 20 && attempt < 100; ++attempt) {
      const delay = patience * (200 + 1300 * random.uniform());
      const {code} = await start(["--output", output], delay);
      if (code === null) ++killed;
      else patience *= 0.7;
      const runs = join(output, "runs");
      const done = (await readdir(runs).catch(() => [])).filter((f) => f.endsWith(".json"));
      // nearly done: cut one file short, as a full disk would, and lose the others
      if (done.length > 15)
        for (const [k, name] of done.entries())
          if (k === 0) await writeFile(join(runs, name), '{"hash":"');
          else await rm(join(runs, name));
    }
    expect(killed).toBe(20);
    expect((await start(["--output", output])).code).toBe(0);
    expect(await tables("killed")).toEqual(clean);
  }, 240_000);

  test("a slip in the file is one line on stderr that names the field", async () => {
    await writeFile(
      join(folder, "bad.json"),
      JSON.stringify({...sweep, grid: {"model.hiden_size": [6]}})
    );
    const {code, error} = await new Promise<{code: number | null; error: string}>((done) => {
      const child = spawn(
        process.execPath,
        ["--import", "tsx", "bin/albert.ts", "sweep", join(folder, "bad.json"), "--output", folder],
        {cwd: projectRoot, stdio: ["ignore", "ignore", "pipe"]}
      );
      let text = "";
      child.stderr.on("data", (data: Buffer) => (text += String(data)));
      child.on("close", (code) => done({code, error: text}));
    });
    expect(code).toBe(1);
    expect(error).toBe(`${join(folder, "bad.json")}: unknown field model.hiden_size\n`);
  });
});
