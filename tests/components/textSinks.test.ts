// @vitest-environment jsdom
/** R27: whatever a name, a label, a text or a value holds, a view shows it as text. */
import {readdirSync, readFileSync} from "node:fs";
import {beforeAll, describe, expect, test, vi} from "vitest";
import {attacks} from "./attacks.js";
import {checkInert, madeOf} from "./inert.js";
import {readsMarkdown, textSinks, withoutText} from "./textSinks.js";

beforeAll(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null);
  // jsdom lays nothing out
  Range.prototype.getClientRects = () => [] as unknown as DOMRectList;
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe() {}
    }
  );
});

test("every view is judged here, or named as one that shows no text from outside", () => {
  const files = readdirSync("src/components").map((file) => file.replace(/\.ts$/, ""));
  const named = [...Object.keys(textSinks), ...Object.values(withoutText).flat()];
  expect(named.sort()).toEqual(files.sort());
});

describe("shows a text from outside as text", () => {
  test.each(Object.entries(textSinks))("%s", (name, show) => {
    const plain = show("quiddity");
    const fields = [...plain.querySelectorAll<HTMLInputElement>("input, textarea")];
    const all = plain.outerHTML + fields.map(({value}) => value).join();
    expect(all).toContain("quiddity");
    const own = madeOf(plain, readsMarkdown.has(name));
    // tests/faults goes through all
    for (const text of attacks.filter((_, i) => i % 26 === 0)) checkInert(show(text), text, own);
  });
});

test("no view, page or worker gives a text to what reads markup or code", () => {
  const banned =
    /\.(?:innerHTML|outerHTML|srcdoc)\s*[+]?=[^=]|insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe|parseHTMLUnsafe|\.html\(|\beval\(|new Function\(|html\.raw|dangerouslySet/;
  const sources = readdirSync("src", {recursive: true, encoding: "utf8"}).filter(
    (file) => /\.(ts|md)$/.test(file) && !/^(vendor|\.observablehq)/.test(file)
  );
  expect(sources.length).toBeGreaterThan(300);
  const found = sources.filter((file) => banned.test(readFileSync(`src/${file}`, "utf8")));
  expect(found).toEqual([]);
});
