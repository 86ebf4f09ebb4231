import {createHash} from "node:crypto";
import {mkdtempSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {runInNewContext} from "node:vm";
import {afterEach, beforeEach, describe, expect, test} from "vitest";
import {earlyScripts} from "../../bin/earlyScripts.js";
import {hardenPage, inlineScripts} from "../../bin/harden.js";
import {filesIn} from "./filesIn.js";

let dist: string;
const {write, read} = filesIn(() => dist);
const page = (script: string) =>
  `<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n<title>Page</title>\n<link rel="stylesheet" href="./style.css">\n${script}<script>let inline = 1;</script>\n</head>\n</html>\n`;
const early = (address: string) => `<script type="module" src="${address}" async=""></script>\n`;

beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), "albert-early-"));
  write(
    "_import/draw.0000000a.js",
    'import {word} from "./lib/word.0000000b.js"; export const drawn = (globalThis.drawn = word + "</script>$&");'
  );
  write("_import/lib/word.0000000b.js", 'export const word = "early";');
});
afterEach(() => rmSync(dist, {recursive: true}));

describe("earlyScripts(dist)", () => {
  test("puts a script and what it imports before the first style sheet, under the page's policy", async () => {
    write("deep/page.html", page(early("../_import/draw.0000000a.js")));
    write("other.html", page(""));
    const other = read("other.html");
    expect(await earlyScripts(dist)).toBe(1);
    expect(read("other.html")).toBe(other);

    const html = read("deep/page.html");
    const [first, second, ...more] = inlineScripts(html);
    expect([second!.code, ...more]).toEqual(["let inline = 1;"]);
    expect(html).not.toMatch(/ src=| async/);
    expect(html.indexOf(first!.code)).toBeLessThan(html.indexOf("<link "));
    const global: {drawn?: string} = {};
    runInNewContext(first!.code, Object.assign(global, {globalThis: global}));
    expect(global.drawn).toBe("early</script>$&");
    const hash = createHash("sha256").update(first!.code).digest("base64");
    expect(hardenPage(html)).toContain(`'sha256-${hash}'`);
  });

  test("refuses a script that needs its own address", async () => {
    write("_import/draw.0000000a.js", 'globalThis.root = new URL("../", import.meta.url);');
    write("page.html", page(early("./_import/draw.0000000a.js")));
    await expect(earlyScripts(dist)).rejects.toThrow(/draw\.0000000a\.js cannot stand in a page: /);
  });
});
