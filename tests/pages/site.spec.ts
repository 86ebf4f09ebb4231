import {
  accessibilityFaults,
  accessibilityFaultsInBoth,
  builtPaths,
  expect,
  failedCells,
  open,
  settled,
  sidewaysScroll,
  test,
  unclearParts
} from "./helpers.js";

test.describe.configure({mode: "parallel"});

const widths = [360, 1280];

test("the site has its first page and a page for what is missing", () => {
  expect(builtPaths()).toEqual(expect.arrayContaining(["/", "/404"]));
});

for (const path of builtPaths())
  test(`${path} has no fault at 360 and 1280 px, in light and dark`, async ({page}) => {
    test.slow(); // a page of many cells is read whole, four times
    await page.setViewportSize({width: widths[0]!, height: 900});
    await open(page, path);
    expect(await page.title()).toContain("ALBERT Observatory");
    await expect(page.locator("h1")).toHaveCount(1);
    // a framed page is a whole one until it shows its single view
    for (const frame of await page.locator("iframe").all())
      await frame.contentFrame().locator("html[data-embed]").waitFor({state: "attached"});
    for (const width of widths) {
      await page.setViewportSize({width, height: 900});
      await settled(page);
      expect(await failedCells(page)).toEqual([]);
      await expect.poll(() => sidewaysScroll(page), `wider than ${width} px`).toBe(0);
      expect(await accessibilityFaultsInBoth(page), `${width} px`).toEqual([]);
    }
    expect(await unclearParts(page)).toEqual([]);
  });

test("every page is in the list of pages", async ({page}) => {
  await open(page, "/");
  const links = await page
    .locator("#observablehq-sidebar a[href]")
    .evaluateAll((all) => all.map((a) => new URL((a as HTMLAnchorElement).href).pathname));
  // /glue/ leads to the page of each task
  const listed = builtPaths().filter((path) => !/^\/(404|glue\/.+)$/.test(path));
  expect([...new Set(links)].sort()).toEqual(listed);
});

test("an unknown address shows the page for what is missing", async ({page, watch}) => {
  watch.allow(/404/);
  const response = await page.goto("no-such-page");
  expect(response!.status()).toBe(404);
  await expect(page.locator("h1")).toHaveText("There is no such page");
});

test("the policy stops scripts that the page did not ship", async ({page, watch}) => {
  watch.allow(/policy violation|Content Security Policy|violates/);
  await open(page, "/");
  const ran = await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "document.documentElement.dataset.foreign = 'ran'";
    document.head.append(script);
    await new Promise((done) => setTimeout(done, 50));
    const fetched = await fetch("https://example.com/").then(
      () => true,
      () => false
    );
    return [document.documentElement.dataset.foreign ?? null, fetched];
  });
  expect(ran).toEqual([null, false]);
});

test("the list of pages opens and closes on a narrow screen by keyboard", async ({page}) => {
  await page.setViewportSize({width: 360, height: 800});
  await open(page, "/");
  const list = page.locator("#observablehq-sidebar");
  await expect(list).not.toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.locator(".skip")).toBeFocused();
  await page.keyboard.press("Tab");
  const button = page.getByRole("button", {name: "List of pages"});
  await expect(button).toBeFocused();
  await expect(button).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Space");
  await expect(list).toBeVisible();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(list).not.toBeVisible();
  await expect(button).toHaveAttribute("aria-expanded", "false");
  await page.keyboard.press("Alt+b");
  await expect(list).toBeVisible();
  // from within the list Framework's own keys close it
  await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await expect(button).toHaveAttribute("aria-expanded", "false");
});

test("the list of pages stands open on a wide screen, closes, and stays closed", async ({page}) => {
  await page.setViewportSize({width: 1280, height: 800});
  await open(page, "/");
  const list = page.locator("#observablehq-sidebar");
  const button = page.getByRole("button", {name: "List of pages"});
  await expect(list).toBeVisible();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  await button.focus();
  await page.keyboard.press("Enter");
  await expect(list).not.toBeVisible();
  await expect(button).toHaveAttribute("aria-expanded", "false");
  await open(page, "/tokenizer");
  await expect(list).not.toBeVisible();
  await button.click();
  await expect(list).toBeVisible();
  await expect(button).toHaveAttribute("aria-expanded", "true");
});

test("search finds a page without leaving the site", async ({page}) => {
  await open(page, "/");
  await page.locator("#observablehq-search input").fill("albert");
  await expect(page.locator("#observablehq-search-results a").first()).toBeVisible();
});

test("the question mark shows the keys, and typing one does not", async ({page}) => {
  await open(page, "/");
  const sheet = page.getByRole("dialog", {name: "Keys"});
  await page.locator("#observablehq-search input").fill("");
  await page.locator("#observablehq-search input").press("?");
  await expect(sheet).toHaveCount(0);
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.keyboard.press("?");
  await expect(sheet).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(sheet).not.toBeVisible();
  await page.keyboard.press("?");
  await page.keyboard.press("?");
  await expect(sheet).not.toBeVisible();
});

test("what is chosen and what is pressed stands out where colours are forced", async ({page}) => {
  await page.emulateMedia({forcedColors: "active"});
  await open(page, "/attention");
  const shades = (selector: string) =>
    page
      .locator(selector)
      .evaluateAll((all) => [
        ...new Set(all.map((each) => getComputedStyle(each).backgroundColor))
      ]);
  const chosen = await shades(".obs-choice input:checked + span");
  const others = await shades(".obs-choice input:not(:checked) + span");
  expect(chosen).toHaveLength(1);
  expect(others).not.toContain(chosen[0]);
  expect(await shades(".obs-lines button[aria-pressed=true]")).toEqual(chosen);
});

test("what a colour says in a figure is seen where colours are forced", async ({page}) => {
  await page.emulateMedia({forcedColors: "active"});
  await open(page, "/attention");
  await page.locator(".obs-view .obs-dimension").first().waitFor();
  for (const selector of [".obs-swatch-box", ".obs-method", ".obs-dimension"]) {
    const shades = await page
      .locator(`.obs-view ${selector}`)
      .evaluateAll(
        (all) => new Set(all.map((each) => getComputedStyle(each).backgroundColor)).size
      );
    expect(shades, selector).toBeGreaterThan(3);
  }
  const bars = page.locator(".obs-view .obs-bar");
  expect(await bars.first().evaluate((bar) => getComputedStyle(bar).backgroundImage)).toContain(
    "gradient"
  );
});
