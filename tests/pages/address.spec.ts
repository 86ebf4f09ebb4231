import {startHub, type HubServer} from "../lib/albert/checkpoint/hubServer.js";
import {expect, open, test} from "./helpers.js";
import {modelFiles} from "./modelFiles.js";
import type {Page} from "@playwright/test";

const loading = {timeout: 60_000};

test.describe("a model at an address", () => {
  let hub: HubServer;

  test.beforeEach(async ({watch}) => {
    const files = modelFiles().map(({name, buffer}) => [name, new Uint8Array(buffer)] as const);
    hub = await startHub(new Map(files), "/me/laptop/resolve/main/");
    watch.allow(new RegExp(`off-site request: ${hub.origin}/me/`));
    // files that a repository may lack are asked for
    watch.allow(new RegExp(`404.*${hub.origin}/me/[\\w/]+\\.\\w+`));
  });

  test.afterEach(() => hub.close());

  async function load(page: Page, address: string): Promise<void> {
    await open(page, "/attention");
    await page.getByRole("radio", {name: "An address"}).check();
    await page.getByLabel("Hugging Face repository, or address of a folder").fill(address);
    await page.getByRole("button", {name: "Load", exact: true}).click();
  }

  const status = (page: Page) => page.getByRole("status").first();
  const facts = (page: Page) => page.locator(".obs-model-facts");

  test("answers, and is there on a second visit without its server", async ({page}) => {
    const address = `${hub.origin}/me/laptop`;
    await load(page, address);
    await expect(facts(page)).toContainText(address, loading);
    await expect(status(page)).toContainText(`answered by ${address}`, loading);
    expect(hub.log).toContain("GET /me/laptop/resolve/main/model.safetensors");

    await hub.close();
    const asked = hub.log.length;
    await load(page, address);
    await expect(facts(page)).toContainText(address, loading);
    await expect(status(page)).toContainText(`answered by ${address}`, loading);
    expect(hub.log).toHaveLength(asked);
  });

  test("can be cancelled while it loads, and goes on from there", async ({page}) => {
    const file = "/me/laptop/resolve/main/model.safetensors";
    hub.faults.set(file, {stallAfter: 100_000, times: 1});
    const address = `${hub.origin}/me/laptop`;
    await load(page, address);
    await expect(page.locator(".obs-picker-panel .obs-progress")).toContainText(
      "fetching model.safetensors",
      loading
    );
    await page.getByRole("button", {name: "Cancel"}).click();
    await expect(page.getByRole("alert").filter({hasText: /./})).toHaveText(
      /cancelled; the model before is kept/
    );
    await page.getByRole("button", {name: "Load", exact: true}).click();
    await expect(status(page)).toContainText(`answered by ${address}`, loading);
    expect(hub.log.filter((line) => line.includes(file))).toEqual([
      `GET ${file}`,
      `GET ${file} bytes=100000-`
    ]);
  });

  test("that has no model says so and leaves the model before in use", async ({page}) => {
    await open(page, "/attention");
    const before = await facts(page).innerText();
    await load(page, `${hub.origin}/me/nothing`);
    await expect(page.getByRole("alert").filter({hasText: /./})).toHaveText(
      /no config\.json at .* \(the server answers 404\)/,
      loading
    );
    expect(await facts(page).innerText()).toBe(before);
  });
});
