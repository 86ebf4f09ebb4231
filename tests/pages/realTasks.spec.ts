/** Fine-tuning in the page on real data sets, where ALBERT_DATA_DIR names their folder. */
import {existsSync} from "node:fs";
import {join} from "node:path";
import {expect, open, test} from "./helpers.js";

const folder = process.env.ALBERT_DATA_DIR;
const status = "[role=group][aria-label=training] [role=status]";

const cases = [
  {task: "sst2", name: "SST-2", train: "SST-2/train.tsv", dev: "SST-2/dev.tsv", rows: [6920, 872]},
  {
    task: "ner",
    name: "named entities",
    train: "wnut17/train.conll",
    dev: "wnut17/dev.conll",
    rows: [3394, 1009]
  }
];

for (const {task, name, train, dev, rows} of cases)
  test(`${name}: files of the published data set are dropped and trained on`, async ({page}) => {
    test.skip(!folder || !existsSync(join(folder, train)), "no ALBERT_DATA_DIR");
    test.slow(); // baselines and scores of whole dev sets
    const [n, m] = rows.map((count) => count!.toLocaleString("en"));
    await open(page, `/finetune?backend=wasm&steps=30&capture.evaluate_every=30`);
    await page.getByLabel("Task", {exact: true}).selectOption(task);
    await page.getByRole("radio", {name: "files of yours"}).check();
    await page.getByLabel("choose the training file").setInputFiles(join(folder!, train));
    await page.getByLabel(/^choose the dev file/).setInputFiles(join(folder!, dev));
    await page.getByRole("button", {name: "Train", exact: true}).click();
    await expect(page.locator(status)).toContainText("done", {timeout: 240_000});
    const figure = page.getByRole("figure", {name: /The best weights beside honest baselines/});
    await expect(figure).toContainText(`${n} training rows`);
    await expect(figure).toContainText(`n = ${m} dev rows`);
    const table = await figure.getByRole("table").first().innerText();
    console.log(`${name} in the page, 30 steps from the site's stored model:\n${table}`);
    await expect(page.locator(".obs-errors li:visible")).toHaveCount(6);
    expect(table).toContain(task === "ner" ? "most frequent tag of a word" : "bag of words");
  });
