import {compareCells} from "../lib/experiments/compare.js";
import {cellsChart, hatchedSentence, noiseFacts, roundRows} from "./cellsChart.js";
import {element} from "./dom.js";
import {figure, table} from "./figure.js";
import {workPanel, type Work} from "./workPanel.js";

/** Milliseconds of each round of one thing that was timed. */
export interface TimedRounds {
  name: string;
  elapsedMs: readonly number[];
}

/** Options of {@link timingView}. */
export interface TimingViewOptions {
  title: string;
  /** Name and unit, for example "milliseconds for a step". */
  label: string;
  facts: readonly string[];
  /** A few words beside a name, for example its parameters. */
  noteOf?: (name: string) => string;
  /** Width in pixels, default 640. */
  width?: number;
}

/** Median and quartiles, by linear interpolation between the sorted values. */
export function quartiles(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const low = sorted[below]!;
    return low + (place - below) * ((sorted[below + 1] ?? low) - low);
  };
  return [at(0.25), at(0.5), at(0.75)];
}

/**
 * Times by turns below each other: a dot a round, the mean with its interval, the difference from the
 * first paired by round; and a table of medians with their quartiles.
 */
export function timingView(
  timings: readonly TimedRounds[],
  {title, label, facts, noteOf = () => "", width = 640}: TimingViewOptions
): HTMLElement {
  const rows = timings.flatMap(({name, elapsedMs}) =>
    elapsedMs.map((ms, i) => ({cell: {model: name}, seed: i + 1, hash: "", ms}))
  );
  const cells = compareCells(rows, ({ms}) => ms);
  const nameOf = ({cell}: {cell: Record<string, string | number>}) => `${cell.model!}`;
  return element(
    "div",
    {},
    figure(
      cellsChart(cells, {
        label,
        width,
        digits: 2,
        nameOf,
        noteOf: (cell) => noteOf(nameOf(cell))
      }),
      {
        title,
        facts: [...facts, ...noiseFacts(cells, "round")],
        caption: hatchedSentence(cells, nameOf, "round"),
        data: roundRows(cells, nameOf)
      }
    ),
    table(
      timings.map(({name, elapsedMs}) => {
        const [low, middle, high] = quartiles(elapsedMs);
        return {
          model: name,
          "median, ms": +middle.toPrecision(4),
          "middle half, ms": `${low.toPrecision(3)} to ${high.toPrecision(3)}`,
          "of the first": +(middle / quartiles(timings[0]!.elapsedMs)[1]).toPrecision(3)
        };
      }),
      `${title}: medians`
    )
  );
}

/** What {@link timingPanel} needs to measure. */
export interface TimingPanelOptions {
  button: string;
  /**
   * Measures, telling each round; null where it was stopped. Its view is shown and stays until the next.
   */
  measure: (work: Work) => Promise<{view: Element; said: string} | null>;
}

/** A button that measures here, another that stops it, how far it is, and what came out. */
export function timingPanel({button, measure}: TimingPanelOptions): HTMLElement {
  const place = element("div", {});
  const panel = workPanel(button, async (work) => {
    const measured = await measure(work);
    if (measured) place.replaceChildren(measured.view);
    return measured?.said ?? "stopped";
  });
  return element("div", {class: "obs-computes"}, panel, place);
}
