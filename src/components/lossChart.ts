import * as d3 from "d3";
import {Curve} from "./curve.js";
import type {MetricRow} from "./curve.js";
import {element, emit, liveRegion, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {formatInteger, formatNumber} from "./formats.js";
import {swatches} from "./legends.js";
import {baselineMarks, curveLines, endRoom, lineEnds} from "./lossLines.js";
import type {Baseline} from "./lossLines.js";
import {chartAxes, heldOutMarks} from "./lossMarks.js";
import type {HeldOutPoint} from "./lossMarks.js";
import {categoryColor, ink} from "./scales.js";

export type {MetricRow} from "./curve.js";
export type {Baseline} from "./lossLines.js";
export type {HeldOutPoint} from "./lossMarks.js";

/** One line of {@link lossChart}. */
export interface LossSeries {
  /** Column of the rows, for example "mlm_loss". */
  key: string;
  /** Its name at the end of the line; default the key with blanks for underscores. */
  label?: string;
  /** A CSS colour; default the categorical colour of its place. */
  color?: string;
}

/** Options of {@link lossChart}; `update` takes any of them again. */
export interface LossChartOptions {
  /** Lines in drawing order; default one for `loss`. */
  series?: readonly LossSeries[];
  /** Width in pixels, default 640. */
  width?: number;
  /** Height in pixels, default 280. */
  height?: number;
  /** Linear (default) or log. */
  yScale?: "linear" | "log";
  /** Name and unit of the vertical axis, default "loss (nats)". */
  yLabel?: string;
  /** Memory of the smoothed line in [0, 1), default 0.9; 0 draws only the raw line. */
  smoothing?: number;
  heldOut?: readonly HeldOutPoint[];
  baselines?: readonly Baseline[];
  /** Steps of the whole run, so that the line grows into its room; default the last step. */
  total?: number;
}

/** The step a reader points at, or has locked by a click; null for none. */
export interface StepValue {
  step: number | null;
  locked: boolean;
}

/** A chart that takes more rows while it stands in the page. */
export type LossChart = View<StepValue> & {
  /** Adds rows and redraws. A step that is there already ends the old line at that step. */
  append(rows: Iterable<MetricRow>): void;
  /** Changes options, or replaces all rows, and redraws. */
  update(change: LossChartOptions & {rows?: Iterable<MetricRow>}): void;
};

/**
 * Streamed losses against step: the raw line faint, the smoothed line over it, its name at its end,
 * held-out points with intervals and baselines. Pointer or arrow keys read a step out, a click or
 * Enter locks it, Escape lets go; its `value` is that step, so a page can show the model there.
 * Redraws at once: a caller that streams faster than it wants to draw batches its rows.
 *
 * @param rows metrics by step, ascending; unknown columns are ignored
 */
export function lossChart(rows: Iterable<MetricRow>, options: LossChartOptions = {}): LossChart {
  const settings = {
    series: [{key: "loss"}] as readonly LossSeries[],
    width: 640,
    height: 280,
    yScale: "linear" as "linear" | "log",
    yLabel: "loss (nats)",
    smoothing: 0.9,
    heldOut: [] as readonly HeldOutPoint[],
    baselines: [] as readonly Baseline[],
    total: 0,
    ...options
  };
  const curves = new Map<string, Curve>();
  let hovered: number | null = null;
  let locked: number | null = null;
  let x = d3.scaleLinear();

  const svg = d3
    .create("svg")
    .attr("role", "application")
    .attr("aria-roledescription", "chart")
    .attr("tabindex", 0)
    .style("touch-action", "pan-y");
  const frame = svg.append("g");
  const pointer = svg.append("g").attr("pointer-events", "none");
  const legend = element("div");
  const readout = element("p", {class: "obs-readout"});
  const live = liveRegion();
  const node = withValue(
    element("div", {class: "obs-view obs-loss"}, legend, svg.node(), readout, live),
    {step: null, locked: false} as StepValue
  );

  const name = (s: LossSeries) => s.label ?? s.key.replaceAll("_", " ");
  const color = (s: LossSeries) => s.color ?? categoryColor(settings.series.indexOf(s));
  const curve = (key: string) => {
    let c = curves.get(key);
    if (!c) curves.set(key, (c = new Curve(settings.smoothing)));
    return c;
  };

  function take(added: Iterable<MetricRow>): void {
    for (const row of added)
      for (const {key} of settings.series) {
        const value = row[key];
        if (typeof value === "number") curve(key).append(row.step, value);
      }
  }

  function draw(): void {
    const {width, height, series, smoothing, heldOut, baselines, yScale} = settings;
    const direct = width >= 560;
    const right = direct ? endRoom(series.map(name)) : 14;
    const margin = {top: 24, right, bottom: 34, left: 44};
    const drawn = series.map((s) => ({s, c: curve(s.key)})).filter(({c}) => c.steps.length > 0);
    const log = yScale === "log";
    const shown = [
      ...drawn.flatMap(({c}) => [c.low, c.high]),
      ...heldOut.flatMap((p) => [p.value, p.low ?? p.value, p.high ?? p.value]),
      ...baselines.map((b) => b.value)
    ].filter((v) => Number.isFinite(v) && (!log || v > 0));
    const last = Math.max(0, ...drawn.map(({c}) => c.steps.at(-1)!), ...heldOut.map((p) => p.step));
    x = d3.scaleLinear([0, Math.max(settings.total, last, 1)], [margin.left, width - margin.right]);
    const [low = log ? 0.1 : 0, high = 1] = d3.extent(shown) as [number?, number?];
    const y = (log ? d3.scaleLog() : d3.scaleLinear())
      .domain(log ? [low * 0.95, high * 1.05] : [Math.min(0, low) || low * 0.9, high])
      .range([height - margin.bottom, margin.top])
      .clamp(true);
    if (!log) y.nice(5);

    svg.attr("viewBox", `0 0 ${width} ${height}`).attr("width", width).attr("height", height);
    frame.selectAll("*").remove();
    chartAxes(frame, x, y, {...margin, width, height, yLabel: settings.yLabel, log});
    const isSmoothed = smoothing > 0;
    const edges = {left: margin.left, right: width - margin.right};
    baselineMarks(frame, baselines, y, {...edges, isNamed: direct});
    const lines = drawn.map(({s, c}) => ({name: name(s), color: color(s), curve: c}));
    const columns = edges.right - edges.left;
    curveLines(frame, lines, x, y, {isSmoothed, isLog: log, columns});
    heldOutMarks(frame, heldOut, x, y, (key) => {
      const s = series.find((d) => d.key === key);
      return s ? color(s) : ink.text;
    });
    if (direct)
      lineEnds(frame, lines, x, y, {isSmoothed, top: margin.top, bottom: height - margin.bottom});
    if (drawn.length === 0)
      frame
        .append("text")
        .attr("class", "obs-label")
        .attr("x", (margin.left + width - margin.right) / 2)
        .attr("y", height / 2)
        .attr("text-anchor", "middle")
        .text("no step yet");
    legend.replaceChildren(
      ...(direct
        ? []
        : [
            swatches([
              ...series.map((s) => ({label: name(s), color: color(s)})),
              ...baselines.map((b) => ({
                label: `${b.label} ${formatNumber(b.value)}`,
                color: ink.muted,
                dashed: true
              }))
            ])
          ])
    );
    svg.attr(
      "aria-label",
      `${settings.yLabel} against step${drawn.length ? `, to step ${formatInteger(last)}: ` : ""}${drawn
        .map(
          ({s, c}) =>
            `${name(s)} from ${formatNumber(c.values[0]!)} to ${formatNumber(c.smooth.at(-1)!)}`
        )
        .join("; ")}. Arrow keys read a step.`
    );
    mark();
  }

  /** The crosshair and the words under the chart, for the step in focus. */
  function mark(): void {
    const {height, series, smoothing} = settings;
    const focus = hovered ?? locked;
    pointer.selectAll("*").remove();
    const parts: string[] = [];
    if (focus != null) {
      pointer
        .append("line")
        .attr("x1", x(focus))
        .attr("x2", x(focus))
        .attr("y1", 20)
        .attr("y2", height - 34)
        .attr("stroke", locked === focus ? ink.accent : ink.muted)
        .attr("stroke-width", locked === focus ? 2 : 1);
      for (const s of series) {
        const c = curve(s.key);
        const i = c.nearest(focus);
        if (i < 0) continue;
        parts.push(
          `${name(s)} ${formatNumber(c.values[i]!)}${smoothing > 0 ? ` (smoothed ${formatNumber(c.smooth[i]!)})` : ""}`
        );
      }
      for (const p of settings.heldOut)
        if (p.step === focus)
          parts.push(
            `held out ${formatNumber(p.value)}${p.low != null && p.high != null ? ` [${formatNumber(p.low)}, ${formatNumber(p.high)}]` : ""}`
          );
    }
    readout.className = focus == null ? "obs-readout obs-hint" : "obs-readout";
    if (focus == null)
      readout.replaceChildren(
        smoothing > 0 ? "faint: every step; solid: smoothed. " : "",
        element(
          "span",
          {class: "obs-how"},
          "Hover or use the arrow keys to read a step, click to lock."
        )
      );
    else
      readout.textContent = `step ${formatInteger(focus)}${locked === focus ? " (locked)" : ""} · ${parts.join(" · ")}`;
  }

  function allSteps(): Curve | undefined {
    return settings.series
      .map((s) => curve(s.key))
      .sort((a, b) => b.steps.length - a.steps.length)[0];
  }

  function focusStep(step: number | null, lock: boolean, spoken: boolean): void {
    const before = node.value;
    if (lock) locked = step;
    hovered = lock ? null : step;
    mark();
    if (spoken) live.textContent = readout.textContent;
    const value = {step: hovered ?? locked, locked: locked != null};
    if (before.step !== value.step || before.locked !== value.locked) emit(node, value);
  }

  function stepAt(event: Event): number | null {
    const longest = allSteps();
    const i = longest?.nearest(x.invert(d3.pointer(event, svg.node()!)[0])) ?? -1;
    return i < 0 ? null : longest!.steps[i]!;
  }

  svg
    .on("pointermove", (event: PointerEvent) => focusStep(stepAt(event), false, false))
    .on("pointerleave", () => focusStep(null, false, false))
    .on("click", (event: MouseEvent) => {
      const step = stepAt(event);
      focusStep(step === locked ? null : step, true, true);
    })
    .on("keydown", (event: KeyboardEvent) => {
      const longest = allSteps();
      if (!longest || longest.steps.length === 0) return;
      const n = longest.steps.length;
      const at = longest.nearest(hovered ?? locked ?? longest.steps[n - 1]!);
      const jump = event.shiftKey ? Math.max(1, Math.round(n / 20)) : 1;
      const target = {ArrowLeft: at - jump, ArrowRight: at + jump, Home: 0, End: n - 1}[event.key];
      if (target != null)
        focusStep(longest.steps[Math.min(n - 1, Math.max(0, target))]!, false, true);
      else if (event.key === "Enter") focusStep(longest.steps[at]!, true, true);
      else if (event.key === "Escape") focusStep(null, true, true);
      else return;
      event.preventDefault();
    });

  take(rows);
  draw();
  return Object.assign(node, {
    append(added: Iterable<MetricRow>): void {
      take(added);
      draw();
    },
    update({rows: replaced, ...change}: LossChartOptions & {rows?: Iterable<MetricRow>}): void {
      Object.assign(settings, change);
      if (replaced) {
        curves.clear();
        take(replaced);
      }
      if (change.smoothing != null) for (const c of curves.values()) c.beta = change.smoothing;
      draw();
    }
  });
}
