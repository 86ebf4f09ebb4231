import * as d3 from "d3";
import {element, liveRegion} from "./dom.js";
import {formatBytes, formatInteger, formatNumber, formatPercent} from "./formats.js";
import {swatches} from "./legends.js";
import {categoryColor, categoryTextColor, ink} from "./scales.js";
import {clip, textWidth} from "./text.js";
import type {Row} from "./downloads.js";

/** A model's stored parameters by part; shared tensors count once. */
export interface ParameterBar {
  label: string;
  /** Part → number of parameters; parts that no bar has are left out. */
  counts: Readonly<Record<string, number>>;
}

/** Options of {@link parameterBars}. */
export interface ParameterBarsOptions {
  /** Width in pixels, default 640. */
  width?: number;
  /** Parts in drawing order with their names; default those of the model's own count. */
  parts?: readonly {key: string; label: string}[];
  /** Bytes for each parameter, default 4 (float32). */
  bytesEach?: number;
  /** Label of the bar the others are measured against; default the largest. */
  yardstick?: string;
}

/** The parts of an ALBERT, with their sizes where a letter says it. */
export const modelParts = [
  {key: "embeddings", label: "embeddings V×E"},
  {key: "factorisation", label: "factorisation E×H"},
  {key: "attention", label: "attention"},
  {key: "ffn", label: "feed-forward"},
  {key: "pooler", label: "pooler"},
  {key: "mlm", label: "masked-LM head"},
  {key: "sentence", label: "sentence head"},
  {key: "head", label: "task head"}
] as const;

type Part = {key: string; label: string};

function total({counts}: ParameterBar, parts: readonly Part[]): number {
  return d3.sum(parts, ({key}) => counts[key] ?? 0);
}

/** The numbers of the figure as rows: one for each bar, a column for each part. */
export function parameterRows(
  bars: readonly ParameterBar[],
  {parts = modelParts, bytesEach = 4}: Pick<ParameterBarsOptions, "parts" | "bytesEach"> = {}
): Row[] {
  return bars.map((bar) => ({
    model: bar.label,
    ...Object.fromEntries(parts.map(({key}) => [key, bar.counts[key] ?? 0])),
    total: total(bar, parts),
    bytes: total(bar, parts) * bytesEach
  }));
}

/**
 * Parameters by part as stacked bars from one zero, with the exact integer, the bytes and the ratio
 * to a yardstick over each. Pointer or arrow keys read a part out.
 */
export function parameterBars(
  bars: readonly ParameterBar[],
  {width = 640, parts = modelParts, bytesEach = 4, yardstick}: ParameterBarsOptions = {}
): HTMLElement {
  const used = parts.filter(({key}) => bars.some((bar) => (bar.counts[key] ?? 0) > 0));
  const totals = bars.map((bar) => total(bar, used));
  const largest = Math.max(1, ...totals);
  const named = bars.findIndex((bar) => bar.label === yardstick);
  const reference = named >= 0 ? named : totals.indexOf(Math.max(...totals));
  const narrow = width < 480;
  const rowHeight = narrow ? 66 : 48;
  const barTop = narrow ? 36 : 20;
  const height = 18 + bars.length * rowHeight + 22;
  const x = d3.scaleLinear([0, largest], [0, width - 12]);
  const segments = bars.flatMap((bar, row) => {
    let start = 0;
    return used.flatMap((part, column) => {
      const value = bar.counts[part.key] ?? 0;
      const segment = {bar, row, part, column, start, value};
      start += value;
      return value > 0 ? [segment] : [];
    });
  });
  type Segment = (typeof segments)[number];
  let focus: Segment | null = null;

  const svg = d3
    .create("svg")
    .attr("viewBox", `0 0 ${width} ${height}`)
    .attr("width", width)
    .attr("height", height)
    .attr("role", "application")
    .attr("aria-roledescription", "bar chart")
    .attr("tabindex", 0)
    .attr(
      "aria-label",
      `parameters by part. ${bars.map((bar, i) => `${bar.label}: ${formatInteger(totals[i]!)}`).join("; ")}. Arrow keys read the parts.`
    );
  const base = 18 + bars.length * rowHeight;
  for (const t of x.ticks(narrow ? 3 : 6)) {
    svg
      .append("line")
      .attr("x1", x(t))
      .attr("x2", x(t))
      .attr("y1", 14)
      .attr("y2", base)
      .attr("stroke", ink.grid);
    svg
      .append("text")
      .attr("class", "obs-tick")
      .attr("x", x(t))
      .attr("y", base + 12)
      .attr("text-anchor", t === 0 ? "start" : "middle")
      .text(t === 0 ? "0" : formatNumber(t));
  }
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width)
    .attr("y", 9)
    .attr("text-anchor", "end")
    .text("parameters →");
  bars.forEach((bar, row) => {
    const y = 18 + row * rowHeight;
    const amount = `${formatInteger(totals[row]!)} · ${formatBytes(totals[row]! * bytesEach)}${row === reference || bars.length < 2 ? "" : ` · ${ratio(totals[row]!, totals[reference]!)} ${bars[reference]!.label}`}`;
    const label = svg
      .append("text")
      .attr("class", "obs-halo")
      .attr("x", 0)
      .attr("y", y + 14);
    label
      .append("tspan")
      .attr("font-weight", 600)
      .text(narrow ? clip(bar.label, width / 12) : bar.label);
    const more = label.append("tspan").attr("class", "obs-amount").text(amount);
    if (narrow) more.attr("x", 0).attr("dy", 16);
    else more.attr("dx", 10);
  });
  const boxes = svg
    .append("g")
    .selectAll<SVGRectElement, Segment>("rect")
    .data(segments)
    .join("rect")
    .attr("class", "obs-part")
    .attr("x", (d) => x(d.start))
    .attr("y", (d) => 18 + d.row * rowHeight + barTop)
    .attr("width", (d) => Math.max(0.75, x(d.value) - 1))
    .attr("height", 20)
    .attr("fill", (d) => color(d.part));
  svg
    .append("g")
    .attr("pointer-events", "none")
    .selectAll("text")
    .data(segments.filter((d) => x(d.value) > 12 * textWidth(formatNumber(d.value)) + 4))
    .join("text")
    .attr("x", (d) => x(d.start) + 5)
    .attr("y", (d) => 18 + d.row * rowHeight + barTop + 14)
    .attr("font-size", 10)
    .style("fill", (d) => categoryTextColor(parts.indexOf(d.part)))
    .text((d) => formatNumber(d.value));
  const readout = element("p", {class: "obs-readout obs-hint"});
  const live = liveRegion();

  function color(part: Part): string {
    return categoryColor(parts.indexOf(part));
  }

  function show(next: Segment | null, spoken: boolean): void {
    focus = next;
    boxes
      .attr("stroke", (d) => (d === focus ? ink.text : null))
      .attr("fill-opacity", (d) => (focus && d.part !== focus.part ? 0.35 : 1));
    readout.classList.toggle("obs-hint", !focus);
    readout.textContent = focus
      ? `${focus.bar.label}, ${focus.part.label}: ${formatInteger(focus.value)} parameters, ${formatBytes(focus.value * bytesEach)}, ${formatPercent(focus.value / totals[focus.row]!)} of the model`
      : `${bytesEach} bytes for each parameter; tensors that layers share count once.`;
    if (spoken) live.textContent = readout.textContent;
  }

  boxes.on("pointerenter", (_, d) => show(d, false)).on("pointerleave", () => show(null, false));
  svg
    .on("keydown", (event: KeyboardEvent) => {
      const at = focus ? segments.indexOf(focus) : -1;
      const row = (step: number) =>
        segments.findIndex((s) => s.row === (focus?.row ?? -1) + step && s.part === focus?.part);
      const target = {
        ArrowRight: at + 1,
        ArrowLeft: at - 1,
        ArrowDown: row(1) >= 0 ? row(1) : at,
        ArrowUp: row(-1) >= 0 ? row(-1) : at,
        Home: 0,
        End: segments.length - 1
      }[event.key];
      if (target != null)
        show(segments[Math.min(segments.length - 1, Math.max(0, target))] ?? null, true);
      else if (event.key === "Escape") show(null, false);
      else return;
      event.preventDefault();
    })
    .on("blur", () => show(null, false));
  show(null, false);
  return element(
    "div",
    {class: "obs-view obs-parameters"},
    swatches(used.map((part) => ({label: part.label, color: color(part)}))),
    svg.node(),
    readout,
    live
  );
}

function ratio(value: number, reference: number): string {
  const share = value / reference;
  return share < 1 ? `1/${formatNumber(1 / share)} of` : `${formatNumber(share)} ×`;
}
