import {fileURLToPath} from "node:url";
import {afterAll, beforeAll, describe, expect, test} from "vitest";
import {browserPages, browserPath, type BrowserPages} from "../../browserPage.js";
import type * as here from "./replacedFile.js";
import {memoryRoot, memoryStore, openRoot, opfsRoot} from "../../../src/lib/store/files.js";

declare const albert: typeof here;

describe("memoryStore()", () => {
  test("keeps copies, replaces as a whole and forgets on request", async () => {
    const store = memoryStore();
    const bytes = new Uint8Array([1, 2, 3]);
    await store.write("a", bytes);
    bytes[0] = 9;
    expect(await store.read("a")).toEqual(new Uint8Array([1, 2, 3]));
    await store.write("a", new Uint8Array([4]));
    await store.write("b", new Uint8Array());
    expect(await store.list()).toEqual(["a", "b"]);
    expect(await store.read("a")).toEqual(new Uint8Array([4]));
    await store.remove("a");
    await store.remove("a");
    expect(await store.read("a")).toBeNull();
  });
});

describe("memoryRoot()", () => {
  test("has the folders that hold something, and removes one with all it holds", async () => {
    const root = memoryRoot();
    expect(await root.folder("a").read("x")).toBeNull();
    expect(await root.folders()).toEqual([]);
    await root.folder("b").write("x", new Uint8Array([1]));
    await root.folder("a").write("x", new Uint8Array([2]));
    expect(await root.folders()).toEqual(["a", "b"]);
    await root.removeFolder("b");
    expect(await root.folders()).toEqual(["a"]);
    expect(await root.folder("b").read("x")).toBeNull();
  });
});

describe("openRoot(name)", () => {
  test("falls back to memory where there is no private file system", async () => {
    expect(await opfsRoot("runs")).toBeNull();
    expect((await openRoot("runs")).kind).toBe("memory");
  });
});

describe.skipIf(!browserPath)("opfsRoot(name) in a browser", () => {
  let pages: BrowserPages;
  beforeAll(async () => {
    pages = await browserPages(fileURLToPath(new URL("replacedFile.ts", import.meta.url)));
  }, 120_000);
  afterAll(() => pages?.close());

  test("reads a file whole while another replaces it", {timeout: 120_000}, async () => {
    const page = await pages.open();
    const found = await page.evaluate(() => albert.readWhileReplaced(150, 300_000));
    expect(found).toMatchObject({whole: 150, torn: 0, errors: []});
    expect(found.writes).toBeGreaterThan(5);
  });

  test("keeps the old bytes where the disk writes others than it was given", async () => {
    const page = await pages.open();
    const found = await page.evaluate(() => albert.replaceOnBadDisk());
    const damaged = "Error: state was not written as it was given: is the disk failing?";
    const old = {isOld: true, files: ["state"]};
    expect(found).toEqual([
      {fault: "a bit flips", thrown: damaged, ...old},
      {fault: "the last byte differs", thrown: damaged, ...old},
      {
        fault: "half is written",
        thrown: expect.stringMatching(
          /^QuotaError: the browser has no room for 0\.0[\d.]* MB more\. Delete runs/
        ) as string,
        ...old
      },
      {fault: "it cannot be closed", thrown: "Error: the disk is gone", ...old}
    ]);
  });

  test("begins anew where its folder was removed", async () => {
    const page = await pages.open();
    expect(await page.evaluate(() => albert.writeAfterRemoval())).toEqual({
      before: ["one"],
      removed: [],
      after: ["two"]
    });
  });
});
