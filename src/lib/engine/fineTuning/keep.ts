/** Keeps what a fine-tuning run found in this browser, for the tables of /glue/. */
import {errorMessage} from "../../errors.js";
import {keepRecord, openRecords, type FineTuneRecord} from "../../store/records.js";
import {askPersistence} from "../../store/persistence.js";
import {runsChannel} from "../../store/runs.js";
import type {FileStore} from "../../store/files.js";
import {Turns} from "../../turns.js";
import type {FineTuneState} from "./sessionState.js";

interface Source {
  subscribe(subscriber: (state: FineTuneState) => void): () => void;
}

const kept = new Set<FineTuneState["phase"]>(["paused", "finished", "diverged"]);

/** Keeps what it was made for; gives a sentence that says why it could not, or null. */
type Keep = () => Promise<string | null>;

/**
 * Keeps every run of a session where it stands whenever it stops: steps, scores and recipe, no
 * weights. A run that goes on replaces what was kept of it. Asks the browser once to keep what it has.
 *
 * @param keep given what is to be kept; it may try again where there is no room
 * @returns the way to stop
 */
export function keepFineTuning(
  session: Source,
  keep: (work: Keep) => unknown,
  openStore: () => Promise<FileStore> = () => openRecords("fineTuning")
): () => void {
  let run: {summary: unknown; id: string; createdAt: string} | null = null;
  const turns = new Turns();
  return session.subscribe(({phase, summary, rows, evaluations, message}) => {
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
    keep(() => turns.take(() => write(record, openStore)));
  });
}

async function write(
  record: FineTuneRecord,
  openStore: () => Promise<FileStore>
): Promise<string | null> {
  try {
    await keepRecord(await openStore(), record);
  } catch (error) {
    return `what the run scored stands here, but is not kept: ${errorMessage(error)}`;
  }
  const channel = new BroadcastChannel(runsChannel);
  channel.postMessage(record.id);
  channel.close();
  void askPersistence();
  return null;
}
