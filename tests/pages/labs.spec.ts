import {expect, open, test} from "./helpers.js";
import {keepRecords} from "./keptRecords.js";

test.describe("/sharing", () => {
  test.beforeEach(({page}) => open(page, "/sharing"));

  test("shows recorded runs with intervals before any click", async ({page}) => {
    const figure = page.locator("figure").first();
    await expect(figure).toContainText("5 seeds each");
    await expect(figure.locator("circle")).toHaveCount(30);
    await expect(figure).toContainText("not significant");
    await expect(page.getByRole("region", {name: "The paper's Table 4, table"})).toContainText(
      "attention"
    );
  });

  test("shows what other depths reach, with the differences that are not noise", async ({page}) => {
    const figure = page.getByRole("figure", {name: /eight turns hardly learn/});
    await expect(figure.locator("circle")).toHaveCount(20);
    await expect(figure).toContainText("Every difference from the reference");
  });

  test("has scores, what a step takes, and what tying and untying came to, before any click", async ({
    page
  }) => {
    const times = page.getByRole("figure", {name: "Storing a third of the numbers saves a tenth"});
    await expect(times).toContainText("200 rounds each, by turns");
    await expect(times.locator(".obs-interval")).toHaveCount(5);
    await expect(times.locator("svg").first()).toContainText("everything shared");
    const scores = page.getByRole("figure", {name: /Whether fine-tuning starts at all/});
    await expect(scores.locator("circle")).toHaveCount(50);
    await expect(scores.locator(".obs-hatched")).toHaveCount(9);
    const equal = page.getByRole("figure", {name: /At equal parameters, too/});
    await expect(equal.locator("circle")).toHaveCount(30);
    const untied = page.getByRole("figure", {name: /that is untied gains nothing/});
    await expect(untied.locator("circle")).toHaveCount(30);
    await expect(untied.locator(".obs-hatched")).toHaveCount(5);
    const tied = page.getByRole("figure", {name: /that is tied does not get over it/});
    await expect(tied.locator("circle")).toHaveCount(10);
    await expect(tied.locator(".obs-hatched")).toHaveCount(0);
  });

  test("maps which tensor serves which depth, and counts what is stored", async ({page}) => {
    await expect(
      page.getByRole("figure", {name: "7,087,872 parameters in the layers, 11,683,584 in all"})
    ).toBeVisible();
    await page.getByLabel("nothing", {exact: true}).check();
    await expect(
      page.getByRole("figure", {name: "85,054,464 parameters in the layers, 89,650,176 in all"})
    ).toBeVisible();
  });
});

test("/sharing unties a depth of a model trained here, goes on, and lays the arms side by side", async ({
  page
}) => {
  test.setTimeout(300_000); // trains two times, on whatever machine there is
  await open(page, "/sharing?backend=wasm&steps=40");
  const form = page.locator(".obs-computes", {hasText: "go on with"});
  const status = form.locator(".obs-status");
  await form.getByLabel("untie depth 1").check();
  await form.getByRole("button", {name: "Go on"}).click();
  await expect(status).toHaveText("done", {timeout: 120_000});
  const moved = page.getByRole("figure", {name: "How far each depth moves: depth 1 untied"});
  await expect(moved.locator("[data-layer='line'] path")).toHaveCount(4);
  await form.getByLabel("leave it as it is").check();
  await form.getByRole("button", {name: "Go on"}).click();
  const losses = page.getByRole("figure", {name: "Your model, trained on"});
  await expect(losses).toContainText("as it was: 34,552 parameters", {timeout: 120_000});
  await expect(losses).toContainText("depth 1 untied");
  await losses.getByRole("button", {name: "Table"}).click();
  const rows = losses.getByRole("table").locator("tbody tr");
  const first = async (n: number) => (await rows.nth(n).innerText()).split("\t")[2];
  const half = (await rows.count()) / 2;
  expect(await first(0)).toBe(await first(half)); // untied or not, it begins with the same loss
});

test.describe("/compare", () => {
  test.beforeEach(({page}) => open(page, "/compare"));

  test("counts every published configuration, and two of them side by side", async ({page}) => {
    const all = page.getByRole("region", {name: /Published models/});
    await expect(all.locator("tbody tr")).toHaveCount(24);
    await expect(
      page.getByRole("figure", {
        name: "albert-base-v2 stores 0.107 times what bert-base-uncased does, and computes 1.001 times as much"
      })
    ).toContainText("11,683,584");
    await page.locator("main select").first().selectOption("distilbert-base-uncased");
    await expect(page.getByRole("figure", {name: /computes 0\.5 times as much/})).toBeVisible();
  });

  test("has nine recorded models of five seeds each before any click", async ({page}) => {
    const losses = page.getByRole("figure", {name: /In four hundred steps/});
    await expect(losses.locator("circle")).toHaveCount(45);
    const scores = page.getByRole("figure", {name: /Names: every model of two layers/});
    await expect(scores.locator(".obs-hatched")).toHaveCount(2);
    await expect(page.locator("main")).toContainText("3 of the 5 narrow ones did not start");
    const rates = page.getByRole("region", {name: /Learning rates tried/}).locator("tbody tr");
    await expect(rates).toHaveCount(5);
    const rows = page
      .getByRole("region", {name: /Bytes, work, loss and score/})
      .locator("tbody tr");
    await expect(rows).toHaveCount(9);
    await expect(rows.nth(0)).toContainText("743 kB");
  });

  test("times the four families here and says which differences are noise", async ({page}) => {
    test.setTimeout(300_000);
    await open(page, "/compare?backend=wasm");
    await page.getByRole("button", {name: "Time a training step here", exact: true}).click();
    const step = page.getByRole("figure", {name: "One training step, in this browser"});
    await expect(step.locator("circle")).toHaveCount(48, {timeout: 90_000});
    const medians = page.getByRole("region", {name: "One training step, in this browser: medians"});
    await expect(medians.locator("tbody tr")).toHaveCount(4);
    await page.getByRole("button", {name: "Measure here", exact: true}).click();
    const figure = page.getByRole("figure", {name: "One forward pass, in this browser"});
    await expect(figure).toContainText("20 rounds each", {timeout: 90_000});
    await expect(figure.locator("circle")).toHaveCount(80);
    await expect(figure).toContainText("DistilBERT");
    await expect(page.locator(".status[data-state='done']").first()).toHaveText("done · wasm");
  });

  test("draws what was trained here: loss, bytes and work of the four families", async ({page}) => {
    await keepRecords(page, "data/runs/families/sweep.json", {seeds: 3, steps: 400}, (run) => {
      const loss = (run.cell.case === "BERT" ? 3 : 3.2) + 0.01 * run.seed;
      const scored = {loss, accuracy: 0.3, count: 500};
      return {
        loss,
        sentence: null,
        measures: {tasks: {mlm: scored, ngram: scored, nsp: null, sop: null}}
      };
    });
    await open(page, "/compare?backend=wasm&seeds=3");
    await expect(page.locator(".obs-sweep .obs-status")).toHaveText("27 of 27 runs · done");
    const figure = page.getByRole("figure", {name: "Your runs so far: hidden words"});
    await expect(figure.locator("circle")).toHaveCount(27);
    await expect(figure).toContainText("half, no teacher");
    await expect(figure).toContainText("+0.200");
    const rows = page.getByRole("region", {name: /bytes, work and loss/}).locator("tbody tr");
    await expect(rows).toHaveCount(9);
    await expect(rows.nth(0)).toContainText("1.02 MB");
  });

  test("a longer text is more work for each piece", async ({page}) => {
    await page.getByLabel("512", {exact: true}).check();
    const all = page.getByRole("region", {name: /Published models/});
    await expect(all.locator("tbody tr", {hasText: "albert-base-v2"})).toContainText("189");
  });
});

test.describe("/claims", () => {
  test.beforeEach(({page}) => open(page, "/claims"));

  test("lists 37 claims, sorts them by verdict, and checks one in SQL", async ({page}) => {
    await expect(page.locator(".claim")).toHaveCount(37);
    await expect(page.locator("#claim-6 .claim-own")).toContainText("5 seeds, not significant");
    await page.getByLabel("wrong", {exact: true}).last().check();
    await expect(page.locator(".claim")).toHaveCount(7);
    await page.getByRole("button", {name: "Check claim 2 against"}).click();
    const answer = page.locator("#claim-2 .claim-answer");
    await expect(answer).toContainText("1.001", {timeout: 60_000});
    await expect(answer.getByRole("table")).toContainText("albert-base-v2");
  });
});

test("a link for a class locks the numbers, hides the settings and offers no further link", async ({
  page
}) => {
  await open(page, "/sharing?backend=wasm");
  const folded = page.locator(".obs-class-link");
  await folded.locator("summary").click();
  await folded.getByLabel("lock seeds and steps").check();
  await folded.getByLabel("hide the settings").check();
  await page.getByLabel("seeds", {exact: true}).fill("3");
  await page.getByLabel("seeds", {exact: true}).press("Tab");
  const field = page.getByLabel("link to this page");
  await expect(field).toHaveValue(/\?seeds=3&backend=wasm&locked=1&hide=settings$/);
  const link = await field.inputValue();
  await open(page, new URL(link).pathname + new URL(link).search);
  await expect(page.locator(".obs-sweep .obs-status")).toHaveText("0 of 18 runs");
  await expect(page.getByLabel("steps of a run")).toBeHidden();
  await expect(page.locator(".obs-class-link")).toBeHidden();
  await expect(page.getByRole("button", {name: "Run all"})).toBeVisible();
  await expect(page.locator(".obs-predict")).toBeVisible();
  await open(page, "/pretrain?seed=5&locked=1");
  const seed = page.locator("form.obs-form").getByLabel("seed", {exact: true});
  await expect(seed).toHaveValue("5");
  await expect(seed).toBeDisabled();
});
