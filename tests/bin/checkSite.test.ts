import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import {dirname, join} from "node:path";
import {afterEach, beforeEach, describe, expect, test} from "vitest";
import {checkSite} from "../../bin/checkSite.js";

const policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">';

const page = ({head = "", body = "", lang = ' lang="en"', csp = policy} = {}) =>
  `<!DOCTYPE html><html${lang}><head><meta charset="utf-8">${csp}${head}</head><body>${body}</body></html>`;

let site: string;

/** Writes a tiny site and gives its faults. */
function faultsOf(files: Record<string, string>): string[] {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(site, name)), {recursive: true});
    writeFileSync(join(site, name), text);
  }
  return checkSite(site);
}

beforeEach(() => {
  site = mkdtempSync(join(tmpdir(), "site-"));
});

afterEach(() => rmSync(site, {recursive: true}));

describe("checkSite(folder)", () => {
  test("finds nothing in a sound site", () => {
    const files = {
      "index.html": page({
        head: '<link rel="stylesheet" href="./style.css"><link rel="icon" href="data:,">',
        body: '<a href="./sub/deep">in</a> <a href="https://example.com/">out</a> <a href="#x">x</a><script type="module">import "./_import/a.js"; const text = await fetch("./data.txt");</script>'
      }),
      "sub/deep.html": page({
        body: '<a href="../">up</a><script type="module">import "../_import/a.js"</script>'
      }),
      "style.css": "/* url(https://example.com/x) */ body { background: url(./a.svg) }",
      "a.svg": "<svg/>",
      "data.txt": "x",
      "_import/a.js":
        'new Worker(import.meta.resolve("./b.js"), {type: "module"}); export const s = "import x from y";',
      "_import/b.js": "export {};"
    };
    expect(faultsOf(files)).toEqual([]);
  });

  test.each([
    ["a bare import", 'import "htl";', "bare specifier: htl"],
    ["a bare export", 'export * from "d3";', "bare specifier: d3"],
    ["a bare dynamic import", 'await import("d3");', "bare specifier: d3"],
    ["a bare import.meta.resolve", 'import.meta.resolve("d3");', "bare specifier: d3"],
    ["a node builtin", 'import "node:fs";', "bare specifier: node:fs"],
    [
      "an off-site import",
      'import "https://cdn.example/d3.js";',
      "off-site address: https://cdn.example/d3.js"
    ],
    ["an off-site fetch", "fetch(`//cdn.example/x`);", "off-site address: //cdn.example/x"],
    [
      "an off-site worker",
      'new Worker("https://cdn.example/w.js");',
      "off-site address: https://cdn.example/w.js"
    ],
    ["a missing import", 'import "./gone.js";', "missing import: ./gone.js"]
  ])("names %s in a module file and in a page", (_, code, fault) => {
    const faults = faultsOf({
      "index.html": page({body: `<script type="module">${code}</script>`}),
      "a.js": code
    });
    expect(faults).toEqual([`a.js: ${fault}`, `index.html: ${fault}`]);
  });

  test("names an inline module that does not parse", () => {
    const code = "define({body: () => { for (const x of xs) { await f(x); } }});";
    const [fault, ...rest] = faultsOf({
      "index.html": page({body: `<script type="module">${code}</script>`})
    });
    expect(fault).toMatch(/^index\.html: inline script does not parse: /);
    expect(rest).toEqual([]);
  });

  test("names a script file that does not parse", () => {
    const faults = faultsOf({"index.html": page(), "_import/a.js": "const = 1;"});
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/a\.js: script does not parse: /);
  });

  test.each([
    ["script", '<script src="https://cdn.example/x.js"></script>'],
    ["link", '<link rel="stylesheet" href="https://fonts.example/x.css">'],
    ["img", '<img src="//img.example/x.png" alt="">'],
    ["iframe", '<iframe src="https://example.com/"></iframe>']
  ])("names an off-site address in <%s>", (name, html) => {
    const [fault] = faultsOf({"index.html": page({body: html})});
    expect(fault).toMatch(new RegExp(`^index\\.html: off-site address in <${name}>: `));
  });

  test("names a missing file, a dead link and a style's off-site address", () => {
    const faults = faultsOf({
      "index.html": page({body: '<img src="./no.png" alt=""><a href="./nowhere">x</a>'}),
      "a.css": '@import "https://fonts.example/x.css"; a { background: url("./no.svg") }'
    });
    expect(faults).toEqual([
      "a.css: off-site address in a style: https://fonts.example/x.css",
      "a.css: missing file in a style: ./no.svg",
      "index.html: missing file in <img>: ./no.png",
      "index.html: dead link: ./nowhere"
    ]);
  });

  test("asks each page for a language and a policy, and the site for a page", () => {
    expect(faultsOf({"a.js": ""})).toEqual([`${site}: no page`]);
    expect(faultsOf({"index.html": page({lang: "", csp: ""})})).toEqual([
      "index.html: no lang on <html>",
      "index.html: no Content-Security-Policy"
    ]);
  });

  test("leaves Framework's table of implicit libraries alone, and only there", () => {
    const code = 'import("../_npm/d3@0.0.0/abc.js"); import("./stdlib/tex.js");';
    const faults = faultsOf({
      "index.html": page(),
      "_observablehq/client.js": code,
      "a/b.js": code
    });
    expect(faults).toEqual([
      "a/b.js: missing import: ../_npm/d3@0.0.0/abc.js",
      "a/b.js: missing import: ./stdlib/tex.js"
    ]);
  });
});
