import {expect, open, test} from "./helpers.js";

test.describe("/embedding", () => {
  test.beforeEach(({page}) => open(page, "/embedding"));

  test("shows the recorded sweep with intervals before any click, and answers a guess", async ({
    page
  }) => {
    const figure = page.getByRole("figure", {name: /The table can be halved/});
    await expect(figure).toContainText("5 seeds each");
    await expect(figure).toContainText("Hatched: not significantly different");
    await expect(figure.locator("circle")).toHaveCount(25);
    await page.getByLabel("no worse than luck would have it").check();
    await expect(page.locator(".obs-verdict")).toContainText("Yes.");
    await figure.getByRole("button", {name: "Table"}).click();
    await expect(figure.getByRole("table").locator("tbody tr")).toHaveCount(25);
  });

  test("has a fine-tuned score and what a step takes at each width before any click", async ({
    page
  }) => {
    const scores = page.getByRole("figure", {name: /the task does not notice/});
    await expect(scores.locator("circle")).toHaveCount(25);
    await expect(scores.locator(".obs-hatched")).toHaveCount(4);
    const times = page.getByRole("figure", {name: /takes a seventh off a small step/});
    await expect(times).toContainText("200 rounds each, by turns");
    await expect(times.locator(".obs-interval")).toHaveCount(5);
  });

  test("counts both forms at any size, exactly", async ({page}) => {
    await expect(
      page.getByRole("figure", {name: "3,938,304 parameters instead of 23,040,000"})
    ).toBeVisible();
    await page.getByLabel("published model").selectOption("albert-xxlarge-v2");
    await expect(
      page.getByRole("figure", {name: "4,364,288 parameters instead of 122,880,000"})
    ).toBeVisible();
    await page.getByLabel("E, embedding").fill("4096");
    await expect(page.getByText("At these sizes factorising stores more")).toBeVisible();
    await page.getByLabel("E, embedding").fill("0");
    await expect(page.getByText("E, embedding: expected a whole number from 1")).toBeVisible();
  });

  test("the waterfall ends at ALBERT-base's exact count, and the paper's table stands apart", async ({
    page
  }) => {
    await expect(page.getByRole("figure", {name: /109\.1 → 89\.7 → 11\.7/})).toContainText(
      "11,683,584"
    );
    const paper = page.getByRole("region", {name: "The paper's Table 3, table"});
    await expect(paper.locator("tbody tr")).toHaveCount(8);
    await expect(paper.locator("tbody tr").nth(5)).toContainText("80.1");
  });

  test("runs a small sweep, is reloaded in the middle, and finishes it", async ({page}) => {
    test.setTimeout(600_000); // a busy machine takes a minute for each of the five runs
    await open(page, "/embedding?steps=300&seeds=1&backend=wasm");
    const panel = page.locator(".obs-sweep");
    const status = panel.locator(".obs-status");
    await expect(status).toHaveText("0 of 5 runs");
    await panel.getByRole("button", {name: "Run all"}).click();
    await expect(status).toContainText(/run [34] of 5/, {timeout: 300_000});
    await page.reload();
    await expect(status).toContainText("of 5 runs · paused");
    const kept = Number((await status.innerText()).split(" ")[0]);
    expect(kept).toBeGreaterThanOrEqual(2);
    expect(kept).toBeLessThan(5);
    const figure = page.getByRole("figure", {name: "Your runs so far"});
    await expect(figure.locator("circle")).toHaveCount(kept);
    await panel.getByRole("button", {name: "Run all"}).click();
    await expect(status).toContainText("5 of 5 runs · done", {timeout: 250_000});
    await expect(figure.locator("circle")).toHaveCount(5);
    await panel.getByRole("button", {name: "Clear"}).click();
    await expect(status).toContainText("0 of 5 runs");
  });
});
