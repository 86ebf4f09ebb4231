import {paletteIndex, rasterContext, sequentialPalette} from "./pixels.js";
import type {Lift} from "./scales.js";
import {thumbnail} from "./thumbnail.js";

/** One thumbnail: its weights, and its corner on the canvas in CSS pixels. */
export interface Thumb {
  weights: ArrayLike<number>;
  x: number;
  y: number;
}

/** How thumbnails are painted. */
export interface PaintOptions {
  /** Columns of every matrix; 0 where they are square. */
  columns: number;
  /** Side of a thumbnail in CSS pixels; the canvas has twice as many. */
  size: number;
  lift: Lift;
  /** Where the colours in force are looked up. */
  node: Element;
  /** Asked before each slice; false gives up, since a newer painting has begun. */
  isCurrent: () => boolean;
  /** Whether all is painted in one slice, default false. */
  atOnce?: boolean;
}

/** Canvas pixels per CSS pixel. */
export const paintScale = 2;

/**
 * Paints matrices as thumbnails, in slices of 15 ms that begin after the caller is done, so that 512
 * tokens × 12 × 12 never hold the page for longer than a frame.
 */
export function paintHeads(
  canvas: HTMLCanvasElement,
  thumbs: readonly Thumb[],
  {columns, size, lift, node, isCurrent, atOnce = false}: PaintOptions
): void {
  const context = canvas.getContext("2d");
  const length = thumbs[0]?.weights.length ?? 0;
  const across = columns || Math.sqrt(length);
  const down = length / across;
  const side = Math.round(size * paintScale);
  const shown = (n: number) => Math.min(side, n);
  const small = context && length && side >= 1 ? rasterContext(shown(across), shown(down)) : null;
  if (!context || !small) return;
  context.imageSmoothingEnabled = false;
  const image = small.createImageData(shown(across), shown(down));
  const words = new Uint32Array(image.data.buffer);
  let palette: Uint32Array | null = null;
  let done = 0;
  const slice = () => {
    if (!isCurrent()) return;
    // Asking for colours has the browser work out the styles of all that is new on the page.
    palette ??= sequentialPalette(node, lift);
    const end = atOnce ? Infinity : performance.now() + 15;
    while (done < thumbs.length && performance.now() < end) {
      const {weights, x, y} = thumbs[done++]!;
      const {cells} = thumbnail(weights, down, across, side);
      for (let i = 0; i < words.length; ++i) words[i] = palette[paletteIndex(cells[i]!)]!;
      small.putImageData(image, 0, 0);
      const extent = size * paintScale;
      context.drawImage(small.canvas, x * paintScale, y * paintScale, extent, extent);
    }
    if (done < thumbs.length) setTimeout(slice);
  };
  if (atOnce) slice();
  else setTimeout(slice);
}
