import {createHash} from "node:crypto";
import {describe, expect, test} from "vitest";
import {contentSecurityPolicy, hardenPage, inlineScripts} from "../../bin/harden.js";

const template = `<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, maximum-scale=1">
<script type="module">registerFile("./x.json", {"name":"./x.json","lastModified":1732000000000.5,"size":3});</script>
</head>
<body><input id="observablehq-sidebar-toggle" type="checkbox" title="Toggle sidebar">
<nav id="observablehq-sidebar">
  <ol>
    <label id="observablehq-sidebar-close" for="observablehq-sidebar-toggle"></label>
    <li class="observablehq-link"><a href="./">Home</a></li>
  </ol>
  <div id="observablehq-search"><input type="search" placeholder="Search"></div>
</nav>
<script>{go()}</script>
<main id="observablehq-main" class="observablehq"><h2 id="t"><a href="#t">Title</a></h2><pre data-language="js">x</pre><table><tr><td>1</td></tr></table></main>
<nav><a rel="prev" href="./a"><span>A</span></a></nav>
</body>
</html>`;

const sha256 = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

describe("hardenPage(html)", () => {
  const html = hardenPage(template);

  test("every list of links has a name", () => {
    expect(html.match(/<nav(?![^>]* aria-label=)[^>]*>/g)).toBeNull();
  });

  test("names the language and leaves zoom to the reader", () => {
    expect(html).toContain('<html lang="en">');
    expect(html).not.toContain("maximum-scale");
  });

  test("allows exactly the page's scripts, by the hash of what is served", () => {
    const policy = /content="(default-src[^"]*)"/.exec(html)![1]!;
    const scripts = inlineScripts(html);
    expect(scripts.map(({module}) => module)).toEqual([true, false]);
    for (const {code} of scripts) expect(policy).toContain(sha256(code));
    expect(policy).not.toContain(sha256(inlineScripts(template)[0]!.code));
    const allowed = /script-src ([^;]*)/.exec(policy)![1]!.split(" ");
    expect(allowed).toContain("'wasm-unsafe-eval'");
    expect(allowed).not.toContain("'unsafe-inline'");
    expect(allowed).not.toContain("'unsafe-eval'");
    expect(policy).toContain("connect-src 'self'");
  });

  test("writes no date of a file", () => {
    expect(html).toContain('"lastModified":0,"size":3');
  });

  test("names the controls, keeps lists to their items, and lets code and tables scroll", () => {
    expect(html).toMatch(
      /<header[^>]*><button [^>]*aria-label="List of pages" [^>]*aria-expanded="false"/
    );
    expect(html).toContain('<input id="observablehq-sidebar-toggle" type="checkbox" hidden>');
    expect(html).toContain('aria-label="Search the pages"');
    expect(html).toMatch(/<ol>\s*<li[^]*?<\/ol>\s*<label id="observablehq-sidebar-close"/);
    expect(html).toContain('<pre tabindex="0" data-language="js">');
    expect(html).toMatch(
      /<div class="table" role="region" aria-label="Title, table" tabindex="0">\s*<table aria-label="Title, table">/
    );
  });

  test("changes nothing the second time", () => {
    expect(hardenPage(html)).toBe(html);
  });
});

test("contentSecurityPolicy(html, hasBase) lets only the 404 page set its base", () => {
  expect(contentSecurityPolicy("")).toContain("base-uri 'none'");
  expect(contentSecurityPolicy("", true)).toContain("base-uri 'self'");
});
