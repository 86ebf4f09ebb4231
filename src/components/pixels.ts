import {divergingProperties, lifted, sequentialProperties} from "./scales.js";
import type {Lift} from "./scales.js";

type Rgb = readonly [number, number, number];

function parseColor(text: string): Rgb | null {
  const hex = /^#([\da-f]{3}|[\da-f]{6})\b/i.exec(text.trim())?.[1];
  if (hex) {
    const full = hex.length === 3 ? hex.replace(/./g, "$&$&") : hex;
    return [0, 2, 4].map((i) => parseInt(full.slice(i, i + 2), 16)) as unknown as Rgb;
  }
  const parts = /^rgba?\(([^)]+)\)/i
    .exec(text.trim())?.[1]
    ?.split(/[\s,/]+/)
    .map(Number);
  return parts && parts.length >= 3 ? [parts[0]!, parts[1]!, parts[2]!] : null;
}

/**
 * A CSS colour as red, green, blue in 0–255. Hex and rgb() are read here; anything newer
 * (color-mix, oklch) is painted on one pixel and read back where there is a canvas.
 */
export function toRgb(color: string, fallback: Rgb = [128, 128, 128]): Rgb {
  const parsed = parseColor(color);
  if (parsed) return parsed;
  const context = rasterContext(1, 1);
  if (!context) return fallback;
  context.fillStyle = `rgb(${fallback.join(",")})`;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
  return [r!, g!, b!];
}

/** The opacity of a computed colour, in [0, 1]: rgba() and what is written with a slash have one. */
export function opacityOf(color: string): number {
  const said = /^rgba\(.*,\s*([\d.]+)\)$|\/\s*([\d.]+)\)$/.exec(color.trim());
  return said ? Number(said[1] ?? said[2]) : 1;
}

/** Whether nothing of a computed colour is seen. */
export const isClear = (color: string) => color === "transparent" || opacityOf(color) === 0;

/** A drawing context of the given pixels, or null where there is no canvas (tests, old browsers). */
export function rasterContext(width: number, height: number): CanvasRenderingContext2D | null {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas.getContext("2d", {willReadFrequently: true});
}

const toLinear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
const toGamma = (c: number) => (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055);

/** sRGB in 0–255 to Oklab. @see https://bottosson.github.io/posts/oklab/ */
function toOklab(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map((c) => toLinear(c / 255)) as unknown as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  ];
}

function fromOklab([L, a, b]: Rgb): Rgb {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s
  ];
  return linear.map((c) =>
    Math.round(255 * toGamma(Math.min(1, Math.max(0, c))))
  ) as unknown as Rgb;
}

/** Number of steps of {@link sequentialPalette}; one more entry holds the masked grey. */
export const paletteSteps = 1024;

/**
 * The sequential scale as pixels, the same colours as `probabilityColor`, taken from the custom
 * properties in force at `node`.
 *
 * @returns [paletteSteps + 1] little-endian RGBA words; the last one is for masked cells
 */
export function sequentialPalette(node: Element, lift: Lift = "linear"): Uint32Array {
  return paletteOf(node, sequentialProperties, (t) => lifted(t, lift));
}

/**
 * The diverging scale as pixels, the colours of `divergingColor`: index 0 is the least, the middle 0.
 *
 * @returns as `sequentialPalette`
 */
export function divergingPalette(node: Element): Uint32Array {
  return paletteOf(node, divergingProperties, (t) => t);
}

function paletteOf(
  node: Element,
  properties: readonly (readonly [string, string])[],
  lift: (t: number) => number
): Uint32Array {
  // A view that is not in the page yet takes the page's colours.
  const style = getComputedStyle(node.isConnected ? node : document.documentElement);
  const property = (name: string, fallback: string) =>
    toRgb(style.getPropertyValue(name).trim() || fallback);
  const stops = properties.map(([name, fallback]) => toOklab(property(name, fallback)));
  const palette = new Uint32Array(paletteSteps + 1);
  const word = ([r, g, b]: Rgb) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  for (let i = 0; i < paletteSteps; ++i) {
    const t = lift(i / (paletteSteps - 1)) * (stops.length - 1);
    const k = Math.min(stops.length - 2, Math.floor(t));
    const mixed = stops[k]!.map((a, c) => a + (stops[k + 1]![c]! - a) * (t - k));
    palette[i] = word(fromOklab(mixed as unknown as Rgb));
  }
  palette[paletteSteps] = word(property("--obs-masked", "#b9bdc4"));
  return palette;
}

/** The palette's word for a probability; NaN is masked. */
export function paletteIndex(probability: number): number {
  if (Number.isNaN(probability)) return paletteSteps;
  const i = Math.round(probability * (paletteSteps - 1));
  return i < 0 ? 0 : i >= paletteSteps ? paletteSteps - 1 : i;
}
