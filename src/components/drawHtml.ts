/** A view made of HTML as a drawing: its boxes, its words where they stand, its pictures. */
import {isClear, opacityOf} from "./pixels.js";

const svgNamespace = "http://www.w3.org/2000/svg";

/** What {@link drawHtml} needs of its caller. */
export interface DrawTools {
  /** An SVG inside the view as one that stands alone, at a place and size in pixels. */
  svg(svg: SVGSVGElement, box: DOMRect): SVGSVGElement;
  /** A computed colour as every program reads it, without its opacity. */
  color(value: string): string;
}

interface Border {
  /** In pixels; 0 for none. */
  width: number;
  color: string;
  /** Undefined for a line without gaps. */
  dashes: number[] | undefined;
}

/** A drawing and the size it needs. */
export interface HtmlDrawing {
  node: SVGGElement;
  width: number;
  height: number;
}

/** Dashes of a border in units of its width. */
const dashes: Record<string, number[]> = {dashed: [3, 2], dotted: [1, 1]};

/** A word, or what of it stands before a place where a line may end within it. */
const wordPattern = /[^\s-]*-+|[^\s-]+/g;

/**
 * Draws what a browser has laid out: background and border of every box, every line of text at its
 * place with its own font, pictures within. Fields are left out, how to use a view, and what a
 * scrolled box does not show.
 *
 * @returns null where nothing is laid out (a hidden view, or no browser)
 */
export function drawHtml(view: Element, tools: DrawTools): HtmlDrawing | null {
  if (typeof Range.prototype.getClientRects !== "function") return null;
  const frame = view.getBoundingClientRect();
  if (frame.width === 0 || frame.height === 0) return null;
  const group = document.createElementNS(svgNamespace, "g");
  const context = document.createElement("canvas").getContext("2d");

  const add = (name: string, attributes: Record<string, string | number>, text?: string) => {
    const node = document.createElementNS(svgNamespace, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, `${value}`);
    if (text !== undefined) node.textContent = text;
    group.append(node);
  };
  const paint = (name: "fill" | "stroke", value: string) => ({
    [name]: tools.color(value),
    ...(opacityOf(value) < 1 && {[`${name}-opacity`]: opacityOf(value)})
  });
  const place = ({left, top, width, height}: DOMRect) => ({
    x: round(left - frame.left),
    y: round(top - frame.top),
    width: round(width),
    height: round(height)
  });

  const stroke = ({width, color, dashes}: Border) => ({
    ...paint("stroke", color),
    "stroke-width": width,
    ...(dashes && {"stroke-dasharray": dashes.map((part) => part * width).join(" ")})
  });

  function box(style: CSSStyleDeclaration, rect: DOMRect): void {
    const at = place(rect);
    const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, at.height / 2);
    const sides = ["Top", "Right", "Bottom", "Left"] as const;
    const borders = sides.map((side) => ({
      dashes: dashes[style[`border${side}Style`]],
      width: style[`border${side}Style`] === "none" ? 0 : parseFloat(style[`border${side}Width`]),
      color: style[`border${side}Color`]
    }));
    const [first] = borders;
    const isFrame =
      first!.width > 0 &&
      borders.every(({width, color}) => width === first!.width && color === first!.color);
    if (!isClear(style.backgroundColor) || isFrame)
      add("rect", {
        ...at,
        ...(radius && {rx: radius}),
        ...(isClear(style.backgroundColor) ? {fill: "none"} : paint("fill", style.backgroundColor)),
        ...(isFrame && stroke(first!))
      });
    const bar = barOf(style);
    if (bar) add("rect", {...at, width: round(at.width * bar.share), ...paint("fill", bar.color)});
    outline(style, at);
    if (isFrame) return;
    const {x, y, width, height} = at;
    const ends = [
      [x, y, x + width, y],
      [x + width, y, x + width, y + height],
      [x, y + height, x + width, y + height],
      [x, y, x, y + height]
    ];
    borders.forEach((border, side) => {
      const [x1, y1, x2, y2] = ends[side]!;
      if (border.width > 0 && !isClear(border.color))
        add("line", {x1: x1!, y1: y1!, x2: x2!, y2: y2!, ...stroke(border)});
    });
  }

  /** What frames a box from outside, such as a piece that looks. */
  function outline(style: CSSStyleDeclaration, at: ReturnType<typeof place>): void {
    const width = parseFloat(style.outlineWidth) || 0;
    if (style.outlineStyle === "none" || width === 0) return;
    const out = (parseFloat(style.outlineOffset) || 0) + width / 2;
    add("rect", {
      x: round(at.x - out),
      y: round(at.y - out),
      width: round(at.width + 2 * out),
      height: round(at.height + 2 * out),
      fill: "none",
      ...stroke({width, color: style.outlineColor, dashes: undefined})
    });
  }

  /** Texts that stand side by side are one: a ligature may join the end of one to the next. */
  function words(texts: readonly Text[], style: CSSStyleDeclaration, clip: DOMRect): void {
    const range = document.createRange();
    /** The text that holds the character before a place or, for the start of a word, behind it. */
    const placeOf = (index: number, isEnd: boolean): [Text, number] => {
      let before = 0;
      for (const text of texts) {
        if (index - before < text.length + Number(isEnd)) return [text, index - before];
        before += text.length;
      }
      return [texts.at(-1)!, texts.at(-1)!.length];
    };
    const lines: {text: string; rect: DOMRect; end: number}[] = [];
    const all = texts.map(({data}) => data).join("");
    for (const {0: word, index} of all.matchAll(wordPattern)) {
      range.setStart(...placeOf(index, false));
      range.setEnd(...placeOf(index + word.length, true));
      const rect = range.getClientRects()[0];
      if (!rect || !meets(rect, clip)) continue;
      const last = lines.at(-1);
      const end = index + word.length;
      if (last && Math.abs(last.rect.top - rect.top) < 2) {
        last.text += last.end === index ? word : ` ${word}`;
        last.end = end;
      } else lines.push({text: word, rect, end});
    }
    const size = parseFloat(style.fontSize);
    if (context) context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const metrics = context?.measureText("x");
    const up = metrics?.fontBoundingBoxAscent ?? size * 0.8;
    const down = metrics?.fontBoundingBoxDescent ?? size * 0.2;
    for (const {text, rect} of lines)
      add(
        "text",
        {
          x: round(rect.left - frame.left),
          y: round(rect.top - frame.top + (rect.height * up) / (up + down)),
          ...paint("fill", style.color),
          "font-family": style.fontFamily.replaceAll('"', "'"),
          "font-size": style.fontSize,
          "font-weight": style.fontWeight,
          ...(style.fontStyle !== "normal" && {"font-style": style.fontStyle}),
          ...(style.textDecorationLine !== "none" && {"text-decoration": style.textDecorationLine})
        },
        text
      );
  }

  function draw(node: Element, clip: DOMRect): void {
    if (node.matches("input, select, textarea, label:has(input, select), .glue-pager, .obs-how"))
      return;
    const style = getComputedStyle(node);
    if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return;
    const rect = node.getBoundingClientRect();
    if (style.display !== "contents" && (rect.width <= 1 || !meets(rect, clip))) return;
    if (node instanceof SVGSVGElement) return void group.append(tools.svg(node, rect));
    if (node instanceof HTMLCanvasElement)
      return add("image", {...place(rect), href: node.toDataURL("image/png")});
    box(style, rect);
    const inner = style.overflowX === "visible" && style.overflowY === "visible" ? clip : rect;
    const texts: Text[] = [];
    for (const child of node.childNodes) {
      if (child instanceof Element) draw(child, inner);
      if (!(child instanceof Text)) continue;
      texts.push(child);
      if (child.nextSibling instanceof Text) continue;
      words(texts, style, inner);
      texts.length = 0;
    }
  }

  draw(view, frame);
  return {node: group, width: Math.ceil(frame.width), height: Math.ceil(frame.height)};
}

/** The bar that a box draws behind its words: its gradient's first colour, `--p` of the box wide. */
function barOf(style: CSSStyleDeclaration): {share: number; color: string} | null {
  const share = parseFloat(style.getPropertyValue("--p")) / 100;
  const color = /^linear-gradient\((?:to right, )?(\w+\([^()]*\))/.exec(style.backgroundImage)?.[1];
  return share > 0 && color ? {share, color} : null;
}

function meets(a: DOMRect, b: DOMRect): boolean {
  return a.left < b.right && a.right > b.left && a.top < b.bottom && a.bottom > b.top;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
