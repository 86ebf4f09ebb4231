import {expect, open, test} from "./helpers.js";

test.describe("/arena", () => {
  test.beforeEach(({page}) => open(page, "/arena"));

  test("shows where each method is right and where it lies, before any click", async ({page}) => {
    const table = page.getByRole("figure", {name: /^How much of each method's score/});
    const row = (name: string) => table.getByRole("row").filter({hasText: name});
    await expect(row("a loud piece").getByRole("cell").first()).toHaveText("wrong 0.10");
    await expect(row("twins").getByRole("cell").nth(6)).toHaveText("silent –");
    await expect(table).toContainText("Right on all 6: value zeroing.");
    const one = page.getByRole("figure", {name: /^“a detour”/});
    await expect(one.getByRole("row").filter({hasText: "picks up the piece before"})).toContainText(
      "yes"
    );
    await page.getByRole("radio", {name: "twins"}).check();
    await expect(
      page.getByRole("figure", {name: /^“twins”/}).getByRole("cell", {name: "yes"})
    ).toHaveCount(3);
  });

  test("runs here, on other words and another share", async ({page}) => {
    await open(page, "/arena?backend=cpu");
    const table = page.getByRole("figure", {name: /^How much of each method's score/});
    await page.getByLabel("seed of the words").fill("7");
    await page.getByLabel("share of attention on the word that is read").fill("0.3");
    await page.getByRole("button", {name: "Run all six", exact: true}).click();
    await expect(page.getByRole("status")).toHaveText("done on cpu", {timeout: 90_000});
    await expect(table).toContainText("computed here on cpu");
    await expect(
      table.getByRole("row").filter({hasText: "a loud piece"}).getByRole("cell").first()
    ).toHaveText("in part 0.30");
    await page.getByLabel("seed of the words").fill("1.5");
    await page.getByRole("button", {name: "Run all six", exact: true}).click();
    await expect(page.getByRole("alert").filter({hasText: /./})).toHaveText(
      /^seed: 1\.5 \(expected/
    );
  });
});
