import {element} from "./dom.js";

/** A rectangle in the user units of an SVG. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * A canvas of pixels under an SVG of marks, which scale together: pixels for what is too many to be
 * nodes, SVG for text, outlines and the pointer. The exporter finds the canvas by its `data-box`
 * and puts it into the SVG as an image.
 */
export function layered(svg: SVGSVGElement): {
  node: HTMLDivElement;
  canvas: HTMLCanvasElement;
  /** Says where in the SVG's view box the canvas lies. */
  place(box: Box, viewWidth: number, viewHeight: number): void;
} {
  const canvas = element("canvas", {"aria-hidden": "true", class: "obs-pixels"});
  const node = element("div", {class: "obs-layers"}, canvas, svg);
  return {
    node,
    canvas,
    place({x, y, width, height}, viewWidth, viewHeight) {
      canvas.dataset.box = [x, y, width, height].join(" ");
      const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;
      canvas.style.left = percent(x, viewWidth);
      canvas.style.top = percent(y, viewHeight);
      canvas.style.width = percent(width, viewWidth);
      canvas.style.height = percent(height, viewHeight);
      node.style.maxWidth = `${viewWidth}px`;
    }
  };
}
