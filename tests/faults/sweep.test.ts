/** A sweep that is killed anywhere and started again gives the table of one that never was. */
import {readdir, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {Random} from "../../src/lib/random.js";
import {SweepFolder} from "../bin/sweepFolder.js";
import {Tally} from "./tally.js";

const kills = 20;
let folder: SweepFolder;

beforeAll(async () => {
  folder = await SweepFolder.make();
});

afterAll(() => rm(folder.path, {recursive: true, force: true}));

test("killed at 20 random points and started again, it gives the table of a clean run", async () => {
  expect((await folder.start("clean")).code).toBe(0);
  const clean = await folder.tables("clean");
  const random = new Random(1, "probes");
  const runs = join(folder.path, "killed", "runs");
  let killed = 0;
  let patience = 1; // shorter where the machine is so fast that the sweep ends before the kill
  for (let attempt = 0; killed < kills && attempt < 5 * kills; ++attempt) {
    const killAfterMs = patience * (200 + 1300 * random.uniform());
    const {code} = await folder.start("killed", [], {killAfterMs});
    if (code === null) ++killed;
    else patience *= 0.7;
    const done = (await readdir(runs).catch(() => [])).filter((f) => f.endsWith(".json"));
    // nearly done: cut one file short, as a full disk would, and lose the others
    if (done.length > 15)
      for (const [k, name] of done.entries())
        if (k === 0) await writeFile(join(runs, name), '{"hash":"');
        else await rm(join(runs, name));
  }
  expect(killed).toBe(kills);
  expect((await folder.start("killed")).code).toBe(0);
  const tally = new Tally("sweeps", "killed at a random moment, one file cut short");
  const again = await folder.tables("killed");
  tally.count(killed, again.join() === clean.join() ? [] : ["the tables differ"]);
  tally.finish("the run under way");
}, 600_000);
