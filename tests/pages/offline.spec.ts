import {appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join, resolve} from "node:path";
import type {Page} from "@playwright/test";
import {buildOffline} from "../../bin/offline.js";
import {builtPaths, expect, test, type Watch} from "./helpers.js";
import {startHost, type Host} from "./hosts.js";

test.use({serviceWorkers: "allow"});

const base = "/some/where/";
const slow = {timeout: 90_000};
const kept = (page: Page) => page.locator(".site-offline");
const cacheNames = (page: Page) => page.evaluate(() => caches.keys());

let host: Host;

test.beforeEach(async ({watch}) => {
  host = await startHost({folder: resolve("dist"), base});
  allow(watch, host);
});

test.afterEach(() => host.close());

/** Own origin, a page that is not there, and what a browser logs where there is no network. */
function allow(watch: Watch, {origin}: Host): void {
  watch.allow(new RegExp(`off-site request: ${origin}${base}`));
  watch.allow(/404.*no-such-page|no-such-page.*404|404.*\(http:\S*no-such-page\)/);
  watch.allow(/ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
}

async function visit(page: Page, path: string): Promise<void> {
  await page.goto(`${host.origin}${base}${path.replace(/^\//, "")}`);
}

test("after the first page every page works without a network, and so does SQL", async ({page}) => {
  test.slow();
  await visit(page, "/");
  await expect(kept(page)).toContainText("Kept in this browser", slow);
  const sw = readFileSync("dist/sw.js", "utf8");
  expect(sw).toContain("duckdb-eh.wasm");
  expect(host.asked.filter((path) => /\.wasm$/.test(path) && /duckdb/.test(path))).toEqual([]);

  // a large file is kept when it is used
  const ask = async () => {
    await page.getByRole("button", {name: /With the same training/}).click();
    await expect(page.locator(".glue-cost")).toHaveText(/ · 6 rows · /, slow);
  };
  await visit(page, "/glue/");
  await ask();
  const wasm = () =>
    page.evaluate(async () => {
      for (const name of await caches.keys())
        for (const {url} of await (await caches.open(name)).keys())
          if (/duckdb-eh\.wasm$/.test(url)) return true;
      return false;
    });
  await expect.poll(wasm).toBe(true);

  // and comes from there the next time, as everything but the page itself does, network or none
  const before = host.asked.length;
  await visit(page, "/glue/");
  await ask();
  const again = host.asked.slice(before).filter((path) => !/\/sw\.js$/.test(path));
  expect(again).toEqual([`${base}glue/`]);

  await host.close();
  await page.context().setOffline(true);
  const figures: Record<string, number> = {"/": 3, "/embedding": 9, "/sharing": 12, "/compare": 4};
  for (const path of builtPaths().filter((path) => path !== "/404")) {
    await visit(page, path);
    await expect(page.locator("h1")).toBeVisible();
    await expect
      .poll(() => page.locator("figure.obs-figure").count())
      .toBeGreaterThanOrEqual(figures[path] ?? 0);
    await expect(page.locator(".observablehq--error")).toHaveCount(0);
  }
  await visit(page, "/no-such-page");
  await expect(page.locator("h1")).toHaveText("There is no such page");
  await visit(page, "/glue/");
  await ask();
});

test("a new version is said, comes whole or not at all, and the site can be forgotten", async ({
  page,
  context
}) => {
  test.slow();
  const folder = mkdtempSync(join(tmpdir(), "albert-site-"));
  try {
    await visit(page, "/compare");
    await expect(kept(page)).toContainText("Kept in this browser", slow);
    const [first] = await cacheNames(page);

    // the next version: one page and its script have changed
    cpSync(resolve("dist"), folder, {recursive: true});
    const html = readFileSync(join(folder, "claims.html"), "utf8");
    writeFileSync(
      join(folder, "claims.html"),
      html.replace("How to", "How to").replace("<h1 ", '<h1 data-next="1" ')
    );
    appendFileSync(join(folder, "favicon.0123abcd.svg"), "<svg/>");
    const version = await buildOffline(folder);
    expect(first).not.toContain(version);

    // half deployed: a file is not yet what the list says
    host.served.folder = folder;
    host.served.spoiled = "claims.html";
    const other = await context.newPage();
    const update = () =>
      other.evaluate(async () => {
        const registration = await navigator.serviceWorker.ready;
        await registration.update().catch(() => undefined);
        const {installing} = registration;
        if (!installing) return "none";
        // one that is whole waits, installed, while a page still has the version before
        return new Promise<string>((done) => {
          const tell = () => {
            if (/installed|redundant|activated/.test(installing.state)) done(installing.state);
          };
          installing.addEventListener("statechange", tell);
          tell();
        });
      });
    await other.goto(`${host.origin}${base}sharing`);
    await expect.poll(update, slow).toMatch(/^(none|redundant)$/);
    await expect(page.locator(".site-notice")).toHaveCount(0);
    expect(await cacheNames(page)).toContain(first);

    // wholly deployed; what the worker before still waits for keeps the next one from taking over
    host.served.silent = "never.txt";
    await page.evaluate(() => void fetch("never.txt").catch(() => undefined));
    host.served.spoiled = null;
    await other.reload();
    // an install that was cut short by the reload is tried again, as at any later visit
    const notice = page.locator(".site-notice");
    const told = async () => ((await notice.count()) > 0 ? "told" : await update());
    await expect.poll(told, slow).toBe("told");
    await expect(notice).toContainText("A new version of this site");
    await expect
      .poll(() => cacheNames(page))
      .toEqual(expect.arrayContaining([first, expect.stringContaining(version)]));
    await page.locator(".site-notice").getByRole("button", {name: "Reload"}).click();
    await expect(kept(page)).toContainText("Kept in this browser", slow);
    await expect(page.locator("meta[name=build]")).toHaveAttribute("content", version);
    await expect(page.locator(".site-notice")).toHaveCount(0);
    await visit(page, "/claims");
    await expect(page.locator("h1[data-next]")).toHaveCount(1);

    const forget = async () => {
      await kept(page).getByRole("button", {name: "Forget it"}).click();
      await expect(kept(page)).toContainText("Not kept");
      expect(await cacheNames(page)).toEqual([]);
    };
    await forget();
    // at once: the worker that was forgotten is still the page's
    await kept(page).getByRole("button", {name: "Keep it"}).click();
    await expect(kept(page)).toContainText("Kept in this browser", slow);
    expect(await cacheNames(page)).toEqual([expect.stringContaining(version)]);
    await forget();
    await page.reload();
    await expect(kept(page)).toContainText("Not kept");
    const registrations = () =>
      page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length);
    expect(await registrations()).toBe(0);
    await kept(page).getByRole("button", {name: "Keep it"}).click();
    await expect(kept(page)).toContainText("Kept in this browser", slow);
  } finally {
    rmSync(folder, {recursive: true, force: true});
  }
});
