/** A run that trains until something stops it, for faults to happen to. */
import {tiny, TrainingPage} from "../pages/training.js";
import type {Page} from "./browser.js";

const endless = `/pretrain${tiny({steps: "1000000", "capture.checkpoint_every": "40"})}&backend=wasm`;

/** A run that does not end by itself, past its first checkpoint. */
export async function endlessRun(page: Page): Promise<TrainingPage> {
  const run = await new TrainingPage(page).open(endless);
  await run.button("Train").click();
  await run.reach(45);
  return run;
}

/** Throws the kept runs away, so that the next attempt finds none. */
export const forgetRuns = (page: Page) =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry("runs", {recursive: true}).catch(() => undefined);
  });
