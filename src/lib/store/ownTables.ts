/** What this browser has computed, as tables for SQL: its runs, their steps and scores, probes, sweeps. */
import type {TimedRecord} from "../experiments/record.js";
import type {Cell, Table} from "../glue/table.js";
import type {FileStore, StoreRoot} from "./files.js";
import {
  evalColumns,
  probeColumns,
  runColumns,
  stepColumns,
  sweepColumns,
  type Columns
} from "./ownColumns.js";
import {
  probeRows,
  runEvals,
  runRow,
  runSteps,
  sweepRow,
  tunedEvals,
  tunedRow,
  tunedSteps
} from "./ownRows.js";
import {readRecords, type FineTuneRecord, type ProbeRecord} from "./records.js";
import {listRuns, readHistory} from "./runs.js";

/** Where the rows come from. */
export interface OwnStores {
  runs: StoreRoot;
  sweeps: FileStore;
  fineTuning: FileStore;
  probes: FileStore;
}

const makeTable = (
  name: string,
  description: string,
  columns: Columns,
  rows: readonly (readonly Cell[])[]
): Table => ({
  name,
  description,
  rows: rows.length,
  columns: columns.map(([column, type, about], i) => ({
    name: column,
    type,
    description: about,
    values: rows.map((row) => row[i] ?? null)
  }))
});

/** The names of the tables that {@link ownTables} fills. */
export const ownTableNames = ["runs", "steps", "evals", "probes", "sweeps"] as const;

/**
 * The tables `runs`, `steps`, `evals`, `probes` and `sweeps`, each with its columns even where
 * nothing is kept. Deleted runs are left out; a run that cannot be read is passed over.
 */
export async function ownTables(stores: OwnStores): Promise<Table[]> {
  const {runs} = await listRuns(stores.runs);
  const present = runs.filter(({label}) => label.deletedAt === null);
  const histories = await Promise.all(
    present.map(({id}) =>
      readHistory(stores.runs.folder(id)).catch(() => ({metrics: [], evaluations: []}))
    )
  );
  const tuned = (await readRecords<FineTuneRecord>(stores.fineTuning)).filter(
    ({version}) => version === 1
  );
  const probes = await readRecords<ProbeRecord>(stores.probes);
  const sweeps = await readRecords<TimedRecord>(stores.sweeps);
  return [
    makeTable(
      "runs",
      "Your own runs in this browser; never comparable with published ones.",
      runColumns,
      [...present.map(runRow), ...tuned.map(tunedRow)]
    ),
    makeTable("steps", "Every step of your own runs.", stepColumns, [
      ...present.flatMap(({id}, i) => runSteps(id, histories[i]!.metrics)),
      ...tuned.flatMap(tunedSteps)
    ]),
    makeTable("evals", "Every evaluation of your own runs, one number a row.", evalColumns, [
      ...present.flatMap((run, i) => runEvals(run, histories[i]!.evaluations)),
      ...tuned.flatMap(tunedEvals)
    ]),
    makeTable(
      "probes",
      "Scores of probes of your own models, with their controls.",
      probeColumns,
      probes.flatMap(probeRows)
    ),
    makeTable(
      "sweeps",
      "Every finished run of your own sweeps, with its last scores.",
      sweepColumns,
      sweeps.map(sweepRow)
    )
  ];
}
