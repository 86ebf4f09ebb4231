/** Keeps what a fine-tuning run found in this browser, for the tables of /glue/. */
import {keepRecord, openRecords, type FineTuneRecord} from "../../store/records.js";
import {askPersistence} from "../../store/persistence.js";
import {runsChannel} from "../../store/runs.js";
import type {FileStore} from "../../store/files.js";
import type {FineTuneState} from "./sessionState.js";

interface Source {
  subscribe(subscriber: (state: FineTuneState) => void): () => void;
}

const kept = new Set<FineTuneState["phase"]>(["paused", "finished", "diverged"]);

/**
 * Keeps every run of a session where it stands whenever it stops: steps, scores and recipe, no
 * weights. A run that goes on replaces what was kept of it. Where nothing can be kept (no room, no
 * storage), training goes on as if this were not there. Asks the browser once to keep what it has.
 *
 * @returns the way to stop
 */
export function keepFineTuning(
  session: Source,
  openStore: () => Promise<FileStore> = () => openRecords("fineTuning")
): () => void {
  const channel = new BroadcastChannel(runsChannel);
  let run: {summary: unknown; id: string; createdAt: string} | null = null;
  let queue = Promise.resolve();
  const stop = session.subscribe(({phase, summary, rows, evaluations, message}) => {
    if (!summary || rows.length === 0 || !kept.has(phase)) return;
    const now = new Date().toISOString();
    const {id = crypto.randomUUID(), createdAt = now} = summary;
    if (run?.summary !== summary) run = {summary, id, createdAt};
    const record: FineTuneRecord = {
      version: 1,
      id: run.id,
      createdAt: run.createdAt,
      savedAt: now,
      summary,
      evaluations: [...evaluations],
      steps: [...rows],
      message
    };
    queue = queue
      .then(async () => keepRecord(await openStore(), record))
      .then(
        () => {
          channel.postMessage(record.id);
          void askPersistence();
        },
        () => undefined
      );
  });
  return () => {
    stop();
    void queue.then(() => channel.close());
  };
}
