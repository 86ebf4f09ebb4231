/** Keeps fine-tuning runs in this browser, and brings them back as if they had never stopped. */
import {makeConfig} from "../../albert/config.js";
import {InputError} from "../../errors.js";
import {parseFineTuneRecipe} from "../../finetune/recipe.js";
import type {FileStore, Folder, StoreRoot} from "../../store/files.js";
import {
  bestFile,
  fineTuneFiles,
  listFineTuneRuns,
  readFineTuneHistory,
  readFineTuneRecord,
  writeFineTuneHistory,
  writeFineTuneRecord,
  type FineTuneRunRecord,
  type KeptFineTuneHistory,
  type KeptSource
} from "../../store/fineTuneRuns.js";
import {makeRunFolder, type KeptCheckpoint} from "../../store/runs.js";
import {readTokenizer} from "../../tokenizer/load.js";
import {addCheckpoint, dropOthers, restoreNewest} from "../keptCheckpoints.js";
import {NoCheckpointError} from "../noCheckpoint.js";
import type {PhaseProgress} from "../trainingCalls.js";
import type {StartModel} from "./headModel.js";
import type {FineTuneReport, FineTuneSummary} from "./protocol.js";
import {readSource, type GivenSource} from "./readSource.js";
import {FineTuningRun} from "./run.js";

/** Checkpoints of a run: if one is damaged, the one before it is there. */
const mostCheckpoints = 2;
/** Runs that can be gone on with; the scores of all others stay in the records. */
const mostRuns = 3;

/** What a run does not know of itself. */
interface Origin {
  id: string;
  start: Pick<StartModel, "config">;
  source: GivenSource;
  summary: FineTuneSummary;
  createdAt: string;
  checkpoints: KeptCheckpoint[];
}

/** What a run was brought back with. */
export interface LoadedFineTuning {
  run: FineTuningRun;
  summary: FineTuneSummary;
  report: FineTuneReport | null;
}

export class FineTuningStore {
  readonly root: StoreRoot;
  readonly #inUse: () => Promise<Set<string>>;
  readonly #origins = new WeakMap<FineTuningRun, Origin>();

  /** @param inUse ids of the runs that some tab writes now, which are never removed */
  constructor(root: StoreRoot, inUse: () => Promise<Set<string>> = async () => new Set()) {
    this.root = root;
    this.#inUse = inUse;
  }

  /** Remembers what is to be kept with a new run. */
  begin(run: FineTuningRun, origin: Omit<Origin, "checkpoints">): void {
    this.#origins.set(run, {...origin, checkpoints: []});
  }

  /**
   * Keeps a run as it stands, the record last: whenever this ends early, what was kept before is there.
   *
   * @param report of the last evaluation
   * @param check throws where what was read of the run cannot be trusted: its device is gone
   * @throws QuotaError when the browser has no room
   */
  async save(
    run: FineTuningRun,
    report: FineTuneReport | null,
    check: () => void = () => {}
  ): Promise<void> {
    const origin = this.#origins.get(run)!;
    const {id, checkpoints} = origin;
    const write = (store: FileStore) => this.#write(store, run, origin, report, check);
    if (checkpoints.length > 0) return write(this.root.folder(id));
    // a first save that fails leaves nothing: without its record nobody would find the folder
    await makeRunFolder(this.root, id, write);
    await this.#dropOldRuns(id);
  }

  async #write(
    store: FileStore,
    run: FineTuningRun,
    origin: Origin,
    report: FineTuneReport | null,
    check: () => void
  ): Promise<void> {
    const {id, source, summary, createdAt} = origin;
    const state = await run.saveState();
    check();
    await writeInputs(store, run, source);
    const checkpoints = await saveCheckpoint(store, run, origin.checkpoints, state, {
      step: run.step,
      bytes: state.length
    });
    await writeFineTuneHistory(store, {rows: run.rows, evaluations: run.evaluations, report});
    await writeFineTuneRecord(store, {
      version: 1,
      id,
      config: origin.start.config,
      source: withoutBytes(source),
      summary,
      step: run.step,
      checkpoints,
      createdAt,
      savedAt: new Date().toISOString()
    });
    this.#origins.set(run, {...origin, checkpoints});
    await dropFiles(store, run, checkpoints);
  }

  /**
   * Brings a kept run back; the newest good checkpoint wins.
   *
   * @param id null for the run that was saved last
   * @returns null where there is none
   * @throws InputError when its rows are gone; NoCheckpointError when no checkpoint can be read
   */
  async load(
    id: string | null,
    onProgress: (progress: PhaseProgress) => void
  ): Promise<LoadedFineTuning | null> {
    const found = id ?? (await listFineTuneRuns(this.root))[0]?.id;
    if (found === undefined) return null;
    const store = this.root.folder(found);
    const record = await readFineTuneRecord(store);
    if (!record) return null;
    const {summary, createdAt, checkpoints} = record;
    const {recipe} = parseFineTuneRecipe(summary.recipe, "kept run");
    const source = await readInputs(store, record);
    onProgress({phase: "reading the rows", fraction: null});
    const {train, dev} = await readSource(summary.task, source, recipe.seed);
    const start: StartModel = {
      name: summary.model,
      config: makeConfig(record.config, "kept run"),
      data: new Map(),
      tokenizer: await readKeptTokenizer(store)
    };
    const run = await FineTuningRun.prepare(recipe, start, train, dev, onProgress);
    try {
      onProgress({phase: "reading the checkpoint", fraction: null});
      const history = await readFineTuneHistory(store);
      const {isRestored, notes} = await restoreFrom(store, run, checkpoints, history);
      if (!isRestored) throw NoCheckpointError.of(found, notes);
      this.#origins.set(run, {id: found, start, source, summary, createdAt, checkpoints});
      const report = history.report && history.report.step <= run.step ? history.report : null;
      return {run, report, summary: {...summary, notes: [...summary.notes, ...notes]}};
    } catch (error) {
      run.dispose();
      throw error;
    }
  }

  async #dropOldRuns(newest: string): Promise<void> {
    const inUse = await this.#inUse();
    const others = (await listFineTuneRuns(this.root)).filter(({id}) => id !== newest);
    for (const {id} of others.slice(mostRuns - 1))
      if (!inUse.has(id)) await this.root.removeFolder(id);
  }
}

/**
 * Writes a checkpoint and, where they are of another step, the best weights.
 *
 * @returns the checkpoints that a record is to name
 */
export async function saveCheckpoint<C extends Pick<KeptCheckpoint, "step">>(
  store: Folder,
  run: FineTuningRun,
  before: readonly C[],
  state: Uint8Array,
  checkpoint: C
): Promise<C[]> {
  const best = bestFile(run.best?.step ?? 0);
  const there = await store.list();
  if (!there.includes(best)) {
    const bytes = await run.saveBest();
    if (bytes) await store.write(best, bytes);
  }
  return addCheckpoint(store, before, state, checkpoint, mostCheckpoints);
}

/** Removes the checkpoints, and the best weights, that none of the checkpoints needs. */
export async function dropFiles(
  store: Folder,
  run: FineTuningRun,
  checkpoints: readonly Pick<KeptCheckpoint, "step">[]
): Promise<void> {
  await dropOthers(store, checkpoints);
  const needed = checkpoints.flatMap(({step}) => {
    const best = run.evaluations.filter((each) => each.isBest && each.step <= step).at(-1);
    return best ? [{step: best.step}] : [];
  });
  await dropOthers(store, needed, bestFile);
}

/** Brings a prepared run to its newest good checkpoint. @see restoreNewest */
export function restoreFrom(
  store: Folder,
  run: FineTuningRun,
  checkpoints: readonly Pick<KeptCheckpoint, "step">[],
  history: Pick<KeptFineTuneHistory, "rows" | "evaluations">
): Promise<{isRestored: boolean; notes: string[]}> {
  return restoreNewest(store, checkpoints, (state, file) =>
    run.restore(state, file, history, async (step) => {
      const name = bestFile(step);
      const bytes = await store.read(name);
      if (!bytes) throw new InputError(`${name}, the best weights of ${file}, is gone`);
      return {bytes, name};
    })
  );
}

function withoutBytes(source: GivenSource): KeptSource {
  if (source.kind === "generated") return source;
  const {train, dev, columns, kind} = source;
  return {kind, columns, train: {name: train.name}, dev: dev && {name: dev.name}};
}

/** Writes rows and vocabulary: at the first save, and where they were removed since. */
async function writeInputs(store: Folder, run: FineTuningRun, source: GivenSource) {
  const there = new Set(await store.list());
  const encode = (text: string) => new TextEncoder().encode(text);
  const {spiece, tokenizerConfig, train, dev} = fineTuneFiles;
  const files = new Map([
    [spiece, run.tokenizer.toSpiece()],
    [tokenizerConfig, encode(run.tokenizer.toTokenizerConfig())]
  ] as [string, Uint8Array][]);
  if (source.kind === "files") {
    files.set(train, source.train.bytes);
    if (source.dev) files.set(dev, source.dev.bytes);
  }
  for (const [name, bytes] of files) if (!there.has(name)) await store.write(name, bytes);
}

async function readInputs(store: Folder, {id, source}: FineTuneRunRecord): Promise<GivenSource> {
  if (source.kind === "generated") return source;
  const read = async ({name}: {name: string}, file: string) => {
    const bytes = await store.read(file);
    if (!bytes) throw new InputError(`the rows ${name} of run ${id} are gone: give them anew`);
    return {name, bytes};
  };
  const train = await read(source.train, fineTuneFiles.train);
  return {...source, train, dev: source.dev && (await read(source.dev, fineTuneFiles.dev))};
}

async function readKeptTokenizer(store: Folder) {
  const files = new Map<string, Uint8Array>();
  for (const name of [fineTuneFiles.spiece, fineTuneFiles.tokenizerConfig]) {
    const bytes = await store.read(name);
    if (bytes) files.set(name, bytes);
  }
  return readTokenizer(files, "kept run");
}
