// @vitest-environment jsdom
import {afterEach, beforeEach, describe, expect, test, vi} from "vitest";
import {applyClassRules, classRules, withRules} from "../../src/components/classRules.js";
import {pageLink} from "../../src/components/pageLink.js";
import {choiceField, countField, fields, textField} from "../../src/lib/link/codec.js";

const codec = fields({
  text: textField("", 20_000),
  task: choiceField(["one", "two"]),
  seeds: countField(2, {max: 9})
});
const offers = ["locked", "settings", "runs"] as const;

/** Opens the panel, as a reader does, and gives its parts. */
function opened(panel: HTMLElement) {
  document.body.replaceChildren(panel); // boxes speak only in a document
  const details = panel as HTMLDetailsElement;
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
  const box = (label: string) =>
    [...panel.querySelectorAll("label")]
      .find((l) => l.textContent === label)!
      .querySelector("input")!;
  const field = panel.querySelector<HTMLInputElement>("[aria-label='link to this page']")!;
  return {box, field};
}

beforeEach(() => {
  vi.useFakeTimers();
  history.replaceState(null, "", "/glue/x");
});
afterEach(() => void vi.useRealTimers());

describe("classRules(search)", () => {
  test("reads the lock and what is hidden, and nothing it does not know", () => {
    expect(classRules("")).toEqual({isLocked: false, hidden: []});
    expect(classRules("?locked=1&hide=runs,settings,everything")).toEqual({
      isLocked: true,
      hidden: ["settings", "runs"]
    });
    expect(classRules("?locked=yes").isLocked).toBe(false);
  });

  test("are written over those of a query", () => {
    expect(withRules("?a=1&locked=1&hide=runs", {isLocked: false, hidden: ["settings"]})).toBe(
      "a=1&hide=settings"
    );
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

describe("pageLink(codec, options)", () => {
  test("says nothing where the address says nothing", () => {
    const link = pageLink(codec, {search: ""});
    expect(link.value).toEqual({text: "", task: "one", seeds: 2});
    expect(link.note.hidden).toBe(true);
    expect(link.panel.hidden).toBe(false);
  });

  test("shows as text what it was given and did not take", () => {
    const {note, value} = pageLink(codec, {search: "?seeds=4&<b>x</b>=1&task=<i>"});
    expect(value.seeds).toBe(4);
    expect(note.hidden).toBe(false);
    expect(note.querySelector("b, i")).toBeNull();
    const alerts = [...note.querySelectorAll("[role='alert']")].map((p) => p.textContent);
    expect(alerts).toEqual([
      'link: this page does not know "<b>x</b>"; that is ignored',
      'link: task is "<i>" (expected one, two); the usual value is used'
    ]);
  });

  test("puts what changes into the address, not more often than browsers allow", () => {
    const link = pageLink(codec, {search: "?backend=wasm"});
    const writes = vi.spyOn(history, "replaceState");
    link.set({seeds: 3});
    expect(location.search).toBe("?seeds=3&backend=wasm");
    for (let seeds = 4; seeds <= 9; ++seeds) link.set({seeds});
    expect(writes).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(writes).toHaveBeenCalledTimes(2);
    expect(location.search).toBe("?seeds=9&backend=wasm");
    link.set({seeds: 2});
    link.set({task: "two"});
    dispatchEvent(new Event("pagehide"));
    expect(location.search).toBe("?task=two&backend=wasm");
    writes.mockRestore();
  });

  test("follows a view", () => {
    const link = pageLink(codec, {search: ""});
    const view = Object.assign(document.createElement("div"), {value: 7});
    expect(link.tie(view, (seeds: number) => ({seeds}))).toBe(view);
    view.dispatchEvent(new Event("input"));
    expect(link.value.seeds).toBe(7);
  });

  test("offers a link to the page as it stands, with rules for a class", () => {
    const link = pageLink(codec, {search: "?backend=wasm", offers});
    link.set({seeds: 3});
    const {box, field} = opened(link.panel);
    const address = `${location.origin}/glue/x`;
    expect(field.value).toBe(`${address}?seeds=3&backend=wasm`);
    box("lock seeds and steps").click();
    box("hide the settings").click();
    box("hide what trains and computes in the page").click();
    expect(field.value).toBe(`${address}?seeds=3&backend=wasm&locked=1&hide=settings,runs`);
    expect(pageLink(codec, {search: "?locked=1", offers}).panel.hidden).toBe(true);
  });

  test("offers a file where a link would be too long, and opens it", async () => {
    const link = pageLink(codec, {search: ""});
    const long = "a b,".repeat(4000);
    link.set({text: long});
    expect(location.search).toBe("");
    const {field} = opened(link.panel);
    const {panel} = link;
    expect(field.value).toBe("");
    expect(panel.querySelector<HTMLElement>(".obs-refused")!.hidden).toBe(false);
    const saved: Blob[] = [];
    URL.createObjectURL = (blob: Blob) => (saved.push(blob), "blob:x");
    URL.revokeObjectURL = () => undefined;
    const goes = vi.spyOn(HTMLAnchorElement.prototype, "click").mockReturnValue();
    [...panel.querySelectorAll("button")].find((b) => b.textContent === "Save as a file")!.click();
    goes.mockRestore();
    expect(saved).toHaveLength(1);
    // jsdom cannot navigate: what the page reads when it is loaded anew is in the session
    sessionStorage.setItem("albert-observatory-link /glue/x", await textOf(saved[0]!));
    expect(pageLink(codec, {search: ""}).value.text).toBe(long);
    expect(pageLink(codec, {search: ""}).value.text).toBe("");
  });
});

/** jsdom's blobs have no text(). */
function textOf(blob: Blob): Promise<string> {
  vi.useRealTimers();
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.readAsText(blob);
  });
}
