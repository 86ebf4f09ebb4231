import {expect, open, test} from "./helpers.js";
import {keepRecords} from "./keptRecords.js";

const score = (accuracy: number) => ({loss: 1, accuracy, count: 512});

test.describe("/objectives", () => {
  test("has recorded runs, the paper's table and a bet before any click", async ({page}) => {
    await open(page, "/objectives?backend=wasm");
    const grid = page.getByRole("figure", {name: /Each does something of the other's task/});
    await expect(grid).toContainText("5 seeds");
    await expect(grid.locator("text", {hasText: "no head for it"})).toHaveCount(2);
    await expect(page.locator("main")).toContainText(/also tells next sentences, 62\.\d \[/);
    const cost = page.getByRole("figure", {name: /Both sentence tasks cost words/});
    await expect(cost.locator("circle")).toHaveCount(15);
    await expect(page.getByRole("figure", {name: /Hiding twice as many/})).toBeVisible();
    await expect(
      page.getByRole("figure", {name: /For some hundred steps both only guess/})
    ).toBeVisible();
    const paper = page.getByRole("region", {name: "The paper's Table 5, table"});
    await expect(paper.locator("tbody tr")).toHaveCount(3);
    await expect(paper.locator("tbody tr").nth(1)).toContainText("90.5");
    await expect(paper.locator("tbody tr").nth(1)).toContainText("52");
    await page.getByLabel("order teaches both").check();
    await expect(page.locator(".obs-verdict")).toContainText("Yes.");
    await expect(page.locator(".obs-sweep .obs-status")).toHaveText("0 of 10 runs");
  });

  test("draws runs that this browser has kept: every model on every task", async ({page}) => {
    await open(page, "/claims");
    await keepRecords(page, "data/runs/objectives/sweep.json", {seeds: 5, steps: 900}, (run) => {
      const {sentence} = run.recipe.objective;
      const off = 0.002 * run.seed;
      return {
        loss: 3 + off,
        sentence: sentence === "none" ? null : 0.7 + off,
        measures: {
          tasks: {
            mlm: score(0.4 + off),
            ngram: score(0.3 + off),
            nsp: sentence === "none" ? null : score(0.7 + off),
            sop: sentence === "none" ? null : score(sentence === "nsp" ? 0.494 + off : 0.8 + off)
          }
        }
      };
    });
    await open(page, "/objectives?backend=wasm&seeds=5");
    await expect(page.locator(".obs-sweep .obs-status")).toHaveText("25 of 25 runs · done");
    const grid = page.getByRole("figure", {name: "Your runs so far: every model on every task"});
    await expect(grid).toContainText("80.6");
    await expect(grid.locator("text", {hasText: "no head for it"})).toHaveCount(2);
    await expect(grid.locator(".obs-hatched")).toHaveCount(1); // 50.0%, the seeds on both sides
    await expect(
      page.getByRole("figure", {name: "Your runs so far: the sentence task over training"})
    ).toContainText("masks + NSP");
    const masked = page.getByRole("figure", {name: "Your runs so far: guessing hidden words"});
    await expect(masked.locator("circle")).toHaveCount(25);
  });
});
