// @vitest-environment jsdom
import {expect, test} from "vitest";
import {element} from "../../src/components/dom.js";
import {isTyping, shortcutSheet} from "../../src/components/shortcutSheet.js";
import {markup} from "./snapshot.js";

test("the sheet lists every key with what it does", async () => {
  const sheet = shortcutSheet();
  await expect(markup(sheet)).toMatchFileSnapshot("output/shortcutSheet.html");
  expect(sheet.querySelectorAll("dt").length).toBe(sheet.querySelectorAll("dd").length);
  expect(sheet.textContent).toContain("search the pages");
  expect(sheet.open).toBe(false);
});

test("a question mark that is typed stays a character", () => {
  expect(isTyping(element("input", {type: "text"}))).toBe(true);
  expect(isTyping(element("textarea"))).toBe(true);
  expect(isTyping(element("input", {type: "radio"}))).toBe(false);
  expect(isTyping(element("button"))).toBe(false);
  expect(isTyping(null)).toBe(false);
});

test("a page's sheet lists what works there", () => {
  const titles = (page: Element) =>
    [...shortcutSheet(page).querySelectorAll("h3")].map(({textContent}) => textContent);
  expect(titles(element("main"))).toEqual(["Everywhere"]);
  expect(titles(element("main", {}, element("figure")))).toEqual(["Everywhere", "In a figure"]);
  expect(titles(element("main", {}, element("div", {class: "glue-editor"})))).toEqual([
    "Everywhere",
    "In the SQL editor"
  ]);
});
