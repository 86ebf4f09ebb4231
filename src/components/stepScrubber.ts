import * as d3 from "d3";
import {chartSvg, ticksLeft} from "./chartFrame.js";
import {element, emit, withValue} from "./dom.js";
import type {View} from "./dom.js";
import {formatInteger} from "./formats.js";
import {ink} from "./scales.js";

/** A loss at a step. */
export interface LossPoint {
  step: number;
  loss: number;
}

/** What a scrubber shows. */
export interface StepScrubberOptions {
  /** Steps that can be looked at, ascending, at least one. */
  steps: readonly number[];
  /** The curve above them, by step. */
  curve: readonly LossPoint[];
  /** What the loss is. */
  label: string;
  /** Width in pixels, default 640. */
  width?: number;
  /** Default the last step. */
  selected?: number;
}

/**
 * A loss curve over steps on a logarithmic scale, of which some can be looked at: click near one,
 * drag, or use the slider and its keys. The value is the step.
 */
export function stepScrubber({
  steps,
  curve,
  label,
  width = 640,
  selected = steps.at(-1)!
}: StepScrubberOptions): View<number> {
  const height = 150;
  const [left, right, top, bottom] = [46, 20, 24, 34];
  const place = (step: number) => Math.log2(step + 1);
  const all = [...steps, ...curve.map(({step}) => step)];
  const x = d3.scaleLinear(
    [place(Math.min(...all)), place(Math.max(...all))],
    [left, width - right]
  );
  const [low = 0, high = 1] = d3.extent(curve, ({loss}) => loss) as [number?, number?];
  const y = d3.scaleLinear([low, high === low ? low + 1 : high], [height - bottom, top]).nice(4);
  const lossAt = (step: number) => {
    const i = d3.bisectCenter(
      curve.map((point) => point.step),
      step
    );
    return curve[i]?.loss ?? NaN;
  };
  const svg = chartSvg(width, height, `${label} by step; ${steps.length} steps can be looked at`);
  ticksLeft(svg, y, {ticks: y.ticks(4), left, right: width - right});
  let before = -Infinity;
  for (const step of steps) {
    if (x(place(step)) - before < 34) continue;
    before = x(place(step));
    svg
      .append("text")
      .attr("class", "obs-tick")
      .attr("x", before)
      .attr("y", height - bottom + 15)
      .attr("text-anchor", "middle")
      .text(formatInteger(step));
  }
  svg.append("text").attr("class", "obs-label").attr("x", 0).attr("y", 10).text(`↑ ${label}`);
  svg
    .append("text")
    .attr("class", "obs-label")
    .attr("x", width - right)
    .attr("y", height - 3)
    .attr("text-anchor", "end")
    .text("step, logarithmic →");
  svg
    .append("path")
    .datum(curve)
    .attr("fill", "none")
    .attr("stroke", ink.accent)
    .attr("stroke-width", 1.5)
    .attr(
      "d",
      d3
        .line<LossPoint>()
        .x(({step}) => x(place(step)))
        .y(({loss}) => y(loss))
    );
  const dots = svg
    .append("g")
    .selectAll("circle")
    .data(steps)
    .join("circle")
    .attr("cx", (step) => x(place(step)))
    .attr("cy", (step) => y(lossAt(step)))
    .attr("r", 4)
    .attr("stroke", ink.text);
  const slider = element("input", {
    type: "range",
    min: 0,
    max: steps.length - 1,
    step: 1,
    "aria-label": "step",
    oninput: () => choose(Number(slider.value))
  });
  const words = element("span", {class: "obs-readout"});
  const node = withValue(
    element(
      "div",
      {class: "obs-view obs-scrubber"},
      svg.node()!,
      element("label", {class: "obs-pick"}, "Step", slider, words)
    ),
    selected
  );
  for (const type of ["input", "change"])
    node.addEventListener(type, (event) => {
      if (event.target !== node) event.stopImmediatePropagation();
    });

  function show(): void {
    const at = steps.indexOf(node.value);
    slider.value = String(at);
    const text = `step ${formatInteger(node.value)}, ${label} ${lossAt(node.value).toFixed(3)}`;
    slider.setAttribute("aria-valuetext", text);
    words.textContent = text;
    dots.attr("fill", (step) => (step === node.value ? ink.positive : ink.paper));
    dots.attr("r", (step) => (step === node.value ? 6 : 4));
  }

  function choose(index: number): void {
    const step = steps[Math.min(steps.length - 1, Math.max(0, index))]!;
    if (step === node.value) return;
    emit(node, step);
    show();
  }

  function near(event: PointerEvent): void {
    const [at] = d3.pointer(event, svg.node()!);
    choose(
      d3.leastIndex(steps, (a, b) => Math.abs(x(place(a)) - at) - Math.abs(x(place(b)) - at)) ?? 0
    );
  }
  svg.style("touch-action", "pan-y").style("cursor", "pointer");
  svg.on("pointerdown", near).on("pointermove", (event: PointerEvent) => {
    if (event.buttons & 1) near(event);
  });
  show();
  return node;
}
