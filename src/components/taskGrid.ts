import {chartSvg, hatching} from "./chartFrame.js";
import type {Row} from "./downloads.js";
import {ink, probabilityColor} from "./scales.js";
import {clip} from "./text.js";

/** A score with its interval, in [0, 1]; null where it was not measured. */
export interface GridScore {
  mean: number;
  low: number;
  high: number;
  n: number;
  /** Whether seeds alone explain its distance from guessing. */
  isChance: boolean;
}

/** One model and its score on every task. */
export interface GridRow {
  name: string;
  scores: readonly (GridScore | null)[];
}

/** A task, and the score of guessing; null where guessing is hardly ever right. */
export interface GridTask {
  name: string;
  chance: number | null;
}

/** Options of {@link taskGrid}. */
export interface TaskGridOptions {
  /** What the rows are, for the label. */
  label: string;
  /** Width in pixels, default 640. */
  width?: number;
}

const percent = (value: number) => (100 * value).toFixed(1);

/**
 * Models by tasks: what each scores on each, in percent with its 95% interval. The darker, the
 * farther above guessing; hatched where seeds alone explain the distance.
 */
export function taskGrid(
  rows: readonly GridRow[],
  tasks: readonly GridTask[],
  {label, width = 640}: TaskGridOptions
): SVGSVGElement {
  const narrow = width < 480;
  const left = narrow ? 0 : Math.min(150, width * 0.24);
  const cell = (width - left) / tasks.length;
  const lift = narrow ? 22 : 0; // a row's name stands above it
  const top = narrow ? 54 : 40;
  const height = 58;
  const total = top + rows.length * (height + lift);
  const svg = chartSvg(
    width,
    total,
    `${label}: ${rows.map((row) => `${row.name}: ${tasks.map((task, j) => `${task.name} ${words(row.scores[j]!)}`).join(", ")}`).join("; ")}`
  );
  const hatch = hatching(svg, ink.faint, 2);
  const write = (text: string, x: number, y: number, anchor = "middle", size = 12) =>
    svg
      .append("text")
      .attr("x", x)
      .attr("y", y)
      .attr("text-anchor", anchor)
      .attr("font-size", size)
      .text(text);
  tasks.forEach((task, j) => {
    const x = left + (j + 0.5) * cell;
    const lines = narrow ? inTwo(task.name) : [task.name];
    lines.forEach((line, k) =>
      write(clip(line, cell / 6.6), x, 14 + 13 * k).attr("font-weight", 600)
    );
    if (task.chance !== null)
      write(
        `${narrow ? "guess" : "guessing"}: ${percent(task.chance)}`,
        x,
        top - 11,
        "middle",
        10.5
      ).attr("class", "obs-tick");
  });
  rows.forEach((row, i) => {
    const y = top + i * (height + lift) + lift;
    write(
      clip(row.name, (narrow ? width : left) / 6.6),
      0,
      narrow ? y - 5 : y + height / 2 + 4,
      "start"
    ).attr("font-weight", 600);
    tasks.forEach((task, j) => {
      const score = row.scores[j];
      const x = left + j * cell;
      const chance = task.chance ?? 0;
      const above = score ? Math.max(0, (score.mean - chance) / (1 - chance)) : 0;
      const box = svg
        .append("rect")
        .attr("x", x + 2)
        .attr("y", y + 2)
        .attr("width", cell - 4)
        .attr("height", height - 4)
        .attr("rx", 3)
        .attr("stroke", ink.grid)
        .attr("fill", probabilityColor(0.45 * above));
      if (!score) {
        box.attr("fill", "none").attr("stroke-dasharray", "3 3");
        write("no head for it", x + cell / 2, y + height / 2 + 4, "middle", 10.5).attr(
          "class",
          "obs-tick"
        );
        return;
      }
      if (score.isChance) box.attr("class", "obs-hatched").attr("fill", hatch);
      write(percent(score.mean), x + cell / 2, y + 27, "middle", 15)
        .attr("class", "obs-halo")
        .attr("font-weight", 600);
      const range = `${percent(score.low)} to ${percent(score.high)}`;
      write(range, x + cell / 2, y + 44, "middle", 10.5).attr("class", "obs-tick obs-halo");
    });
  });
  return svg.node()!;
}

/** A name on at most two lines, parted at its last space. */
function inTwo(name: string): string[] {
  const at = name.lastIndexOf(" ");
  return at < 0 ? [name] : [name.slice(0, at), name.slice(at + 1)];
}

function words(score: GridScore | null): string {
  if (!score) return "has no head";
  return `${percent(score.mean)}%${score.isChance ? " (not told from guessing)" : ""}`;
}

/** The numbers of the grid: one row a model and task. */
export function gridRows(rows: readonly GridRow[], tasks: readonly GridTask[]): Row[] {
  return rows.flatMap(({name, scores}) =>
    tasks.map((task, j) => ({
      "trained with": name,
      task: task.name,
      accuracy: scores[j]?.mean ?? null,
      low: scores[j]?.low ?? null,
      high: scores[j]?.high ?? null,
      seeds: scores[j]?.n ?? null,
      guessing: task.chance,
      "above guessing": scores[j] ? !scores[j].isChance : null
    }))
  );
}
