/** The runs of this browser as a page shows and changes them. */
import {errorMessage} from "../errors.js";
import {openRoot, opfsFiles, type FileStore, type StoreRoot} from "../store/files.js";
import {storageReport, type StorageReport} from "../store/persistence.js";
import {
  firstRunFolder,
  listRuns,
  purgeDeleted,
  readHistory,
  runsChannel,
  writeLabel,
  type RunEntry,
  type RunLabel
} from "../store/runs.js";
import {runFiles, runsFolder} from "../store/runNames.js";
import type {EngineHandle} from "./calls.js";
import type {BranchChanges} from "./keptRunCalls.js";
import type {Evaluation, PhaseProgress, StepMetrics} from "./trainingCalls.js";
import {runsInUse, webLock} from "./runLock.js";
import {Turns} from "../turns.js";
import {Watched} from "../watched.js";

/** Every step and evaluation of a run. */
export interface RunHistory {
  metrics: StepMetrics[];
  evaluations: Evaluation[];
}

/** What the page of runs shows. */
export interface RunsState {
  /** Newest first. */
  runs: readonly RunEntry[];
  /** Deleted, while it can be undone. */
  deleted: readonly RunEntry[];
  /** Folders that could not be read. */
  problems: readonly {id: string; message: string}[];
  /** Ids of the runs that some tab writes now. */
  inUse: ReadonlySet<string>;
  storage: StorageReport | null;
  /** Whether runs survive the page. */
  lasting: boolean;
  /** What is being done, or null. */
  progress: PhaseProgress | null;
  /** What was done or went wrong, in a sentence. */
  message: string | null;
  failed: boolean;
}

/** How long a deletion can be undone, in milliseconds. */
const undoFor = 24 * 3600 * 1000;

const blank: RunsState = {
  runs: [],
  deleted: [],
  problems: [],
  inUse: new Set(),
  storage: null,
  lasting: true,
  progress: null,
  message: null,
  failed: false
};

export class RunsDesk extends Watched<RunsState> {
  readonly #makeEngine: () => EngineHandle;
  readonly #root: Promise<StoreRoot>;
  readonly #firstRun: () => Promise<FileStore | null>;
  readonly #channel = new BroadcastChannel(runsChannel);
  readonly #turns = new Turns();
  readonly #histories = new Map<string, {savedAt: string; history: Promise<RunHistory>}>();
  #engine: EngineHandle | null = null;

  constructor(
    makeEngine: () => EngineHandle,
    root: Promise<StoreRoot> = openRoot(runsFolder),
    firstRun: () => Promise<FileStore | null> = () => opfsFiles(firstRunFolder)
  ) {
    super(blank);
    this.#makeEngine = makeEngine;
    this.#root = root;
    this.#firstRun = firstRun;
    this.#channel.onmessage = () => void this.refresh();
  }

  /**
   * Reads everything anew; removes for good what was deleted a day ago, and takes over the run that the
   * first version of this site kept.
   */
  open(): Promise<void> {
    return this.#do(null, async (root) => {
      await purgeDeleted(root, new Date(Date.now() - undoFor));
      await this.#takeFirstRun();
    });
  }

  /** What the first version kept stays where it is until it is kept as all others are. */
  async #takeFirstRun(): Promise<void> {
    const store = await this.#firstRun();
    if (!(await store?.read(runFiles.record))) return;
    const lock = await webLock(firstRunFolder, false);
    if (!lock) return; // another tab does it
    try {
      const names = await store!.list();
      const files = new Map<string, Uint8Array>();
      for (const name of names)
        files.set(`${firstRunFolder}/${name}`, (await store!.read(name)) ?? new Uint8Array());
      if (!files.has(`${firstRunFolder}/${runFiles.record}`)) return;
      const {notes} = await this.#call().call("importRuns", {files}, this.#reporting());
      // first its record, so that it is not taken over twice
      for (const name of [runFiles.record, ...names]) await store!.remove(name);
      const taken = "the run that an earlier version of this site kept is in the table now";
      this.set({message: [taken, ...notes].join(". ")});
    } finally {
      lock.release();
    }
  }

  async refresh(): Promise<void> {
    const root = await this.#root;
    const {runs, problems} = await listRuns(root);
    this.set({
      runs: runs.filter(({label}) => label.deletedAt === null),
      deleted: runs.filter(({label}) => label.deletedAt !== null),
      problems,
      lasting: root.kind === "opfs",
      inUse: await runsInUse(),
      storage: await storageReport()
    });
  }

  /** Every step of a run, read once for each time it was saved. */
  history({id, savedAt}: Pick<RunEntry, "id" | "savedAt">): Promise<RunHistory> {
    const known = this.#histories.get(id);
    if (known?.savedAt === savedAt) return known.history;
    const history = this.#root.then((root) => readHistory(root.folder(id)));
    this.#histories.set(id, {savedAt, history});
    return history;
  }

  /** Changes name, tags or notes. */
  label(id: string, change: Partial<RunLabel>): Promise<void> {
    return this.#do(null, (root) => writeLabel(root, id, change));
  }

  /** Deletes a run, which can be undone for a day. */
  remove(id: string): Promise<void> {
    return this.#do(
      `${this.#named(id)} is deleted, and can be brought back for a day`,
      async (root) => {
        if ((await runsInUse()).has(id))
          throw new Error(`run ${id} is being trained in a tab: pause and close it there first`);
        await writeLabel(root, id, {deletedAt: new Date().toISOString()});
      }
    );
  }

  undo(id: string): Promise<void> {
    return this.#do(`${this.#named(id)} is back`, (root) =>
      writeLabel(root, id, {deletedAt: null})
    );
  }

  /** Removes runs or unreadable folders for good. */
  purge(ids: readonly string[]): Promise<void> {
    const names = ids.map((id) => this.#named(id)).join(", ");
    return this.#do(`removed for good: ${names}`, async (root) => {
      for (const id of ids) await root.removeFolder(id);
    });
  }

  /** Gives an imported run the text that it came without. */
  giveText(id: string, name: string, bytes: Uint8Array): Promise<void> {
    return this.#do(`${name} is kept with run ${id}: it is checked when the run goes on`, (root) =>
      root.folder(id).write(runFiles.text, bytes)
    );
  }

  /** A zip archive of runs; null where it failed, which the state tells. */
  async exportRuns(ids: readonly string[]): Promise<Uint8Array | null> {
    let zip: Uint8Array | null = null;
    await this.#do(null, async () => {
      ({zip} = await this.#call().call("exportRuns", {ids: [...ids]}, this.#reporting()));
    });
    return zip;
  }

  /** Keeps the run directories or archives among files; gives the ids of the runs. */
  async importRuns(files: Map<string, Uint8Array>): Promise<string[]> {
    let made: string[] = [];
    await this.#do(null, async () => {
      const {ids, notes} = await this.#call().call("importRuns", {files}, this.#reporting());
      made = ids;
      const count = `${ids.length} ${ids.length === 1 ? "run was" : "runs were"} imported`;
      this.set({message: [count, ...notes].join(". ")});
    });
    return made;
  }

  /** Makes a run of its own from a checkpoint; gives its id, or null where it failed. */
  async branch(id: string, step: number, changes: BranchChanges): Promise<string | null> {
    let made: string | null = null;
    await this.#do(null, async () => {
      ({id: made} = await this.#call().call("branch", {id, step, changes}, this.#reporting()));
      this.set({message: `branched from step ${step}: the new run is the first in the table`});
    });
    return made;
  }

  /** Ends the worker. */
  close(): void {
    this.unsubscribeAll();
    this.#channel.close();
    this.#engine?.terminate();
    this.#engine = null;
  }

  /** What a reader calls a run. */
  #named(id: string): string {
    const {runs, deleted} = this.state;
    return [...runs, ...deleted].find((run) => run.id === id)?.label.name || `run ${id}`;
  }

  #call(): EngineHandle {
    return (this.#engine ??= this.#makeEngine());
  }

  #reporting() {
    return {onProgress: (progress: PhaseProgress) => this.set({progress})};
  }

  /** Changes something in its turn, tells the other tabs, and reads what is there then. */
  #do(message: string | null, work: (root: StoreRoot) => Promise<void>): Promise<void> {
    return this.#turns.take(async () => {
      this.set({message, failed: false});
      try {
        await work(await this.#root);
        this.#channel.postMessage("changed");
      } catch (error) {
        this.set({message: errorMessage(error), failed: true});
        this.#engine?.terminate();
        this.#engine = null;
      }
      this.set({progress: null});
      await this.refresh();
    });
  }
}
