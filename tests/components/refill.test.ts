// @vitest-environment jsdom
import {afterEach, beforeEach, describe, expect, test} from "vitest";
import {element} from "../../src/components/dom.js";
import {figure} from "../../src/components/figure.js";
import {headButtons} from "../../src/components/headButtons.js";
import {refill} from "../../src/components/refill.js";
import {schemaBrowser} from "../../src/components/schemaBrowser.js";

const buttons = (...labels: string[]) => labels.map((label) => element("button", {}, label));
const at = () => document.activeElement;

describe("refill(part, nodes)", () => {
  let part: HTMLElement;
  beforeEach(() => {
    part = element("div", {}, buttons("the", "cat", "saw", "the", "dog"));
    document.body.replaceChildren(
      element("button", {}, "before"),
      part,
      element("button", {}, "after")
    );
  });
  afterEach(() => document.body.replaceChildren());
  const control = (i: number) => part.querySelectorAll("button")[i]!;

  test("the focus goes to the control of the same name, of several to the nearest", () => {
    control(3).focus();
    refill(part, buttons("the", "tired", "cat", "saw", "the", "dog"));
    expect(at()).toBe(control(4));
    refill(part, buttons("the", "dog"));
    expect(at()).toBe(control(0));
  });

  test("where none has its name, to the one in the same place or the last", () => {
    control(3).focus();
    refill(part, buttons("a", "bird", "sings", "well", "here"));
    expect(at()).toBe(control(3));
    refill(part, buttons("a", "bird"));
    expect(at()).toBe(control(1));
  });

  test("a control that cannot have it is passed over; where none is left it goes on", () => {
    control(1).focus();
    refill(part, [element("button", {disabled: true}, "cat"), ...buttons("dog")]);
    expect(at()?.textContent).toBe("dog");
    refill(part, [element("p", {}, "nothing")]);
    expect(at()?.textContent).toBe("after");
  });

  test("a focus that is elsewhere stays there", () => {
    document.querySelector("button")!.focus();
    refill(part, buttons("the", "cat"));
    expect(at()?.textContent).toBe("before");
    expect(part.textContent).toBe("thecat");
  });

  test("controls are known by what the caller says", () => {
    const numbered = (...heads: [head: number, value: string][]) =>
      heads.map(([head, value]) => element("button", {"data-head": head}, value));
    const nameOf = ({dataset}: HTMLElement) => dataset.head!;
    refill(part, numbered([0, "0.1"], [1, "0.2"]));
    control(1).focus();
    refill(part, numbered([5, "0.2"], [0, "0.5"], [1, "0.4"]), nameOf);
    expect(at()).toBe(control(2));
  });
});

describe("what is drawn anew while the reader is in it", () => {
  afterEach(() => document.body.replaceChildren());

  test("head buttons of another model", () => {
    const heads = headButtons(4);
    document.body.append(heads);
    heads.querySelectorAll("button")[2]!.focus();
    heads.update(8);
    expect(at()).toBe(heads.querySelectorAll("button")[2]);
    heads.update(2);
    expect(at()).toBe(heads.querySelectorAll("button")[1]);
  });

  test("the table of a figure whose numbers come in", () => {
    const node = figure(element("p"), {title: "Loss", data: [{step: 1}]});
    document.body.append(node);
    node.querySelector<HTMLElement>(".obs-toggle")!.click();
    node.querySelector<HTMLElement>(".obs-table")!.focus();
    node.update({data: [{step: 1}, {step: 2}]});
    expect(at()).toBe(node.querySelector(".obs-table"));
    expect(at()?.textContent).toContain("2");
  });

  test("the names of a database to which a table comes", () => {
    const table = (name: string) => ({
      name,
      rows: 1,
      description: "",
      columns: [{name: "task", type: "VARCHAR", description: ""}]
    });
    const browser = schemaBrowser([table("results")]);
    document.body.append(browser);
    browser.querySelector("details")!.open = true;
    browser.querySelector("button")!.focus();
    browser.update([table("mine"), table("results")]);
    expect(at()?.getAttribute("aria-label")).toBe("task, column of results");
  });
});
