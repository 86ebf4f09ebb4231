/** The recipe that a figure hands over makes the same run in the terminal. */
import {execFile} from "node:child_process";
import {mkdtemp, readFile, rm} from "node:fs/promises";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {promisify} from "node:util";
import {toolEnvironment} from "../../bin/process.js";
import {expect, test} from "./helpers.js";
import {tiny, TrainingPage} from "./training.js";

/** A column of a CSV file without quotes, as numbers. */
function columnOf(csv: string, name: string): number[] {
  const [header, ...rows] = csv.trim().split(/\r?\n/);
  const at = header!.split(",").indexOf(name);
  expect(at, header).toBeGreaterThanOrEqual(0);
  return rows.map((row) => Number(row.split(",")[at]));
}

test("the recipe saved from a curve gives the same hash and the same curve in the terminal", async ({
  page
}) => {
  test.slow();
  const folder = await mkdtemp(join(tmpdir(), "albert-rerun-"));
  try {
    const run = await new TrainingPage(page).open(
      `/pretrain${tiny({steps: "6", backend: "wasm"})}`
    );
    await run.button("Train").click();
    await run.finish();
    const figure = page.getByRole("figure", {name: /^Loss/}).first();
    const save = async (item: string, name: string): Promise<string> => {
      await figure.locator("summary", {hasText: "Save"}).click();
      const waiting = page.waitForEvent("download");
      await figure.getByRole("button", {name: item, exact: true}).click();
      const path = join(folder, name);
      await (await waiting).saveAs(path);
      await page.keyboard.press("Escape");
      return path;
    };
    const recipe = await save("Recipe (JSON)", "recipe.json");
    const bibtex = await readFile(await save("BibTeX", "figure.bib"), "utf8");
    const hash = /@misc\{albert-observatory-([0-9a-f]{12}),/.exec(bibtex)![1]!;
    const losses = columnOf(await readFile(await save("CSV", "curve.csv"), "utf8"), "loss");

    const output = join(folder, "run");
    const {stdout} = await promisify(execFile)(
      process.execPath,
      ["--import", "tsx", "bin/albert.ts", "train", recipe, "--output", output],
      {env: toolEnvironment(), maxBuffer: 1e8}
    );
    expect(stdout).toContain(`recipe ${hash}`);
    const again = columnOf(await readFile(join(output, "metrics.csv"), "utf8"), "loss");
    expect(again).toHaveLength(6);
    // Node and the browser are two engines: a sum may round otherwise in its last bit
    expect(losses).toHaveLength(6);
    for (const [step, loss] of losses.entries()) expect(loss).toBeCloseTo(again[step]!, 5);
  } finally {
    await rm(folder, {recursive: true, force: true});
  }
});
