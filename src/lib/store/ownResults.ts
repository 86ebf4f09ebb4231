/** What this browser keeps, as tables that are read again only when something may have changed. */
import type {Table} from "../glue/table.js";
import {memoryRoot, memoryStore, openRoot} from "./files.js";
import {ownTables} from "./ownTables.js";
import {openRecords} from "./records.js";
import {runsChannel} from "./runs.js";
import {runsFolder} from "./runNames.js";

/** The tables of {@link ownTables} without a row. */
export const emptyOwnTables = (): Promise<Table[]> =>
  ownTables({
    runs: memoryRoot(),
    sweeps: memoryStore(),
    fineTuning: memoryStore(),
    probes: memoryStore()
  });

/** The reader's own results. Another tab's work is noticed by its message, or when this tab is seen again. */
export class OwnResults {
  readonly #channel = new BroadcastChannel(runsChannel);
  readonly #abort = new AbortController();
  #isStale = true;

  constructor() {
    const touch = () => (this.#isStale = true);
    this.#channel.addEventListener("message", touch);
    for (const event of ["focus", "pageshow"])
      globalThis.addEventListener(event, touch, {signal: this.#abort.signal});
  }

  /** Whether something may have changed since {@link read}. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** The tables as they are now. */
  async read(): Promise<Table[]> {
    this.#isStale = false;
    return ownTables({
      runs: await openRoot(runsFolder),
      sweeps: await (await openRoot("sweeps")).folder("records"),
      fineTuning: await openRecords("fineTuning"),
      probes: await openRecords("probes")
    });
  }

  close(): void {
    this.#channel.close();
    this.#abort.abort();
  }
}
