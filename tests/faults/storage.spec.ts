/** R12: a disk that is full leaves what was kept, and says how much room is missing. */
import {tiny, TrainingPage} from "../pages/training.js";
import {engineScript, expect, test, type Page} from "./browser.js";
import {noRoom, roomOf, rooms} from "./room.js";
import {Tally} from "./tally.js";
import {tinyModelFiles} from "./tinyModelFiles.js";

/** The kept runs: bytes on disk, and whether every file that the record names is whole. */
async function kept(page: Page) {
  // a file may be renamed or removed under the eyes of who lists it
  for (;;) {
    const found = await list(page).catch((error: Error) => {
      if (!error.message.includes("NotFoundError")) throw error;
      return null;
    });
    if (found) return found;
  }
}

const list = (page: Page) =>
  page.evaluate(async () => {
    type Listable = FileSystemDirectoryHandle & {
      entries(): AsyncIterable<[string, FileSystemHandle]>;
    };
    const root = await navigator.storage.getDirectory();
    const runs = (await root.getDirectoryHandle("runs", {create: true})) as Listable;
    const found: {step: number; bytes: number; whole: boolean}[] = [];
    for await (const [, folder] of runs.entries()) {
      const sizes = new Map<string, number>();
      for await (const [name, file] of (folder as Listable).entries())
        sizes.set(name, (await (file as FileSystemFileHandle).getFile()).size);
      const record = await (folder as FileSystemDirectoryHandle).getFileHandle("run.json");
      const {step, checkpoints} = JSON.parse(await (await record.getFile()).text()) as {
        step: number;
        checkpoints: {step: number; bytes: number}[];
      };
      const whole = checkpoints.every(
        (each) => sizes.get(`step-${String(each.step).padStart(7, "0")}.safetensors`) === each.bytes
      );
      found.push({step, bytes: checkpoints.at(-1)!.bytes, whole});
    }
    return found;
  });

test("a full disk leaves the checkpoint before, and the run goes on once there is room", async ({
  page,
  baseURL
}) => {
  const room = await roomOf(page, baseURL!);
  const tally = new Tally("R12", "disk full at need − 1, half of it, nothing");
  const run = new TrainingPage(page);
  const recipe = {steps: "100000", "capture.checkpoint_every": "0"};
  await run.open(`/pretrain${tiny(recipe)}&backend=wasm`);
  await run.button("Train").click();
  await run.reach(5);
  await run.pause();
  const need = (await kept(page))[0]!.bytes;
  for (const [name, left] of rooms(need))
    await tally.attempt(name, async () => {
      const before = (await kept(page))[0]!;
      await room.leave(left);
      await run.button("Train").click();
      await run.reach(before.step + 5);
      await run.pause();
      await expect(run.message).toContainText(noRoom);
      const after = (await kept(page))[0]!;
      expect(after, "what was kept is as it was").toEqual({...before, whole: true});
      await room.free();
      await run.button("Step").click();
      await expect(run.message).toBeEmpty();
      await expect.poll(async () => (await kept(page))[0]!.step).toBeGreaterThan(before.step);
    });
  await room.free();
  tally.finish("nothing that was kept");
});

/** A page that shows nothing, with the engine in it. */
async function engineIn(page: Page): Promise<void> {
  await page.context().addInitScript({content: await engineScript()});
  await page.goto("404.html");
}

test("a full disk leaves the checkpoint of a fine-tuning run, which goes on once there is room", async ({
  page,
  baseURL
}) => {
  await engineIn(page);
  const room = await roomOf(page, baseURL!);
  const tally = new Tally("R12", "disk full under fine-tuning: need − 1, half of it, nothing");
  const recipe = {
    batch: {size: 5, sequence_length: 40},
    capture: {evaluate_every: 1_000_000},
    steps: 1_000_000
  };
  await page.evaluate(([files, r]) => albert.tuning.begin("wasm", files, r), [
    tinyModelFiles,
    recipe
  ] as const);
  const to = (step: number) => page.evaluate((at) => albert.tuning.reach(at), step);
  const stand = () => page.evaluate(() => albert.tuning.stand());
  const kept = () => page.evaluate(() => albert.tuning.kept());
  await to(5);
  await stand();
  for (const [name, left] of rooms((await kept()).bytes))
    await tally.attempt(name, async () => {
      const before = await kept();
      await room.leave(left);
      await page.evaluate(() => albert.tuning.goOn());
      await to(before.step + 3);
      expect((await stand()).message).toMatch(noRoom);
      expect(await kept(), "what was kept is as it was").toEqual({...before, whole: true});
      await room.free();
      await page.evaluate(() => albert.tuning.goOn());
      await to(before.step + 6);
      await stand();
      const after = await kept();
      expect(after.step).toBeGreaterThan(before.step);
      expect(after.whole).toBe(true);
    });
  await page.evaluate(() => albert.tuning.clear());
  tally.finish("nothing that was kept");
});
