/** The malformed and unusual files of ALBERT_PARITY_DIR/bad/data, given to /finetune one after the other. */
import {existsSync, readdirSync, readFileSync, statSync} from "node:fs";
import {join} from "node:path";
import {readTask} from "../../src/lib/finetune/readTask.js";
import {fineTuneTask} from "../../src/lib/finetune/tasks.js";
import {expect, open, test} from "./helpers.js";

const root = process.env.ALBERT_PARITY_DIR;
const folder = root && join(root, "bad/data");
const status = "[role=group][aria-label=training] [role=status]";

const prefixes = ["conll ner", "squad squad", "stsb stsb", "mrpc mrpc", "mnli mnli"];
const taskOf = (name: string) =>
  prefixes.map((line) => line.split(" ")).find(([prefix]) => name.startsWith(prefix!))?.[1] ??
  "sst2";

/** What the reader of files says, which is held against the files' own README elsewhere. */
function verdict(name: string): {refused: string} | {examples: number; notes: string[]} {
  const bytes = new Uint8Array(readFileSync(join(folder!, name)));
  try {
    const {examples, notes} = readTask(bytes, name, fineTuneTask(taskOf(name)));
    return {examples: examples.length, notes};
  } catch (error) {
    return {refused: (error as Error).message};
  }
}

test("every bad file is refused in a sentence that names it, or trained on with its warnings", async ({
  page
}) => {
  test.skip(!folder || !existsSync(folder), "no ALBERT_PARITY_DIR");
  test.slow(); // some sixty files
  await open(page, "/finetune?backend=wasm&steps=1&batch.sequence_length=16");
  await page.getByRole("radio", {name: "files of yours"}).check();
  const alert = page.locator(".obs-run [role=alert]");
  const notes = page.locator(".obs-notes").first();
  const names = readdirSync(folder!).sort((a, b) => taskOf(a).localeCompare(taskOf(b)));
  let refusals = 0;
  for (const name of names) {
    const expected = verdict(name);
    await page.getByLabel("Task", {exact: true}).selectOption(taskOf(name));
    // The same file twice, so that none is too short to hold rows out.
    for (const label of [/^choose the training file/, /^choose the dev file/])
      await page.getByLabel(label).setInputFiles(join(folder!, name));
    if (statSync(join(folder!, name)).size === 0) {
      refusals += 1;
      await expect(page.locator(".obs-drop .obs-error").first()).toContainText(`${name}: empty`);
      continue;
    }
    await page.getByRole("button", {name: "Train", exact: true}).click();
    if ("refused" in expected) {
      refusals += 1;
      await expect(alert, name).toHaveText(expected.refused, {timeout: 30_000});
      expect(expected.refused.startsWith(`${name}: `)).toBe(true);
    } else {
      await expect(page.locator(status), name).toContainText("done", {timeout: 60_000});
      await expect(page.locator("main"), name).toContainText(`n = ${expected.examples} dev rows`);
      for (const note of expected.notes) await expect(notes, name).toContainText(note);
    }
    await page.getByRole("button", {name: "Reset"}).click();
    await expect(page.locator(status), name).toContainText("nothing trained yet");
  }
  expect(refusals).toBeGreaterThan(20);
  expect(names.length - refusals).toBeGreaterThan(10);
});
