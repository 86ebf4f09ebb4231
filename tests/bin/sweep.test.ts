import {cp, mkdir, readdir, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {sweep, SweepFolder} from "./sweepFolder.js";

let folder: SweepFolder;
let clean: string[];

beforeAll(async () => {
  folder = await SweepFolder.make();
  const {code, error} = await folder.start("clean");
  expect({code, error}).toEqual({code: 0, error: ""});
  clean = await folder.tables("clean");
}, 120_000);

afterAll(() => rm(folder.path, {recursive: true, force: true}));

// tests/faults kills it at twenty points.
describe("sweep SWEEP.json --output DIR", () => {
  test("writes one file a run and joins them", async () => {
    const files = await readdir(join(folder.path, "clean", "runs"));
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
    // Made beforehand: four copies at once would each try to.
    await mkdir(join(folder.path, "joined", "runs"), {recursive: true});
    await Promise.all(
      [0, 1, 2, 3].map(async (i) => {
        const {text} = await folder.start(`part${i}`, ["--shard", `${i}/4`]);
        expect(text).toContain("20 runs, 5 here, 5 to do");
        expect(text).toContain("15 runs are missing");
        const runs = join(folder.path, `part${i}`, "runs");
        await cp(runs, join(folder.path, "joined", "runs"), {recursive: true});
      })
    );
    const {text} = await folder.start("joined");
    expect(text).toContain("0 to do");
    expect(await folder.tables("joined")).toEqual(clean);
  }, 120_000);

  test("a slip in the file is one line on stderr that names the field", async () => {
    const bad = JSON.stringify({...sweep, grid: {"model.hiden_size": [6]}});
    await writeFile(join(folder.path, "bad.json"), bad);
    const {code, error} = await folder.start("bad", [], {file: "bad.json"});
    expect(code).toBe(1);
    expect(error).toBe(`${join(folder.path, "bad.json")}: unknown field model.hiden_size\n`);
  }, 60_000);
});
