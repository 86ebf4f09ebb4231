import {toRgb} from "./pixels.js";

/** What an exported figure says of itself. */
export interface ExportInfo {
  title: string;
  /** Caption and subtitle, for `<desc>`. */
  description?: string;
  /** JSON of the recipe, for `<metadata>`. */
  recipe?: string;
}

const inherited = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "stroke-linejoin",
  "font-family",
  "font-size",
  "font-weight",
  "font-style",
  "font-variant-numeric",
  "text-anchor",
  "paint-order",
  "visibility"
];
/** Not inherited: written wherever they are not the initial value. */
const own: Record<string, string> = {opacity: "1", display: "inline"};
const svgNamespace = "http://www.w3.org/2000/svg";

/**
 * The drawing of a view as SVG text that stands alone: computed styles written into attributes,
 * colours as rgb(), canvases as images, the legend above, the recipe in `<metadata>`. Colours are
 * those in force now, light or dark, on the page's background.
 *
 * @returns null when the view is not a drawing (a table, a form)
 */
export function exportSvg(view: Element, legend: Element | null, info: ExportInfo): string | null {
  const drawing = mainSvg(view);
  if (!drawing) return null;
  const colors = new Map<string, string>();
  const outer = document.createElementNS(svgNamespace, "svg");
  const key = legend && mainSvg(legend);
  const [, , width, height] = box(drawing);
  const [, , keyWidth, keyHeight] = key ? box(key) : [0, 0, 0, 0];
  const top = key ? keyHeight + 8 : 0;
  const total = [Math.max(width, keyWidth) + 16, height + top + 16] as const;
  outer.setAttribute("viewBox", `0 0 ${total[0]} ${total[1]}`);
  outer.setAttribute("width", String(total[0]));
  outer.setAttribute("height", String(total[1]));
  note(outer, "title", info.title);
  if (info.description) note(outer, "desc", info.description);
  if (info.recipe) note(outer, "metadata", info.recipe);
  const paper = document.createElementNS(svgNamespace, "rect");
  paper.setAttribute("width", "100%");
  paper.setAttribute("height", "100%");
  paper.setAttribute("fill", background(view, colors));
  outer.append(paper);
  if (key) outer.append(standalone(key, null, 8, 8, colors));
  outer.append(standalone(drawing, view, 8, 8 + top, colors));
  return new XMLSerializer().serializeToString(outer);
}

/** The drawing of a view: itself, or the first SVG in it that is no legend and no decoration. */
export function mainSvg(view: Element): SVGSVGElement | null {
  if (view instanceof SVGSVGElement) return view;
  return view.querySelector<SVGSVGElement>("svg:not([aria-hidden])");
}

function box(svg: SVGSVGElement): [number, number, number, number] {
  const parts = (svg.getAttribute("viewBox") ?? "").split(/[\s,]+/).map(Number);
  if (parts.length === 4 && parts.every(Number.isFinite))
    return parts as [number, number, number, number];
  return [
    0,
    0,
    Number(svg.getAttribute("width")) || 640,
    Number(svg.getAttribute("height")) || 400
  ];
}

function note(parent: Element, name: string, text: string): void {
  const node = document.createElementNS(svgNamespace, name);
  node.textContent = text;
  parent.append(node);
}

function standalone(
  svg: SVGSVGElement,
  view: Element | null,
  x: number,
  y: number,
  colors: Map<string, string>
): SVGSVGElement {
  const clone = svg.cloneNode(true) as SVGSVGElement;
  inline(svg, clone, null, colors);
  const [left, top, width, height] = box(svg);
  clone.setAttribute("viewBox", [left, top, width, height].join(" "));
  for (const [name, value] of Object.entries({x, y, width, height, overflow: "visible"}))
    clone.setAttribute(name, String(value));
  for (const name of ["tabindex", "role", "aria-roledescription"]) clone.removeAttribute(name);
  const canvas = view?.querySelector<HTMLCanvasElement>("canvas[data-box]:not([hidden])");
  if (canvas) clone.prepend(image(canvas));
  return clone;
}

function image(canvas: HTMLCanvasElement): SVGImageElement {
  const node = document.createElementNS(svgNamespace, "image");
  const [x, y, width, height] = canvas.dataset.box!.split(" ");
  const attributes = {x, y, width, height, href: canvas.toDataURL("image/png")};
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value!);
  node.setAttribute("preserveAspectRatio", "none");
  node.setAttribute("style", "image-rendering: pixelated");
  return node;
}

/** Writes computed styles into the clone, inherited ones only where they change. */
function inline(
  source: Element,
  clone: Element,
  parent: CSSStyleDeclaration | null,
  colors: Map<string, string>
): void {
  const style = getComputedStyle(source);
  for (const name of inherited) {
    const value = style.getPropertyValue(name);
    if (!value) continue;
    if (parent && parent.getPropertyValue(name) === value) clone.removeAttribute(name);
    else writeStyle(clone, name, value, colors);
  }
  for (const [name, initial] of Object.entries(own)) {
    const value = style.getPropertyValue(name);
    if (value && value !== initial && !(name === "display" && value !== "none"))
      clone.setAttribute(name, value);
  }
  clone.removeAttribute("style");
  clone.removeAttribute("class");
  const children = source.children;
  for (let i = 0; i < children.length; ++i) inline(children[i]!, clone.children[i]!, style, colors);
}

function writeStyle(
  clone: Element,
  name: string,
  value: string,
  colors: Map<string, string>
): void {
  const paint = name === "fill" || name === "stroke";
  clone.setAttribute(name, paint ? plainColor(value, colors) : value.replaceAll('"', "'"));
}

/** A computed colour as every program reads it: rgb(), or none where it is fully transparent. */
function plainColor(value: string, colors: Map<string, string>): string {
  if (/^(none|url|rgb\()/.test(value)) return value;
  if (/^rgba\(.*,\s*0\)$/.test(value)) return "none";
  let plain = colors.get(value);
  if (!plain) colors.set(value, (plain = `rgb(${toRgb(value).join(", ")})`));
  return plain;
}

function background(view: Element, colors: Map<string, string>): string {
  for (let node: Element | null = view; node; node = node.parentElement) {
    const value = getComputedStyle(node).backgroundColor;
    if (value && value !== "transparent" && !/^rgba\(.*,\s*0\)$/.test(value))
      return plainColor(value, colors);
  }
  return "#fff";
}
