/** Scores of several tasks over seeds, beside baselines, as one table. */
import {mean} from "../experiments/statistics.js";

/** What one run reached, and what its baselines did on the same rows. */
export interface TaskOutcome {
  task: string;
  seed: number;
  /** Training and dev rows. */
  train: number;
  dev: number;
  /** Metrics on dev of the weights that are kept, the best of the evaluations, and of the last ones. */
  kept: Record<string, number>;
  last: Record<string, number>;
  baselines: {name: string; metrics: Record<string, number>}[];
}

interface Row {
  task: string;
  metric: string;
  n: number;
  seeds: number;
  kept: number[];
  last: number;
  baselines: [name: string, value: number][];
}

/** One row a task and metric. */
function rowsOf(outcomes: readonly TaskOutcome[]): Row[] {
  const tasks = [...new Set(outcomes.map(({task}) => task))];
  return tasks.flatMap((task) => {
    const own = outcomes.filter((outcome) => outcome.task === task);
    const first = own[0]!;
    return Object.keys(first.kept).map((metric) => ({
      task,
      metric,
      n: first.dev,
      seeds: own.length,
      kept: own.map(({kept}) => kept[metric]!),
      last: mean(own.map(({last}) => last[metric]!)),
      baselines: first.baselines.map(({name, metrics}): [string, number] => [
        name,
        metrics[metric]!
      ])
    }));
  });
}

const shown = (value: number) => (Math.abs(value) > 1 ? value.toFixed(1) : value.toFixed(3));

/**
 * The table for a terminal: the mean over seeds of the best evaluation with its range, that of the
 * last one, and the baselines.
 */
export function taskTable(outcomes: readonly TaskOutcome[]): string {
  const rows = rowsOf(outcomes).map(({task, metric, n, seeds, kept, last, baselines}) => [
    task,
    metric,
    String(n),
    String(seeds),
    `${shown(mean(kept))} (${shown(Math.min(...kept))} to ${shown(Math.max(...kept))})`,
    shown(last),
    baselines.map(([name, value]) => `${name} ${shown(value)}`).join(", ")
  ]);
  const lines = [
    ["task", "metric", "n dev", "seeds", "best (range)", "last", "baselines"],
    ...rows
  ];
  const widths = lines[0]!.map((_, c) => Math.max(...lines.map((line) => line[c]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, c) => cell.padEnd(widths[c]!))
        .join("  ")
        .trimEnd()
    )
    .join("\n");
}

/** One row a task, seed and metric, with the baselines in rows of their own. */
export function outcomesCsv(outcomes: readonly TaskOutcome[]): string {
  const lines = outcomes.flatMap(({task, seed, train, dev, kept, last, baselines}) => [
    ...Object.keys(kept).map((metric) => [
      task,
      "model",
      seed,
      train,
      dev,
      metric,
      kept[metric],
      last[metric]
    ]),
    ...baselines.flatMap(({name, metrics}) =>
      Object.entries(metrics).map(([metric, value]) => [
        task,
        name,
        seed,
        train,
        dev,
        metric,
        value,
        value
      ])
    )
  ]);
  const header = ["task", "guess", "seed", "train", "dev", "metric", "best", "last"];
  return `${[header, ...lines].map((line) => line.join(",")).join("\n")}\n`;
}
