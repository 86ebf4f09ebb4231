/** The benchmark's rows as Markdown and CSV. */
import type {BenchRow} from "./bench.js";
import type {StepProfile} from "./kinds.js";
import {benchShapes} from "./shapes.js";

/** What was measured, and on what. */
export interface BenchRecord {
  /** ISO date. */
  date: string;
  machine: string;
  /** What runs the plan. */
  executor: string;
  /** `wall` or `cpu`: whether times count what else the machine did. */
  clock: string;
  rows: BenchRow[];
  /** One step of the plan taken apart, where that was asked for. */
  profile?: StepProfile;
  /** Contenders that are missing, a sentence each. */
  skipped: string[];
}

const ms = (x: number) => (x >= 1000 ? x.toFixed(0) : x.toPrecision(3));

/** A table with the shapes above it. */
export function benchMarkdown({machine, executor, clock, rows, skipped}: BenchRecord): string {
  const used = [...new Set(rows.map(({shape}) => shape))];
  return [
    `${machine}; ${executor}; ${rows[0]?.rounds ?? 0} rounds by turns, ${clock === "cpu" ? "processor time" : "wall time"}.`,
    "",
    ...used.map((shape) => `- ${shape}: ${benchShapes[shape].about}`),
    "",
    "| work | shape | contender | min ms | median ms | max ms | tokens/s | against the first |",
    "|---|---|---|--:|--:|--:|--:|--:|",
    ...rows.map(
      (r) =>
        `| ${r.work} | ${r.shape} | ${r.contender} | ${ms(r.min)} | ${ms(r.median)} | ${ms(r.max)} | ` +
        `${Math.round(r.tokensPerSecond).toLocaleString("en")} | ${r.ratio.toFixed(2)} × |`
    ),
    ...skipped.map((sentence, i) => `${i === 0 ? "\n" : ""}skipped: ${sentence}`)
  ].join("\n");
}
