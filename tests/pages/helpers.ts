/** What every page test shares: a page that is watched, and measures of it. */
import {readdirSync} from "node:fs";
import {AxeBuilder} from "@axe-core/playwright";
import {test as base, expect, type Page} from "@playwright/test";

/** Everything that went wrong on a page so far. */
export interface Watch {
  /** One line per console error, uncaught error, failed or off-site request, or policy violation. */
  problems: string[];
  /** Lines that match are expected by this test and not reported. */
  allow(pattern: RegExp): void;
}

declare global {
  interface Window {
    albertLongTasks?: number[];
  }
}

function watch(page: Page, baseURL: string): Watch {
  const problems: string[] = [];
  const allowed: RegExp[] = [];
  const origin = new URL(baseURL).origin;
  const add = (line: string) => {
    if (!allowed.some((pattern) => pattern.test(line))) problems.push(line);
  };
  page.on("console", (message) => {
    if (message.type() === "error")
      add(`console error: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => add(`uncaught error: ${error.message}`));
  page.on("crash", () => add("the page crashed"));
  // the context sees the requests of workers as well
  page.context().on("request", (request) => {
    const url = request.url();
    if (!/^(data|blob):/.test(url) && new URL(url).origin !== origin)
      add(`off-site request: ${url}`);
  });
  page.context().on("response", (response) => {
    if (response.status() >= 400) add(`HTTP ${response.status()}: ${response.url()}`);
  });
  return {problems, allow: (pattern) => void allowed.push(pattern)};
}

/**
 * Playwright's `test` whose page fails the test where it logs an error, asks for anything off the
 * site, breaks its policy or shows a failed cell. A test that provokes an error names it with
 * `watch.allow` first.
 */
export const test = base.extend<{watch: Watch}>({
  watch: [
    async ({page, baseURL}, use) => {
      const watched = watch(page, baseURL!);
      await page.addInitScript(() => {
        addEventListener("securitypolicyviolation", (event) =>
          console.error(`policy violation: ${event.effectiveDirective} ${event.blockedURI}`)
        );
        window.albertLongTasks = [];
        new PerformanceObserver((list) => {
          for (const {duration} of list.getEntries()) window.albertLongTasks!.push(duration);
        }).observe({type: "longtask", buffered: true});
      });
      await use(watched);
      if (!page.isClosed())
        for (const text of await failedCells(page)) watched.problems.push(`failed cell: ${text}`);
      expect(watched.problems).toEqual([]);
    },
    {auto: true}
  ]
});

export {expect};

/** The text of every cell of the page that shows an error. */
export function failedCells(page: Page): Promise<string[]> {
  return page.locator(".observablehq--error").allInnerTexts();
}

/**
 * Opens a page and waits until its cells have run, or for 15 s where one waits for the reader: nothing is
 * fetched any more, and the page was idle twice without another figure. Few cells say that they wait, so
 * that alone tells little. What is shown after an answer of a worker may still come later.
 */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path.replace(/^\//, ""), {waitUntil: "load"});
  await page.locator("h1").first().waitFor();
  await page
    .waitForFunction(() => document.querySelectorAll("observablehq-loading").length === 0, null, {
      timeout: 15_000
    })
    .catch(() => undefined);
  await page.waitForLoadState("networkidle");
  await page.evaluate(async () => {
    const drawn = () => document.querySelectorAll("figure").length;
    for (let [before, same] = [-1, 0]; same < 2;) {
      await new Promise((idle) => requestIdleCallback(idle, {timeout: 5000}));
      const now = drawn();
      same = now === before ? same + 1 : 0;
      before = now;
    }
  });
}

/** The paths of every page in the built site, such as `/` and `/glue/`, sorted. */
export function builtPaths(dist = "dist"): string[] {
  return readdirSync(dist, {recursive: true, encoding: "utf8"})
    .filter((file) => file.endsWith(".html"))
    .map((file) => `/${file.replaceAll("\\", "/").replace(/(^|\/)index\.html$|\.html$/, "$1")}`)
    .sort();
}

/** Durations over 50 ms that the main thread was busy since the page was opened, in ms. */
export async function longTasks(page: Page): Promise<number[]> {
  return page.evaluate(() => window.albertLongTasks ?? []);
}

/** Forgets the long tasks so far. */
export async function resetLongTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.albertLongTasks = [];
  });
}

/**
 * Accessibility faults of any weight, `rule: element` each. Every rule runs; what passes is not described
 * and the result is put together in the page itself, which otherwise is most of the time (a quarter is left).
 *
 * @param without rules that do not apply
 */
export async function accessibilityFaults(page: Page, without: string[] = []): Promise<string[]> {
  const {violations} = await new AxeBuilder({page})
    .options({resultTypes: ["violations"]})
    .disableRules(without)
    .setLegacyMode(true)
    .analyze();
  return violations.flatMap(({id, nodes}) =>
    nodes.map(({html, any}) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`)
  );
}

/** How many pixels the page is wider than the window; 0 where nothing scrolls sideways. */
export async function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() =>
    Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)
  );
}
