/** Ctrl+C and SIGTERM in the middle of training, and two processes on one run directory. */
import {spawn} from "node:child_process";
import {existsSync} from "node:fs";
import {mkdir, mkdtemp, readdir, rm, utimes, writeFile} from "node:fs/promises";
import {hostname, tmpdir} from "node:os";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {replaceFile} from "../../bin/files.js";
import {holdFolder} from "../../bin/holdFolder.js";
import {projectRoot} from "../../bin/process.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "albert-stopped-"));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

/** Trains; `until` sees what was printed so far and may give a signal to send, once. */
function train(args: string[], until: (printed: string) => NodeJS.Signals | null = () => null) {
  const command = ["--import", "tsx", join(projectRoot, "bin/albert.ts"), "train", ...args];
  const child = spawn(process.execPath, command, {cwd: projectRoot});
  let printed = "";
  let isSent = false;
  const hear = (chunk: Buffer) => {
    printed += chunk.toString();
    const signal = isSent ? null : until(printed);
    if (!signal) return;
    isSent = true;
    child.kill(signal);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return new Promise<{code: number | null; printed: string}>((done) =>
    child.on("close", (code) => done({code, printed}))
  );
}

test("a stopped run is saved where it stands, goes on from there, and is held by one process", async () => {
  const recipe = join(folder, "recipe.json");
  const model = {embedding_size: 6, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2};
  await writeFile(
    recipe,
    JSON.stringify({
      model: {...model, intermediate_size: 12},
      tokenizer: {vocab_size: 80},
      corpus: {generate: {documents: 10}},
      batch: {size: 4, sequence_length: 12},
      capture: {evaluate_every: 3, checkpoint_every: 0},
      steps: 1_000_000
    })
  );
  const run = join(folder, "run");
  let beside: Promise<{code: number | null; printed: string}> | null = null;
  let isBeside = false;
  const first = await train([recipe, "--output", run], (printed) => {
    if (!/step 3 of/.test(printed)) return null;
    beside ??= train([recipe, "--output", run, "--resume"]).finally(() => (isBeside = true));
    return isBeside ? "SIGINT" : null;
  });
  const second = await beside!;
  expect(second.code).toBe(1);
  expect(second.printed).toMatch(/process \d+ of .* is writing here/);
  expect(first.code).toBe(130);
  const step = Number(/stopped after step (\d+); --resume goes on/.exec(first.printed)![1]);
  const checkpoint = `step-${String(step).padStart(7, "0")}`;
  expect(await readdir(join(run, "checkpoints"))).toEqual([checkpoint]);
  expect(existsSync(join(run, ".lock"))).toBe(false);

  const onward = await train([recipe, "--output", run, "--resume"], (printed) =>
    /loss/.test(printed) ? "SIGTERM" : null
  );
  expect(onward.code).toBe(143);
  expect(onward.printed).toContain(`going on from ${join(run, "checkpoints", checkpoint)}`);
  expect(await readdir(join(run, "checkpoints"))).toHaveLength(2);
});

test("drafts go with the process that wrote them, and no others", async () => {
  const place = await mkdtemp(join(folder, "drafts-"));
  await mkdir(join(place, "checkpoints"));
  const gone = 2 ** 30;
  const write = async (name: string, ageMs = 0) => {
    const path = join(place, name);
    await writeFile(path, "half");
    const at = new Date(Date.now() - ageMs);
    await utimes(path, at, at);
  };
  const stay = [
    "metrics.csv",
    "my.new",
    `b.json.${process.pid}@${hostname()}.new`,
    `c.json.${gone}@another.machine.new`
  ];
  for (const name of stay) await write(name);
  await write(`a.json.${gone}@${hostname()}.new`);
  await write(join("checkpoints", `step.${gone}@${hostname()}.new`));
  await write(`d.json.${process.pid}@another.machine.new`, 10 * 60_000);
  const release = await holdFolder(place);
  release();
  expect((await readdir(place)).sort()).toEqual([...stay, "checkpoints"].sort());
  expect(await readdir(join(place, "checkpoints"))).toEqual([]);
  await replaceFile(join(place, "e.json"), "whole");
  expect(await readdir(place)).toContain("e.json");
});

test("a lock is kept by a process that lives, and taken over from one that does not", async () => {
  const place = await mkdtemp(join(folder, "lock-"));
  const lock = join(place, ".lock");
  const left = (holder: object | string) =>
    writeFile(lock, typeof holder === "string" ? holder : JSON.stringify(holder));
  await left({pid: process.pid, host: hostname()});
  await expect(holdFolder(place)).rejects.toThrow(`process ${process.pid} of`);
  await left({pid: 1, host: "another-machine"});
  await expect(holdFolder(place)).rejects.toThrow("process 1 of another-machine");
  for (const gone of [{pid: 2 ** 30, host: hostname()}, "half a lo"]) {
    await left(gone);
    const release = await holdFolder(place);
    expect(existsSync(lock)).toBe(true);
    release();
    expect(existsSync(lock)).toBe(false);
  }
});
