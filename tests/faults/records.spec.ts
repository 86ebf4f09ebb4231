/** R12 of what is kept besides checkpoints: a sweep's records, probes, and imported runs. */
import {readFile} from "node:fs/promises";
import {sweep} from "../bin/sweepFolder.js";
import {open} from "../pages/helpers.js";
import {tiny, TrainingPage} from "../pages/training.js";
import {engineScript, expect, test} from "./browser.js";
import {filesIn, noRoom, roomOf, rooms, sizeOf} from "./room.js";
import {Tally} from "./tally.js";

test("a full disk leaves a sweep's records, and the sweep goes on once there is room", async ({
  page,
  baseURL
}) => {
  await page.context().addInitScript({content: await engineScript()});
  await page.goto("404.html");
  const small = {...sweep, base: {...sweep.base, steps: 4}, seeds: 2, measures: []};
  const take = () => page.evaluate((json) => albert.sweeping.open(json), small);
  const run = (most: number) => page.evaluate((count) => albert.sweeping.run(count), most);
  const kept = () => filesIn(page, "sweeps");
  const room = await roomOf(page, baseURL!);
  const tally = new Tally("R12", "disk full under a sweep: need − 1, half of it, nothing");
  expect(await take()).toMatchObject({phase: "idle", total: 8});
  expect(await run(1)).toMatchObject({phase: "paused", done: 1});
  const [first] = await kept();
  for (const [name, left] of rooms(first!.bytes))
    await tally.attempt(name, async () => {
      const before = await kept();
      await room.leave(left);
      const full = await run(1);
      expect(full.phase).toBe("failed");
      expect(full.message).toMatch(noRoom);
      expect(await kept(), "what was kept is as it was").toEqual(before);
      expect((await run(1)).message, "still full").toMatch(noRoom);
      await room.free();
      // the run that found no room is kept, not done again
      expect(await run(1)).toMatchObject({message: null, done: before.length + 2});
      const after = await kept();
      expect(after).toHaveLength(before.length + 2);
      expect(after).toEqual(expect.arrayContaining(before));
    });
  await room.free();
  await run(Infinity);
  const table = await page.evaluate(() => albert.sweeping.table());
  expect(await take(), "what another page finds").toMatchObject({phase: "done", done: 8});
  expect(await page.evaluate(() => albert.sweeping.table())).toBe(table);
  tally.finish("nothing");
});

test("a full disk leaves the probes that are kept, and the new ones are kept once there is room", async ({
  page,
  baseURL
}) => {
  await open(page, "/probe?backend=wasm&words=100&seeds=1");
  const room = await roomOf(page, baseURL!);
  const tally = new Tally("R12", "disk full under probes: need − 1, half of it, nothing");
  const kept = () => filesIn(page, "probes");
  const probe = page.getByRole("button", {name: "Probe", exact: true});
  const note = page.locator(".obs-keep");
  await probe.click();
  await expect.poll(async () => (await kept()).length, {timeout: 120_000}).toBe(2);
  await expect(note).toBeHidden();
  for (const [name, left] of rooms(Math.min(...(await kept()).map(({bytes}) => bytes))))
    await tally.attempt(name, async () => {
      const before = await kept();
      await room.leave(left);
      await probe.click();
      await expect(note.getByRole("alert")).toHaveText(noRoom, {timeout: 120_000});
      expect(await kept(), "what was kept is as it was").toEqual(before);
      const again = note.getByRole("button");
      await again.click();
      await expect(again).toBeEnabled();
      await expect(note.getByRole("alert"), "still full").toHaveText(noRoom);
      await room.free();
      await again.click();
      await expect(note).toBeHidden();
      const after = await kept();
      expect(after).toHaveLength(before.length + 2);
      expect(after).toEqual(expect.arrayContaining(before));
    });
  await room.free();
  tally.finish("nothing");
});

test("a full disk leaves what fine-tuning scored before, and the new scores are kept once there is room", async ({
  page,
  baseURL
}) => {
  const steps = 12;
  await open(page, `/finetune?backend=wasm&rows=250&steps=${steps}`);
  const room = await roomOf(page, baseURL!);
  const tally = new Tally("R12", "disk full under fine-tuning's scores: need − 1, half, nothing");
  const kept = () => filesIn(page, "finetuning");
  const note = page.locator(".obs-keep");
  const button = (name: string) => page.getByRole("button", {name, exact: true});
  const status = page.locator(".obs-run [role=status]").first();
  const train = async () => {
    await button("Train").click();
    await expect(status).toContainText("done", {timeout: 120_000});
  };
  await train();
  await expect.poll(async () => (await kept()).length).toBe(1);
  await expect(note).toBeHidden();
  const need = (await kept())[0]!.bytes;
  for (const [name, left] of rooms(need))
    await tally.attempt(name, async () => {
      const before = await kept();
      await button("Reset").click();
      await expect(status).toContainText("nothing trained yet");
      await room.leave(left);
      await train();
      await expect(note.getByRole("alert")).toHaveText(noRoom);
      expect(await kept(), "what was kept is as it was").toEqual(before);
      const again = note.getByRole("button", {name: "Keep it now"});
      await again.click();
      await expect(again).toBeEnabled();
      await expect(note.getByRole("alert"), "still full").toHaveText(noRoom);
      await room.free();
      await again.click();
      await expect(note).toBeHidden();
      const after = await kept();
      expect(after).toHaveLength(before.length + 1);
      expect(after).toEqual(expect.arrayContaining(before));
    });
  await room.free();
  tally.finish("nothing");
});

test("a full disk leaves the runs that are kept, and an archive is imported once there is room", async ({
  page,
  baseURL
}) => {
  const room = await roomOf(page, baseURL!);
  const tally = new Tally("R12", "disk full under an import of runs: need − 1, half, nothing");
  const run = new TrainingPage(page);
  for (const seed of ["1", "2"]) {
    await run.open(`/pretrain${tiny({steps: "6", seed})}&backend=wasm`);
    await run.button("Train").click();
    await run.finish();
  }
  await open(page, "/runs");
  const download = page.waitForEvent("download");
  await page.getByRole("button", {name: /^Save all runs/}).click();
  const archive = {
    name: "runs.zip",
    mimeType: "application/zip",
    buffer: await readFile(await (await download).path())
  };
  const kept = () => filesIn(page, "runs");
  const table = page.locator(".obs-runs tbody tr");
  const said = page.getByRole("main");
  const give = () => page.locator(".obs-zone input[type=file]").first().setInputFiles(archive);
  const need = sizeOf(await kept());
  for (const [name, left] of rooms(need))
    await tally.attempt(name, async () => {
      const before = await kept();
      const count = await table.count();
      await room.leave(left);
      await give();
      await expect(said).toContainText(noRoom);
      await expect(table).toHaveCount(count);
      expect(await kept(), "what was kept is as it was").toEqual(before);
      await room.free();
      await give();
      await expect(said).toContainText("2 runs were imported");
      await expect(table).toHaveCount(count + 2);
      const after = await kept();
      expect(after).toEqual(expect.arrayContaining(before));
      expect(after.length).toBeGreaterThan(before.length);
    });
  await room.free();
  tally.finish("nothing");
});
