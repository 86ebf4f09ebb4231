import {resolve} from "node:path";
import {accessibilityFaults, expect, open, test} from "./helpers.js";
import {startHost, type Host} from "./hosts.js";

const dist = resolve("dist");

test.describe("a page of another origin", () => {
  let host: Host;

  test.beforeEach(async ({baseURL, watch}) => {
    const page = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>A lecture</title>
<body><h1>A lecture</h1><div id="one"></div><div id="two"></div><div id="three"></div>
<script type="module">
  import {addStyles, attentionMatrix, embed, figure} from "${baseURL}embed.js";
  window.said = [];
  const put = (id, options) => embed(document.querySelector(id), {...options,
    onReady: (message) => said.push([id, "ready", message.view, message.query]),
    onState: (query) => said.push([id, "state", query]),
    onProblem: (message) => said.push([id, "problem", message])
  });
  window.one = put("#one", {page: "compare", view: "two-models"});
  window.two = put("#two", {page: "pretrain", view: "#the-recipe", query: "seed=5"});
  addStyles();
  document.querySelector("#three").append(
    figure(attentionMatrix([0.7, 0.3, 0.2, 0.8], {tokens: ["one", "two"]}), {title: "Two tokens"}));
</script>`;
    host = await startHost({
      folder: dist,
      base: "/nothing/",
      pages: {"/": page, "/favicon.ico": ""}
    });
    watch.allow(new RegExp(`off-site request: ${host.origin}/`));
  });

  test.afterEach(() => host.close());

  test("holds two views of the site, as high as they are, told of readiness and state", async ({
    page
  }) => {
    const said = () => page.evaluate(() => (window as unknown as {said: string[][]}).said);
    await page.goto(`${host.origin}/`);
    await expect.poll(said).toContainEqual(["#one", "ready", "two-models", ""]);
    await expect.poll(said).toContainEqual(["#two", "ready", "#the-recipe", "seed=5"]);

    const one = page.frameLocator("#one iframe");
    await expect(one.locator("figure.obs-figure:visible")).toHaveCount(1);
    await expect(one.locator("h1")).toBeHidden();
    await expect(one.locator("#observablehq-sidebar")).toBeHidden();
    const two = page.frameLocator("#two iframe");
    await expect(two.locator("#the-recipe")).toBeVisible();
    await expect(two.locator("#what-it-costs")).toBeVisible();
    await expect(two.locator("#the-text")).toBeHidden();

    await expect(page.locator("#one iframe")).toHaveAttribute(
      "title",
      `${await one.locator(".obs-title:visible").innerText()}, ALBERT Observatory`
    );

    // as high as what they show, also after that has changed
    const height = async (id: string) => (await page.locator(`${id} iframe`).boundingBox())!.height;
    const content = (id: string) =>
      page
        .frameLocator(`${id} iframe`)
        .locator("body")
        .evaluate((body) => body.scrollHeight);
    const fits = async (id: string) => Math.abs((await height(id)) - (await content(id)));
    await expect.poll(() => fits("#one")).toBeLessThan(2);
    const before = await height("#one");
    await one.getByRole("button", {name: "Table"}).click();
    await expect.poll(() => height("#one")).not.toBe(before);
    await expect.poll(() => fits("#one")).toBeLessThan(2);

    // the reader's change is told, and the holder can set another
    const seed = two.getByLabel("Seed", {exact: false}).first();
    await expect(seed).toHaveValue("5");
    await seed.evaluate((node) => node.closest("details")?.setAttribute("open", ""));
    await seed.fill("6");
    await seed.blur();
    await expect.poll(said).toContainEqual(["#two", "state", "seed=6"]);
    await page.evaluate(() =>
      (window as unknown as {two: {setState(query: string): void}}).two.setState("seed=7")
    );
    await expect.poll(said).toContainEqual(["#two", "ready", "#the-recipe", "seed=7"]);
    await expect(seed).toHaveValue("7");

    // and a plain view needs no frame
    await expect(page.getByRole("figure", {name: "Two tokens"}).locator("svg")).toBeVisible();
  });
});

test("a host that sends nonsense, and a link to /embed with markup for a name, harm nobody", async ({
  page,
  baseURL,
  watch
}) => {
  const nonsense = `[null, 0, "ping", [], {to: "albert-observatory"}, {to: "albert-observatory", type: "state"},
    {to: "albert-observatory", type: "state", query: {toString: 1}}, {to: "albert-observatory", type: "__proto__"},
    {to: "albert-observatory", type: ["ping"]}, {to: {}, type: "ping"}, "x".repeat(1e6), new Uint8Array(1e6)]`;
  const host = await startHost({
    folder: dist,
    base: "/nothing/",
    pages: {
      "/": `<!DOCTYPE html><html lang="en"><title>A host</title><body><iframe src="${baseURL}compare?embed=two-models"></iframe>
<script>
  window.ready = 0;
  addEventListener("message", ({data}) => { if (data.type === "ready") ++window.ready; });
  window.annoy = () => { for (const each of ${nonsense}) frames[0].postMessage(each, "*"); };
  window.ping = () => frames[0].postMessage({to: "albert-observatory", type: "ping"}, "*");
</script>`,
      "/favicon.ico": ""
    }
  });
  watch.allow(new RegExp(`off-site request: ${host.origin}/`));
  try {
    await page.goto(`${host.origin}/`);
    const ready = () => page.evaluate(() => (window as unknown as {ready: number}).ready);
    await expect.poll(ready, {timeout: 60_000}).toBe(1);
    await page.evaluate(() => (window as unknown as {annoy(): void}).annoy());
    await page.evaluate(() => (window as unknown as {ping(): void}).ping());
    await expect.poll(ready).toBe(2);
    const figure = page.frameLocator("iframe").locator("figure[data-name=two-models]");
    await expect(figure).toBeVisible();
  } finally {
    await page.goto("about:blank");
    await host.close();
  }
  const name = '</script><img src="/never" onerror="alert(1)">';
  await open(page, `/embed?${new URLSearchParams({page: "compare", view: name})}`);
  const lines = page.locator(".embed-builder pre");
  await expect(lines.first()).toContainText("<iframe src=");
  for (const text of await lines.allInnerTexts()) {
    expect(text).not.toContain("<img");
    expect(text.match(/<\/script>/g)?.length ?? 0).toBeLessThan(2);
  }
});

test("/embed gives the lines for a figure that was chosen in its menu", async ({page, baseURL}) => {
  await open(page, "/compare");
  const figure = page.locator("figure[data-name=two-models]");
  await figure.locator("summary", {hasText: "Save"}).click();
  await figure.getByRole("button", {name: "Embed …"}).click();
  await expect(page.locator("h1")).toHaveText("A view on your own page");
  const builder = page.locator(".embed-builder");
  await expect(builder).toContainText(`<iframe src="${baseURL}compare?embed=two-models"`);
  await expect(builder).toContainText('embed(document.querySelector("#view"), {"page":"compare"');
  const frame = page.frameLocator(".embed-preview iframe");
  await expect(frame.locator("figure[data-name=two-models]")).toBeVisible();
  await expect(builder.getByLabel("View")).toHaveValue("two-models");
  const title = await frame.locator("figure[data-name=two-models] .obs-title").innerText();
  await expect(builder.getByLabel("View").locator("option:checked")).toHaveText(title);
  await expect(builder).toContainText(`title="${title}, ALBERT Observatory"`);
  await builder.getByLabel("Page").selectOption({label: "Sharing"});
  await expect(frame.locator("figure.obs-figure:visible")).toHaveCount(1);
  await expect(builder).toContainText("/sharing?embed=");
  await expect(builder.getByLabel("View")).not.toHaveValue("");
  expect(await accessibilityFaults(page)).toEqual([]);
});

test("a view in a frame is alone before the script that finds it has come", async ({page}) => {
  await page.route(/_import\/site\./, () => undefined); // never answered
  await page.goto("compare?embed=two-models", {waitUntil: "commit"});
  await page.locator("main p").first().waitFor({state: "attached"});
  await expect(page.locator("body *:visible").filter({hasText: /./})).toHaveCount(0);
});
