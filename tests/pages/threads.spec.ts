import {resolve} from "node:path";
import type {Page} from "@playwright/test";
import {serve, type Site} from "../../bin/serve.js";
import {expect, test} from "./helpers.js";

/** Losses of the compiled step on /performance, and what the status says. */
const measured = async (page: Page, site: Site) => {
  await page.goto(`${site.url}performance?backend=wasm`);
  await page.getByRole("button", {name: "Measure here", exact: true}).click();
  const status = page.locator(".status").first();
  await expect(status).toHaveText("done · wasm", {timeout: 240_000});
  const download = page.waitForEvent("download");
  await page.getByRole("button", {name: "json", exact: true}).click();
  const chunks: Buffer[] = [];
  for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer);
  const {rows, executor} = JSON.parse(Buffer.concat(chunks).toString()) as {
    rows: {contender: string; work: string; losses: number[]}[];
    executor: string;
  };
  const plan = rows.filter(({contender}) => contender === "plan");
  return {executor, losses: plan.map(({work, losses}) => [work, losses])};
};

test("threads are used where the headers allow them, and give the same bits", async ({
  page,
  watch
}) => {
  test.setTimeout(600_000);
  const plain = await serve(resolve("dist"));
  const isolated = await serve(resolve("dist"), 0, {isolated: true});
  for (const {url} of [plain, isolated]) watch.allow(new RegExp(`off-site request: ${url}`));
  try {
    await page.goto(plain.url);
    const cores = await page.evaluate(() => navigator.hardwareConcurrency);
    test.skip(cores < 2, "this machine has one core");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    const one = await measured(page, plain);
    expect(one.executor).not.toContain("threads");
    const several = await measured(page, isolated);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(several.executor).toContain(`, ${Math.min(4, cores)} threads`);
    expect(several.losses).toEqual(one.losses);
  } finally {
    await plain.close();
    await isolated.close();
  }
});
