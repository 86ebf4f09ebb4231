// @vitest-environment jsdom
import {describe, expect, test} from "vitest";
import {applyClassRules, classLink, classRules} from "../../src/components/classLink.js";

const linkOf = (view: Element) =>
  view.querySelector<HTMLInputElement>("[aria-label='link for a class']")!.value;
const box = (view: Element, label: string) =>
  [...view.querySelectorAll("label")].find((l) => l.textContent === label)!.querySelector("input")!;

describe("classRules(search)", () => {
  test("reads the lock and what is hidden, and nothing it does not know", () => {
    expect(classRules("")).toEqual({isLocked: false, hidden: []});
    expect(classRules("?locked=1&hide=runs,settings,everything")).toEqual({
      isLocked: true,
      hidden: ["settings", "runs"]
    });
    expect(classRules("?locked=yes").isLocked).toBe(false);
  });
});

describe("applyClassRules(search)", () => {
  test("marks the page, and takes the mark away again", () => {
    applyClassRules("?hide=settings,runs");
    expect(document.body.dataset.hide).toBe("settings runs");
    applyClassRules("");
    expect(document.body.dataset.hide).toBeUndefined();
  });
});

describe("classLink(options)", () => {
  test("holds what is set now, the backend, the lock and what is to be hidden", () => {
    let seeds = "2";
    const view = classLink({
      address: "https://a.org/x",
      search: "?backend=wasm&seeds=9",
      settings: () => ({seeds})
    });
    document.body.replaceChildren(view); // boxes speak only in a document
    expect(linkOf(view)).toBe("https://a.org/x?seeds=2&backend=wasm&locked=1");
    seeds = "4";
    box(view, "hide the settings").click();
    box(view, "hide what trains in the page").click();
    expect(linkOf(view)).toBe("https://a.org/x?seeds=4&backend=wasm&locked=1&hide=settings,runs");
    box(view, "lock seeds and steps").click();
    expect(linkOf(view)).toBe("https://a.org/x?seeds=4&backend=wasm&hide=settings,runs");
  });

  test("is not shown to those who came by one", () => {
    const make = (search: string) => classLink({address: "a", search, settings: () => ({})});
    expect(make("?locked=1").hidden).toBe(true);
    expect(make("").hidden).toBe(false);
    expect(linkOf(make(""))).toBe("a?locked=1");
  });
});
