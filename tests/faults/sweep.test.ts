/** A sweep that is killed anywhere and started again gives the table of one that never was. */
import {cp, mkdir, readdir, rm, writeFile} from "node:fs/promises";
import {join} from "node:path";
import {afterAll, beforeAll, expect, test} from "vitest";
import {Random} from "../../src/lib/random.js";
import {SweepFolder} from "../bin/sweepFolder.js";
import {Tally} from "./tally.js";

const kills = 20;
const shards = [0, 1, 2, 3] as const;
let folder: SweepFolder;
let clean: string[];

beforeAll(async () => {
  folder = await SweepFolder.make();
  expect((await folder.start("clean")).code).toBe(0);
  clean = await folder.tables("clean");
}, 120_000);

afterAll(() => rm(folder.path, {recursive: true, force: true}));

test("killed at 20 random points and started again, it gives the table of a clean run", async () => {
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

/** Runs that an output has the record of. */
const recordsOf = async (output: string) =>
  (await readdir(join(folder.path, output, "runs")).catch(() => [])).filter((name) =>
    name.endsWith(".json")
  );

/** Kills a process once it has written its first record, unless it ends before. */
async function killOnceItHasOne(output: string, pid: number): Promise<void> {
  for (;;) {
    if ((await recordsOf(output)).length > 0) break;
    await new Promise((later) => setTimeout(later, 5));
  }
  process.kill(pid, "SIGKILL");
}

test("one of four shards is killed: the others end, and with it done again the tables are the same", async () => {
  const tally = new Tally(
    "sweeps",
    "each of four shards killed after its first run, then done again"
  );
  for (const victim of shards)
    await tally.attempt(`shard ${victim}`, async () => {
      const part = (i: number) => `victim${victim}-part${i}`;
      const ended = await Promise.all(
        shards.map((i) =>
          folder.start(part(i), ["--shard", `${i}/4`], {
            onStart: (pid) => {
              if (i === victim) void killOnceItHasOne(part(i), pid);
            }
          })
        )
      );
      expect(ended.map(({code}) => code)).toEqual(shards.map((i) => (i === victim ? null : 0)));
      const found = (await recordsOf(part(victim))).length;
      expect(found).toBeGreaterThan(0);
      expect(found).toBeLessThan(5);
      for (const i of shards) if (i !== victim) expect(await recordsOf(part(i))).toHaveLength(5);
      const again = await folder.start(part(victim), ["--shard", `${victim}/4`]);
      expect(again).toMatchObject({code: 0, error: ""});
      expect(again.text).toContain(`20 runs, 5 here, ${5 - found} to do`);
      const joined = `victim${victim}-joined`;
      await mkdir(join(folder.path, joined, "runs"), {recursive: true});
      for (const i of shards)
        await cp(join(folder.path, part(i), "runs"), join(folder.path, joined, "runs"), {
          recursive: true
        });
      expect((await folder.start(joined)).text).toContain("0 to do");
      expect(await folder.tables(joined)).toEqual(clean);
    });
  tally.finish("the run under way of the killed shard");
}, 600_000);
