/**
 * Colours that CSS decides, so that light, dark and forced colours need no second drawing. Each is
 * a CSS value for a `fill`, `stroke` or `color`, with a fallback for where the site's style sheet
 * is absent.
 */
export const ink = {
  text: "var(--theme-foreground, currentColor)",
  muted: "var(--obs-muted, var(--theme-foreground-muted, #6b7280))",
  faint: "var(--theme-foreground-fainter, #a7abb3)",
  grid: "var(--obs-grid, var(--theme-foreground-faintest, #e2e4e8))",
  paper: "var(--theme-background, #fff)",
  accent: "var(--obs-accent, #2a5db0)",
  positive: "var(--obs-positive, #b45309)",
  negative: "var(--obs-negative, #2563a8)",
  query: "var(--obs-q, #2f6fd0)",
  key: "var(--obs-k, #c8452f)",
  value: "var(--obs-v, #2e8b57)",
  masked: "var(--obs-masked, #b9bdc4)"
} as const;

const sequentialStops = {
  low: ink.paper,
  middle: "var(--obs-seq-mid, #5b9bd5)",
  high: "var(--obs-seq-high, #0b2f6b)"
} as const;

/** Custom properties and fallbacks of the sequential scale, low to high, for views that paint pixels. */
export const sequentialProperties: readonly (readonly [string, string])[] = [
  ["--theme-background", "#ffffff"],
  ["--obs-seq-mid", "#5b9bd5"],
  ["--obs-seq-high", "#0b2f6b"]
];

/** The same of the diverging scale. */
export const divergingProperties: readonly (readonly [string, string])[] = [
  ["--obs-negative", "#2563a8"],
  ["--theme-background", "#ffffff"],
  ["--obs-positive", "#b45309"]
];

const categories = [
  "#2a5db0",
  "#d9730d",
  "#2e8b57",
  "#a33ea1",
  "#8a6d1d",
  "#0f8ea0",
  "#c0395b",
  "#6b7280"
];

/** How a probability becomes a place on the sequential scale: as it is, or lifted by a square root. */
export type Lift = "linear" | "sqrt";

/** The place in [0, 1] on the colour scale of a probability in [0, 1]; outside is clamped. */
export function lifted(probability: number, lift: Lift = "linear"): number {
  const p = Math.min(1, Math.max(0, probability));
  return lift === "sqrt" ? Math.sqrt(p) : p;
}

function mix(a: string, b: string, share: number): string {
  const percent = Math.round(share * 1000) / 10;
  if (percent <= 0) return a;
  if (percent >= 100) return b;
  return `color-mix(in oklab, ${b} ${percent}%, ${a})`;
}

/**
 * The colour of a probability: from the page's own background through blue to near black (light)
 * or near white (dark). The domain is always [0, 1], so that any two figures compare. NaN is
 * "not there" (a masked cell): neutral grey, never the colour of zero.
 */
export function probabilityColor(probability: number, lift: Lift = "linear"): string {
  if (Number.isNaN(probability)) return ink.masked;
  const t = lifted(probability, lift);
  return t < 0.5
    ? mix(sequentialStops.low, sequentialStops.middle, t * 2)
    : mix(sequentialStops.middle, sequentialStops.high, t * 2 - 1);
}

/**
 * The colour of a probability behind text in the page's ink: the sequential scale as far as text on
 * it can be read (4.5 : 1) in light and in dark, so that no value of it falls between two inks.
 */
export function shadeColor(probability: number, lift: Lift = "linear"): string {
  return Number.isNaN(probability) ? ink.masked : probabilityColor(0.3 * lifted(probability, lift));
}

/**
 * The colour of text that stands on {@link probabilityColor}: the page's ink on its low part, the
 * page's paper on its high part. Between them neither can be read on every value, but black or white
 * can: they change places at `--obs-seq-turn`, which differs between light and dark.
 */
export function probabilityTextColor(probability: number, lift: Lift = "linear"): string {
  const t = lifted(probability, lift);
  if (Number.isNaN(t) || t < 0.45) return ink.text;
  if (t > 0.75) return ink.paper;
  return blackOrWhite(t, "var(--obs-seq-turn, 0.653)");
}

/** Black or white: below a place on a scale the one, above it the other. */
function blackOrWhite(t: number, turn: string): string {
  const share = `clamp(0%, (${t.toFixed(4)} - ${turn}) * 1000000%, 100%)`;
  return `color-mix(in srgb, var(--obs-seq-above, #fff) ${share}, var(--obs-seq-below, #000))`;
}

/**
 * The colour of a signed number: orange above 0, blue below, the page's background at 0.
 *
 * @param extent the magnitude that gets the full colour; print it in the legend
 */
export function divergingColor(value: number, extent: number): string {
  if (Number.isNaN(value)) return ink.masked;
  const t = extent > 0 ? Math.max(-1, Math.min(1, value / extent)) : 0;
  return mix(ink.paper, t < 0 ? ink.negative : ink.positive, Math.abs(t));
}

/** The colour of text that stands on {@link divergingColor}, as `probabilityTextColor` chooses it. */
export function divergingTextColor(value: number, extent: number): string {
  const t = extent > 0 ? Math.min(1, Math.abs(value / extent)) : 0;
  if (Number.isNaN(t) || t < 0.45) return ink.text;
  return blackOrWhite(
    t,
    value < 0 ? "var(--obs-negative-turn, 0.866)" : "var(--obs-positive-turn, 0.911)"
  );
}

/**
 * The colour of a head, the same in every figure: hue = head / heads · 360°, at one lightness that
 * the theme sets (`--obs-head-l`). Hue alone tells no colour-blind reader two heads apart, so a
 * figure also writes the number.
 */
export function headColor(head: number, heads: number): string {
  const hue = Math.round((head / Math.max(1, heads)) * 3600) / 10;
  return `oklch(var(--obs-head-l, 0.58) 0.15 ${hue})`;
}

/** The i-th categorical colour, `--obs-c0` … `--obs-c7`, repeating after eight. */
export function categoryColor(i: number): string {
  const k = ((i % 8) + 8) % 8;
  return `var(--obs-c${k}, ${categories[k]!})`;
}

/** The colour of text on {@link categoryColor}: dark on the light hues in either theme. */
export function categoryTextColor(i: number): string {
  return [1, 2, 6].includes(((i % 8) + 8) % 8) ? "#14171c" : ink.paper;
}

export {
  formatBytes,
  formatDuration,
  formatInteger,
  formatNumber,
  formatPercent,
  formatProbability
} from "./formats.js";
