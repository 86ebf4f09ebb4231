/** What every page test shares: a page that is watched, and measures of it. */
import {readdirSync} from "node:fs";
import {AxeBuilder} from "@axe-core/playwright";
import {test as base, expect, type Locator, type Page} from "@playwright/test";

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

/**
 * An impatient double click with the mouse, which stays where it is.
 *
 * @param between waits for what the first click does, so that the second meets what stands there then
 */
export async function doubleClick(
  page: Page,
  target: Locator,
  between: () => Promise<unknown>
): Promise<void> {
  await target.hover();
  for (const clickCount of [1, 2]) {
    await page.mouse.down({clickCount});
    await page.mouse.up({clickCount});
    await between();
  }
}

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
  await settled(page);
}

/** Waits until the page was idle twice without another figure. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(idleTwice);
}

/** Run in a page: waits until it was idle twice without another figure. */
export async function idleTwice(): Promise<void> {
  const drawn = () => document.querySelectorAll("figure").length;
  for (let [before, same] = [-1, 0]; same < 2;) {
    await new Promise((idle) => requestIdleCallback(idle, {timeout: 5000}));
    const now = drawn();
    same = now === before ? same + 1 : 0;
    before = now;
  }
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

/** Rules of axe that depend on colours: what else holds in light holds in dark. */
const colourRules = ["color-contrast", "link-in-text-block"];

/**
 * Accessibility faults of any weight, `rule: element` each. Every rule runs; what passes is not described
 * and the result is put together in the page itself, which otherwise is most of the time (a quarter is left).
 *
 * @param options.without rules that do not apply
 * @param options.onlyColours where the same page was found without a fault in other colours
 */
export async function accessibilityFaults(
  page: Page,
  {without = [], onlyColours = false}: {without?: string[]; onlyColours?: boolean} = {}
): Promise<string[]> {
  const axe = new AxeBuilder({page}).setLegacyMode(true);
  // the options first: they would take the place of the rules
  axe.options({resultTypes: ["violations"]});
  if (onlyColours) axe.withRules(colourRules);
  else axe.disableRules(without);
  const {violations} = await axe.analyze();
  return violations.flatMap(({id, nodes}) =>
    nodes.map(({html, any}) => `${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ""}`)
  );
}

/**
 * Accessibility faults in light and in dark, to which the page turns as for a reader whose system does: a
 * scheme before each. Every rule in light, those of colours in dark.
 */
export async function accessibilityFaultsInBoth(page: Page): Promise<string[]> {
  const faults: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({colorScheme});
    const found = await accessibilityFaults(page, {onlyColours: colorScheme === "dark"});
    faults.push(...found.map((fault) => `${colorScheme}: ${fault}`));
  }
  return faults;
}

/** Roles that say nothing without a name. */
const namedRoles = new Set(
  "application button checkbox columnheader combobox dialog figure form grid image img link listbox menuitem meter navigation option progressbar radio region searchbox slider spinbutton switch tab table textbox".split(
    " "
  )
);
/** What a reader acts on, and what tells one of a name from another. */
const controlRoles = new Set(
  "button checkbox combobox searchbox slider spinbutton textbox".split(" ")
);
const contextRoles = new Set(
  "application dialog figure form group list region row table toolbar".split(" ")
);

/**
 * What a screen reader cannot tell a reader of the page: parts without a name, two controls of one name in
 * one place (but for the words of a text), a heading that skips a level. One line each.
 */
export async function unclearParts(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const {nodes} = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  type Node = (typeof nodes)[number];
  const role = (node: Node) => String(node.role?.value ?? "");
  const name = (node: Node) => String(node.name?.value ?? "").trim();
  const place = (node: Node) => {
    const names: string[] = [];
    for (let at = byId.get(node.parentId ?? ""); at; at = byId.get(at.parentId ?? ""))
      if (contextRoles.has(role(at)) && name(at)) names.push(`${role(at)} ${name(at)}`);
    return names.join(" in ") || "the page";
  };
  const faults: string[] = [];
  const seen = new Set<string>();
  let level = 0;
  for (const node of nodes) {
    if (node.ignored) continue;
    if (namedRoles.has(role(node)) && !name(node))
      faults.push(`${role(node)} without a name in ${place(node)}`);
    if (role(node) === "heading") {
      const own = Number(node.properties?.find((each) => each.name === "level")?.value.value);
      if (own > level + 1) faults.push(`heading of level ${own} after ${level}: ${name(node)}`);
      level = own;
    }
    if (!controlRoles.has(role(node)) || /toolbar|list/.test(place(node))) continue;
    const one = `${role(node)} ${name(node)} in ${place(node)}`;
    if (seen.has(one)) faults.push(`two of one name: ${one}`);
    seen.add(one);
  }
  return faults;
}

/** How many pixels the page is wider than the window; 0 where nothing scrolls sideways. */
export async function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(() =>
    Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)
  );
}
