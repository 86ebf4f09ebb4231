// @vitest-environment jsdom
import {afterEach, beforeEach, expect, test, vi} from "vitest";
import {drawHtml} from "../../src/components/drawHtml.js";
import {isClear, opacityOf} from "../../src/components/pixels.js";
import {textLines} from "../../src/components/textLines.js";

// there is no canvas here: widths are those of so many letters
beforeEach(() => void vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(null));
const {getClientRects} = Range.prototype;
afterEach(() => {
  vi.restoreAllMocks();
  Range.prototype.getClientRects = getClientRects;
});

test("a colour without blue is seen, one without opacity is not", () => {
  expect(isClear("rgb(207, 116, 0)")).toBe(false);
  expect(isClear("rgba(207, 116, 0, 0.5)")).toBe(false);
  expect(isClear("rgba(0, 0, 0, 0)")).toBe(true);
  expect(isClear("transparent")).toBe(true);
  expect(isClear("oklab(0.5 0 0 / 0)")).toBe(true);
});

test("the opacity of a computed colour", () => {
  expect(opacityOf("rgb(207, 116, 0)")).toBe(1);
  expect(opacityOf("rgba(207, 116, 0, 0.5)")).toBe(0.5);
  expect(opacityOf("oklab(0.51 -0.1 0.05 / 0.15)")).toBe(0.15);
  expect(opacityOf("color(srgb 0.1 0.2 0.3)")).toBe(1);
});

/** The drawing of a view in a browser that lays out nothing: every box and word at the same place. */
function drawn(html: string): SVGGElement {
  const rect = new DOMRect(0, 0, 100, 20);
  vi.spyOn(Element.prototype, "getBoundingClientRect").mockReturnValue(rect);
  // there is none to spy on without a layout
  Range.prototype.getClientRects = () => [rect] as unknown as DOMRectList;
  const view = document.createElement("div");
  view.innerHTML = html;
  document.body.replaceChildren(view);
  return drawHtml(view, {svg: (svg) => svg, color: (value) => value})!.node;
}

test("a box keeps its opacity and its dashes", () => {
  const style = "background-color: rgba(31, 122, 77, 0.15); border: 2px dashed rgb(1, 2, 3)";
  const box = drawn(`<p style="${style}">a</p>`).querySelector("rect")!;
  expect(box.getAttribute("fill-opacity")).toBe("0.15");
  expect(box.getAttribute("stroke-dasharray")).toBe("6 4");
  expect(box.hasAttribute("stroke-opacity")).toBe(false);
});

test("a bar behind words is as long as on the page, and a frame around them is drawn", () => {
  const colour = "rgba(42, 93, 176, 0.28)";
  const view = drawn("<p>a</p>");
  expect(view.querySelectorAll("rect")).toHaveLength(0);
  const style = `--p: 30%; background-image: linear-gradient(${colour} 0px, ${colour} 0px); outline-width: 2px; outline-style: solid; outline-color: rgb(1, 2, 3)`;
  const [bar, frame] = drawn(`<p style="${style}">a</p>`).querySelectorAll("rect");
  expect(bar!.getAttribute("width")).toBe("30");
  expect(bar!.getAttribute("fill-opacity")).toBe("0.28");
  expect(frame!.getAttribute("fill")).toBe("none");
  expect(frame!.getAttribute("x")).toBe("-1");
  expect(frame!.getAttribute("width")).toBe("102");
});

test("texts side by side are one, so that a ligature is not drawn twice", () => {
  const view = drawn("<p></p>");
  document.querySelector("p")!.append("she ", "f", "i", "nds", " it");
  const again = drawHtml(document.querySelector("p")!, {svg: (svg) => svg, color: (v) => v})!.node;
  expect(view.querySelectorAll("text")).toHaveLength(0);
  expect([...again.querySelectorAll("text")].map((t) => t.textContent)).toEqual(["she finds it"]);
});

test("a word wider than a line is cut, and nothing of it is lost", () => {
  const address = `site/pretrain?${"steps=30&".repeat(40)}`;
  const lines = textLines(`data 123 · ${address} end`, 300, {size: 10, family: "serif"});
  for (const line of lines) expect(line.length * 10 * 0.55).toBeLessThanOrEqual(300);
  expect(lines.join("")).toBe(`data 123 ·${address} end`);
});
