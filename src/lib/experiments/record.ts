/** The file of one run of a sweep, and the table that all files make together. */
import {InputError} from "../errors.js";
import type {Measures} from "./measures.js";
import {cellName, type Cell, type Sweep, type SweepRun} from "./sweep.js";

/** Held-out scores at a step; losses in nats, accuracies in [0, 1]. */
export interface RecordedEvaluation {
  step: number;
  mlm_loss: number;
  mlm_accuracy: number;
  sentence_loss: number | null;
  sentence_accuracy: number | null;
}

/** What a finished run found; it repeats to the last bit. */
export interface RunRecord {
  hash: string;
  sweep: string;
  cell: Cell;
  seed: number;
  steps: number;
  /** Stored parameters, shared tensors once. */
  parameters: number;
  /** Forward operations of the encoder for one piece. */
  flops_per_token: number;
  vocab_size: number;
  /** Masked pieces that each evaluation scores. */
  masked_count: number;
  /** The sentence that ended the run early, or null. */
  diverged: string | null;
  evaluations: RecordedEvaluation[];
  measures: Measures;
  /** What computed it, for a person. */
  executor: string;
}

/** A run's file: what it found, and how fast that went. */
export interface TimedRecord extends RunRecord {
  timing: {seconds: number; tokens_per_second: number};
}

/** A record as text for its file. */
export function recordText(record: TimedRecord): string {
  return `${JSON.stringify(record, null, 1)}\n`;
}

/**
 * A record from its file, or null where the file was cut short or belongs to another run: that run
 * is then done again.
 */
export function readRecord(text: string, run: SweepRun, sweep: string): TimedRecord | null {
  let json: Partial<TimedRecord>;
  try {
    json = JSON.parse(text) as Partial<TimedRecord>;
  } catch {
    return null;
  }
  const isWhole =
    json !== null &&
    typeof json === "object" &&
    json.hash === run.hash &&
    Array.isArray(json.evaluations) &&
    typeof json.parameters === "number" &&
    typeof json.timing?.seconds === "number";
  if (!isWhole) return null;
  return {...(json as TimedRecord), sweep, cell: run.cell, seed: run.seed};
}

/** Records in the order of the sweep's runs, and the runs that have none yet. */
export function joinRecords(
  runs: readonly SweepRun[],
  found: ReadonlyMap<string, TimedRecord>
): {records: TimedRecord[]; missing: SweepRun[]} {
  return {
    records: runs.flatMap(({hash}) => found.get(hash) ?? []),
    missing: runs.filter(({hash}) => !found.has(hash))
  };
}

/** The last evaluation; null where the run diverged before one that counts. */
export function finalOf({evaluations, diverged}: RunRecord): RecordedEvaluation | null {
  return diverged === null ? (evaluations.at(-1) ?? null) : null;
}

/**
 * The joined table as CSV, one row a run: cell, seed, hash, counts and final scores. Nothing in it
 * depends on the machine's speed, so that two ways of running a sweep give the same bytes.
 */
export function resultsCsv(records: readonly RunRecord[]): string {
  const axes = [...new Set(records.flatMap(({cell}) => Object.keys(cell)))];
  const lines = records.map((record) => {
    const last = finalOf(record);
    return [
      ...axes.map((axis) => record.cell[axis] ?? ""),
      record.seed,
      record.hash,
      record.steps,
      record.parameters,
      record.flops_per_token,
      last?.mlm_loss ?? "",
      last?.mlm_accuracy ?? "",
      last?.sentence_loss ?? "",
      last?.sentence_accuracy ?? "",
      record.diverged ?? ""
    ];
  });
  const header = [
    ...axes,
    "seed",
    "hash",
    "steps",
    "parameters",
    "flops_per_token",
    "mlm_loss",
    "mlm_accuracy",
    "sentence_loss",
    "sentence_accuracy",
    "diverged"
  ];
  return csv([header, ...lines]);
}

/** The measured speeds as CSV, one row a run, with what computed it. */
export function timingsCsv(records: readonly TimedRecord[]): string {
  return csv([
    ["hash", "seconds", "tokens_per_second", "executor"],
    ...records.map(({hash, timing, executor}) => [
      hash,
      timing.seconds,
      timing.tokens_per_second,
      executor
    ])
  ]);
}

/** A joined result: what a page reads. */
export interface SweepResult {
  sweep: string;
  about: string;
  records: RunRecord[];
}

/** A joined result as text, one record a line and without the measured speeds. */
export function resultsJson({name, about}: Sweep, records: readonly TimedRecord[]): string {
  const lines = records.map(({timing: _, ...record}) => JSON.stringify(record));
  const head = JSON.stringify({sweep: name, about}).slice(0, -1);
  return `${head},"records":[\n${lines.join(",\n")}\n]}\n`;
}

/** Checks a joined result file. @throws InputError naming the file and what is wrong */
export function readSweepResult(text: string, file: string): SweepResult {
  let json: Partial<SweepResult>;
  try {
    json = JSON.parse(text) as Partial<SweepResult>;
  } catch (error) {
    throw new InputError(`${file}: not valid JSON (${(error as Error).message})`);
  }
  if (!Array.isArray(json?.records) || json.records.length === 0)
    throw new InputError(`${file}: no records (expected the results.json of a sweep)`);
  for (const record of json.records)
    if (!/^[0-9a-f]{12}$/.test(record.hash) || record.evaluations.length === 0)
      throw new InputError(`${file}: the record of ${cellName(record.cell)} is not whole`);
  return {sweep: json.sweep ?? "", about: json.about ?? "", records: json.records};
}

/**
 * A joined result with the sweep that makes it again, as a page loads it: numbers to six digits.
 *
 * @throws InputError naming the folder's file that is not whole
 */
export function sweepForPage(results: string, sweep: string, folder: string): string {
  const {records, about} = readSweepResult(results, `${folder}/results.json`);
  const short = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? +value.toPrecision(6) : value;
  return JSON.stringify({about, sweep: JSON.parse(sweep) as unknown, records}, short);
}

function csv(rows: readonly (readonly (string | number)[])[]): string {
  const cell = (value: string | number) =>
    /[",\n\r]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  return rows.map((row) => `${row.map(cell).join(",")}\n`).join("");
}
