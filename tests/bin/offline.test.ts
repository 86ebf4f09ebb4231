import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {afterEach, beforeEach, describe, expect, test} from "vitest";
import {buildOffline, isNamedByContent} from "../../bin/offline.js";
import {hardenPage} from "../../bin/harden.js";

let dist: string;
beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), "albert-dist-"));
  mkdirSync(join(dist, "_import"));
  writeFileSync(join(dist, "_import/a.0123abcd.js"), "export {}");
  const page = `<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n</head></html>`;
  writeFileSync(join(dist, "index.html"), hardenPage(page));
});
afterEach(() => rmSync(dist, {recursive: true}));

describe("buildOffline(dist)", () => {
  test("writes a worker that lists every file by its hash, and marks the pages", async () => {
    const version = await buildOffline(dist);
    const worker = readFileSync(join(dist, "sw.js"), "utf8");
    expect(worker).toContain(version);
    expect(worker).toMatch(/path:"_import\/a\.0123abcd\.js",integrity:"sha256-[\w+/=]{44}",size:9/);
    const html = readFileSync(join(dist, "index.html"), "utf8");
    expect(html).toContain(`<meta name="build" content="${version}">`);
    expect(worker).toContain(`size:${Buffer.byteLength(html)}`);
  });

  test("gives another version after any change", async () => {
    const first = await buildOffline(dist);
    const worker = readFileSync(join(dist, "sw.js"), "utf8");
    writeFileSync(join(dist, "_import/b.89abcdef.js"), "export {}");
    const second = await buildOffline(dist);
    expect(second).not.toBe(first);
    rmSync(join(dist, "_import/b.89abcdef.js"));
    expect(await buildOffline(dist)).not.toBe(second);
    expect(worker).not.toContain(second);
  });

  test("refuses a script whose name would outlive its content", async () => {
    writeFileSync(join(dist, "plain.js"), "");
    await expect(buildOffline(dist)).rejects.toThrow(/not named by content.*plain\.js/);
  });
});

test.each([
  ["_import/components/a.8636a441.js", true],
  ["_node/d3@7.9.0/index.js", true],
  ["_node/@a/b@1.32.0/dist/x.wasm", true],
  ["data/a.json", false],
  ["a.min.js", false]
])("%s is named by content: %s", (path, is) => expect(isNamedByContent(path)).toBe(is));
