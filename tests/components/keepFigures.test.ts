// @vitest-environment jsdom
import {afterEach, beforeEach, describe, expect, test} from "vitest";
import {element} from "../../src/components/dom.js";
import {figure, type Figure, type ReportOffer} from "../../src/components/figure.js";
import {keepFigures} from "../../src/components/keepFigures.js";

let root: HTMLElement;
let stop: () => void;

beforeEach(() => {
  root = element("main");
  document.body.replaceChildren(root);
  stop = keepFigures(root);
});
afterEach(() => stop());

const make = (name = "loss") =>
  figure(element("p", {}, "drawn"), {title: "Loss", name, data: [{step: 1, loss: 2}]});
const menuOf = (node: Element) => node.querySelector<HTMLDetailsElement>(".obs-menu")!;
const button = (node: Element, label: string) =>
  [...node.querySelectorAll<HTMLButtonElement>("button")].find((b) => b.textContent === label)!;

/** As Framework does when a cell runs again: the old node goes, the new one comes in its place. */
async function redraw(old: Figure, next = make()): Promise<Figure> {
  const block = old.parentElement!;
  old.remove();
  block.append(next);
  await Promise.resolve();
  return next;
}

function show(node = make()): Figure {
  root.append(element("div", {}, node));
  return node;
}

describe("keepFigures(root)", () => {
  test("a figure that is drawn anew keeps its open menu and the focus in it", async () => {
    const old = show();
    menuOf(old).open = true;
    button(old, "CSV").focus();
    const next = await redraw(old);
    expect(menuOf(next).open).toBe(true);
    expect(document.activeElement).toBe(button(next, "CSV"));
    // and once more: what was put back is kept as well
    const last = await redraw(next);
    expect(document.activeElement).toBe(button(last, "CSV"));
  });

  test("it keeps the table in place of the picture, with the new numbers", async () => {
    const old = show();
    button(old, "Table").click();
    const next = await redraw(
      old,
      figure(element("p"), {title: "Loss", name: "loss", data: [{step: 9, loss: 1}]})
    );
    expect(button(next, "Table").getAttribute("aria-pressed")).toBe("true");
    expect(next.querySelector(".obs-twin td")!.textContent).toBe("9");
  });

  const withButtons = (name: string, ...labels: string[]) =>
    figure(
      element(
        "div",
        {},
        labels.map((label) => element("button", {}, label))
      ),
      {title: "Loss", name}
    );
  const focused = () => document.activeElement?.textContent;

  test("the focus in the view goes to the control of the same name, else in the same place", async () => {
    const old = show(withButtons("loss", "the", "cat", "sat"));
    button(old, "cat").focus();
    const next = await redraw(old, withButtons("loss", "a", "tired", "cat"));
    expect(focused()).toBe("cat");
    expect(next.contains(document.activeElement)).toBe(true);
    await redraw(next, withButtons("loss", "a", "dog"));
    expect(focused()).toBe("dog");
  });

  test("a figure of another name takes over the focus of the one in whose place it comes", async () => {
    const old = show(withButtons("depth 1", "the", "cat"));
    const block = old.parentElement!;
    button(old, "cat").focus();
    const next = withButtons("depth 2", "the", "cat");
    block.replaceChildren(next);
    await Promise.resolve();
    expect(document.activeElement).toBe(button(next, "cat"));
    menuOf(next).open = true;
    button(next, "CSV").focus();
    const last = withButtons("depth 3", "the", "cat");
    block.replaceChildren(last);
    await Promise.resolve();
    expect(document.activeElement).toBe(menuOf(last).querySelector("summary"));
  });

  test("another figure's menu stays closed, and one that is only moved stays as it is", async () => {
    const old = show();
    menuOf(old).open = true;
    expect(menuOf(await redraw(old, make("accuracy"))).open).toBe(false);
    const moved = show(make("moved"));
    menuOf(moved).open = true;
    root.prepend(moved);
    await Promise.resolve();
    expect(menuOf(moved).open).toBe(true);
  });

  test("the menu waits for the new figure only until the reader turns to something else", async () => {
    const aside = element("button", {}, "aside");
    root.append(aside);
    const old = show();
    const block = old.parentElement!;
    menuOf(old).open = true;
    old.remove();
    await Promise.resolve();
    aside.focus();
    const next = make();
    block.append(next);
    await Promise.resolve();
    expect(menuOf(next).open).toBe(false);
    expect(document.activeElement).toBe(aside);
  });

  test("what was chosen in the old figure is done and said in the new one", async () => {
    const offers: ReportOffer[] = [];
    root.addEventListener("obs-report", (event) => {
      event.preventDefault();
      offers.push((event as CustomEvent<ReportOffer>).detail);
    });
    const old = show();
    button(old, "Add to report").click();
    const next = await redraw(old);
    await expect.poll(() => offers.length).toBe(1);
    offers[0]!.answer("Added to your report");
    expect(next.querySelector(".obs-said")!.textContent).toBe("Added to your report");
    expect((await redraw(next)).querySelector(".obs-said")!.textContent).toBe(
      "Added to your report"
    );
  });
});
