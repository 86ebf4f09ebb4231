/**
 * Fine-tuning in the page on real data sets, where ALBERT_DATA_DIR names their folder: a few steps from
 * the stored model. Where ALBERT_TASK_STARTS names the `starts` of a run of `tasks` as well, to the end,
 * from the model pretrained on the tasks' own text, which takes minutes.
 */
import {existsSync} from "node:fs";
import {join} from "node:path";
import {taskDefaults} from "../../src/lib/finetune/taskDefaults.js";
import {fineTuneTask} from "../../src/lib/finetune/tasks.js";
import {expect, open, test} from "./helpers.js";

const folder = process.env.ALBERT_DATA_DIR;
const starts = process.env.ALBERT_TASK_STARTS;
const status = "[role=group][aria-label=training] [role=status]";

const cases = [
  {
    task: "sst2",
    name: "SST-2",
    train: "SST-2/train.tsv",
    dev: "SST-2/dev.tsv",
    rows: [6920, 872],
    start: "words"
  },
  {
    task: "ner",
    name: "named entities",
    train: "wnut17/train.conll",
    dev: "wnut17/dev.conll",
    rows: [3394, 1009],
    start: "names"
  }
];

/** The task's own recipe as a link holds it. */
const linked = (value: unknown, key = ""): string[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([name, member]) =>
        linked(member, key === "" ? name : `${key}.${name}`)
      )
    : [`${key}=${String(value)}`];

for (const {task, name, train, dev, rows, start} of cases)
  test(`${name}: files of the published data set are dropped and trained on`, async ({page}) => {
    test.skip(!folder || !existsSync(join(folder, train)), "no ALBERT_DATA_DIR");
    test.setTimeout(starts ? 3_600_000 : 270_000); // baselines and scores of whole dev sets
    const [n, m] = rows.map((count) => count!.toLocaleString("en"));
    const recipe = starts
      ? linked(taskDefaults(fineTuneTask(task))).join("&")
      : "steps=30&capture.evaluate_every=30";
    await open(page, `/finetune?backend=wasm&${recipe}`);
    if (starts) {
      await page.getByRole("radio", {name: "A folder of yours"}).check();
      const files = ["config.json", "model.safetensors", "spiece.model", "tokenizer_config.json"];
      await page
        .getByLabel("choose the files of a model folder")
        .setInputFiles(files.map((file) => join(starts, start, "model", file)));
    }
    await page.getByLabel("Task", {exact: true}).selectOption(task);
    await page.getByRole("radio", {name: "files of yours"}).check();
    await page.getByLabel("choose the training file").setInputFiles(join(folder!, train));
    await page.getByLabel(/^choose the dev file/).setInputFiles(join(folder!, dev));
    await page.getByRole("button", {name: "Train", exact: true}).click();
    await expect(page.locator(status)).toContainText("done", {
      timeout: starts ? 3_500_000 : 240_000
    });
    const figure = page.getByRole("figure", {name: /The best weights beside honest baselines/});
    await expect(figure).toContainText(`${n} training rows`);
    await expect(figure).toContainText(`n = ${m} dev rows`);
    const table = await figure.getByRole("table").first().innerText();
    const from = starts ? `to its end, from ${start}` : "30 steps from the site's stored model";
    console.log(
      `${name} in the page, ${from}:\n${await page.locator(status).innerText()}\n${table}`
    );
    await expect(page.locator(".obs-errors li:visible")).toHaveCount(6);
    expect(table).toContain(task === "ner" ? "most frequent tag of a word" : "bag of words");
  });
