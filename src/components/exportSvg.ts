import {drawHtml, type HtmlDrawing} from "./drawHtml.js";
import {inLight} from "./inLight.js";
import {isClear, opacityOf, toRgb} from "./pixels.js";
import {textLines} from "./textLines.js";

/** What an exported figure says of itself. */
export interface ExportInfo {
  /** In bold above the drawing; empty for a drawing alone. */
  title: string;
  /** For `<title>`, where nothing stands above the drawing. */
  name?: string;
  /** How it came about, below the title. */
  facts?: string;
  /** What to see in it, below the drawing. */
  caption?: string;
  /** Where it is from, in small print at its foot. */
  source?: string;
  /** All of this and the recipe as JSON, for `<metadata>`. */
  metadata?: string;
}

/** Characters that XML has no place for: controls, halves of a pair. */
const noXml = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

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

const leastWidth = 360;
const margin = 12;

/**
 * A figure as SVG text that stands alone: title and facts, the legend, the drawing, caption and
 * source. Computed styles are written into attributes, colours as rgb(), canvases as images. Colours
 * are those of the light theme, since most pages that take a picture are white. A view of HTML is
 * drawn as it is laid out.
 *
 * @returns null when there is nothing to draw: a view of HTML that no browser has laid out
 */
export function exportSvg(view: Element, legend: Element | null, info: ExportInfo): string | null {
  return inLight(view, () => lightSvg(view, legend, info));
}

function lightSvg(view: Element, legend: Element | null, info: ExportInfo): string | null {
  const colors = new Map<string, string>();
  const body = drawingOf(view, colors);
  if (!body) return null;
  // a view of one drawing may have its own legend beside it
  const legends = [legend, ...(mainSvg(view) ? view.querySelectorAll(".obs-swatches") : [])];
  const keys = legends.flatMap((node) => (node && drawingOf(node, colors)) ?? []);
  const outer = document.createElementNS(svgNamespace, "svg");
  const width = Math.ceil(Math.max(body.width, leastWidth, ...keys.map((key) => key.width)));
  const {fontFamily, color} = getComputedStyle(view);
  const words = {
    family: fontFamily || "sans-serif",
    fill: plainColor(color || "rgb(0, 0, 0)", colors)
  };
  const paper = document.createElementNS(svgNamespace, "rect");
  note(outer, "title", info.title || (info.name ?? ""));
  const description = [info.facts, info.caption].filter(Boolean).join("\n");
  if (description) note(outer, "desc", description);
  if (info.metadata) note(outer, "metadata", info.metadata);
  outer.append(paper);

  let y = margin;
  const say = (text: string | undefined, size: number, weight = 400, opacity = 1) => {
    if (!text) return;
    for (const line of textLines(text, width, {size, weight, family: words.family})) {
      const node = note(outer, "text", line);
      y += Math.round(size * 1.35);
      const attributes = {
        x: margin,
        y: y - Math.round(size * 0.35),
        fill: words.fill,
        "font-family": words.family.replaceAll('"', "'"),
        "font-size": size,
        "font-weight": weight
      };
      for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, `${value}`);
      if (opacity < 1) node.setAttribute("fill-opacity", `${opacity}`);
    }
    y += 4;
  };
  const put = ({node, height}: HtmlDrawing | SvgDrawing) => {
    if (node instanceof SVGSVGElement) {
      node.setAttribute("x", `${margin}`);
      node.setAttribute("y", `${y}`);
    } else node.setAttribute("transform", `translate(${margin} ${y})`);
    outer.append(node);
    y += height + 8;
  };
  say(info.title, 15, 600);
  say(info.facts, 12, 400, 0.8);
  for (const key of keys) put(key);
  put(body);
  if (mainSvg(view)) for (const sentence of sentencesOf(view)) say(sentence, 12, 400, 0.8);
  say(info.caption, 13, 400, 0.8);
  say(info.source, 10, 400, 0.7);
  const height = Math.ceil(y + margin - 4);
  outer.setAttribute("viewBox", `0 0 ${width + 2 * margin} ${height}`);
  outer.setAttribute("width", `${width + 2 * margin}`);
  outer.setAttribute("height", `${height}`);
  paper.setAttribute("width", "100%");
  paper.setAttribute("height", "100%");
  paper.setAttribute("fill", background(view, colors));
  // a name of a reader's or a file's may hold what no XML document may
  return new XMLSerializer().serializeToString(outer).replace(noXml, "\ufffd");
}

interface SvgDrawing {
  node: SVGSVGElement;
  width: number;
  height: number;
}

/** A view that is one drawing as that drawing, in its own units; any other as it is laid out. */
function drawingOf(view: Element, colors: Map<string, string>): HtmlDrawing | SvgDrawing | null {
  const drawing = mainSvg(view);
  if (drawing) {
    const [, , width, height] = box(drawing);
    return {node: standalone(drawing, view, colors), width, height};
  }
  return drawHtml(view, {
    color: (value) => plainColor(value, colors),
    svg(svg, rect) {
      const frame = view.getBoundingClientRect();
      const node = standalone(svg, null, colors);
      const place = {
        x: rect.left - frame.left,
        y: rect.top - frame.top,
        width: rect.width,
        height: rect.height
      };
      for (const [name, value] of Object.entries(place)) node.setAttribute(name, value.toFixed(2));
      return node;
    }
  });
}

/** The drawing that a view is: itself, or the only SVG in it that is no legend and no decoration. */
function mainSvg(view: Element): SVGSVGElement | null {
  if (view instanceof SVGSVGElement) return view;
  const all = view.querySelectorAll<SVGSVGElement>("svg:not([aria-hidden], svg svg)");
  return all.length === 1 ? all[0]! : null;
}

/** What a view says beside its drawing, but for how to use it. */
function sentencesOf(view: Element): string[] {
  return [...view.querySelectorAll("p:not([hidden], [hidden] *, .obs-sr, .obs-how)")].map(
    (node) => {
      const clone = node.cloneNode(true) as Element;
      for (const how of clone.querySelectorAll(".obs-how, .obs-sr")) how.remove();
      return clone.textContent.trim();
    }
  );
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

function note(parent: Element, name: string, text: string): SVGElement {
  const node = document.createElementNS(svgNamespace, name) as SVGElement;
  node.textContent = text;
  parent.append(node);
  return node;
}

function standalone(
  svg: SVGSVGElement,
  view: Element | null,
  colors: Map<string, string>
): SVGSVGElement {
  const clone = svg.cloneNode(true) as SVGSVGElement;
  inline(svg, clone, null, colors);
  const [left, top, width, height] = box(svg);
  clone.setAttribute("viewBox", [left, top, width, height].join(" "));
  for (const [name, value] of Object.entries({width, height, overflow: "visible"}))
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
    const value = valueOf(style, name);
    if (!value) continue;
    if (parent && valueOf(parent, name) === value) clone.removeAttribute(name);
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

/** A computed style; the opacity of a fill or stroke has that of its colour in it, which is written without. */
function valueOf(style: CSSStyleDeclaration, name: string): string {
  const value = style.getPropertyValue(name);
  const paint = /^(fill|stroke)-opacity$/.exec(name)?.[1];
  const opacity = paint ? opacityOf(style.getPropertyValue(paint)) : 1;
  return opacity < 1 ? `${Number(value || 1) * opacity}` : value;
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
  if (/^(none|url|rgb\()/.test(value)) return value.replaceAll('"', "");
  if (isClear(value)) return "none";
  let plain = colors.get(value);
  if (!plain) colors.set(value, (plain = `rgb(${toRgb(value).join(", ")})`));
  return plain;
}

function background(view: Element, colors: Map<string, string>): string {
  for (let node: Element | null = view; node; node = node.parentElement) {
    const value = getComputedStyle(node).backgroundColor;
    if (value && !isClear(value)) return plainColor(value, colors);
  }
  return "#fff";
}
