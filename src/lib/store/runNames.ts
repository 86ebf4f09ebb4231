/** Where the runs that this browser keeps lie, and which of them is meant; needs nothing else. */

/** Folder of all runs in the browser's private file system. */
export const runsFolder = "runs";

/** Files of a run's folder, besides its checkpoints. */
export const runFiles = {
  /** The manifest: written last, so that whatever it names is whole. */
  record: "run.json",
  /** Name, tags and notes of the reader's. */
  label: "label.json",
  metrics: "metrics.csv",
  evaluations: "evaluations.json",
  tokenizer: "spiece.model",
  /** The reader's own text, where there is one. */
  text: "text.bin"
} as const;

/** What tells which run is meant. */
interface Dated {
  id: string;
  /** ISO date. */
  savedAt: string;
  label: {deletedAt: string | null};
}

/** The run of that id, or the one that was saved last; null where there is none, or it is deleted. */
export function newestRun<T extends Dated>(runs: readonly T[], id: string | null): T | null {
  const present = runs.filter(({label}) => label.deletedAt === null);
  if (id !== null) return present.find((run) => run.id === id) ?? null;
  return present.reduce<T | null>(
    (newest, run) => (newest && newest.savedAt >= run.savedAt ? newest : run),
    null
  );
}
