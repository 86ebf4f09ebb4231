/** R28: whatever a link says, its page opens, says what it refuses, asks for nothing and runs nothing. */
import {open} from "../pages/helpers.js";
import {hostileQueries, linkedPages} from "../pages/hostileLinks.js";
import {expect, test} from "./browser.js";
import {Tally} from "./tally.js";

const queries = hostileQueries(30);

for (const path of linkedPages)
  test(`${queries.length} hostile links to ${path}`, async ({page, baseURL}) => {
    const tally = new Tally(
      "R28",
      "hostile links opened in a browser, on every page that reads its own"
    );
    const problems: string[] = [];
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("dialog", (dialog) => problems.push(`dialog: ${dialog.message()}`));
    page.context().on("request", (request) => {
      const url = request.url();
      if (!/^(data|blob):/.test(url) && new URL(url).origin !== new URL(baseURL!).origin)
        problems.push(`asked for ${url}`);
    });
    for (const [i, query] of queries.entries())
      await tally.attempt(`${path}, link ${i}`, async () => {
        problems.length = 0;
        await open(page, path + query);
        await expect(page.locator(".obs-link-note .obs-refused").first()).toContainText("link: ");
        expect(await page.locator(".observablehq--error").count()).toBe(0);
        expect(page.workers()).toEqual([]);
        expect(await page.evaluate(() => "ran" in window)).toBe(false);
        expect(problems).toEqual([]);
      });
    tally.finish("nothing");
  });
