/** Keeps what probes found in this browser, for the tables of /glue/. */
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
 * Keeps the probes of one pass. Where nothing can be kept (no room, no storage), the page goes on as
 * if this were not there.
 */
export async function keepProbes(
  result: ProbeResult,
  openStore: () => Promise<FileStore> = () => openRecords("probes")
): Promise<void> {
  const made = {savedAt: new Date().toISOString(), newId: () => crypto.randomUUID()};
  const channel = new BroadcastChannel(runsChannel);
  try {
    const store = await openStore();
    for (const record of probeRecords(result, made)) {
      await keepRecord(store, record);
      channel.postMessage(record.id);
    }
  } catch {
    // the results stand on the page; only /glue/ lacks them
  } finally {
    channel.close();
  }
}
