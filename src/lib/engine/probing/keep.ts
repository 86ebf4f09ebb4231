/** Keeps what probes found in this browser, for the tables of /glue/. */
import {errorMessage} from "../../errors.js";
import type {FileStore} from "../../store/files.js";
import {keepRecord, openRecords, type ProbeRecord} from "../../store/records.js";
import {runsChannel} from "../../store/runs.js";
import type {ProbeResult} from "./protocol.js";

/**
 * A record for each property: accuracy beside that of the control task, and how many times shorter the
 * online code is than the uniform one, at every depth and seed.
 */
export function probeRecords(
  {tasks, model, source}: ProbeResult,
  {savedAt, newId}: {savedAt: string; newId: () => string}
): ProbeRecord[] {
  return tasks.map(({id, depths, testRows, trainRows}) => ({
    version: 1,
    id: newId(),
    savedAt,
    model,
    runId: null,
    task: id,
    probe: `linear, ${source}`,
    scores: depths.flatMap(({accuracy, control, online, uniform}, depth) =>
      accuracy.flatMap((value, i) => {
        const seed = i + 1;
        const common = {depth, seed};
        return [
          {...common, metric: "acc", value, control: control[i] ?? null, n: testRows[i]!},
          {
            ...common,
            metric: "code_ratio",
            value: uniform[i]! / online[i]!,
            control: null,
            n: trainRows[i]!
          }
        ];
      })
    )
  }));
}

/**
 * What keeps the probes of one pass: each call writes the records that are not kept yet, and gives the
 * sentence that says why some are not, or null when all are.
 */
export function probeKeeper(
  result: ProbeResult,
  openStore: () => Promise<FileStore> = () => openRecords("probes")
): () => Promise<string | null> {
  const made = {savedAt: new Date().toISOString(), newId: () => crypto.randomUUID()};
  const left = probeRecords(result, made);
  return async () => {
    const channel = new BroadcastChannel(runsChannel);
    try {
      const store = await openStore();
      for (let record = left[0]; record; record = left[0]) {
        await keepRecord(store, record);
        left.shift();
        channel.postMessage(record.id);
      }
      return null;
    } catch (error) {
      return `the scores stand here, but are not kept: ${errorMessage(error)}`;
    } finally {
      channel.close();
    }
  };
}
