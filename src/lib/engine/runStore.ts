/** Keeps runs in this browser, and brings them back as if they had never stopped. */
import {InputError} from "../errors.js";
import {parseRecipe} from "../recipe/recipe.js";
import type {FileStore, StoreRoot} from "../store/files.js";
import {
  listRuns,
  makeRunFolder,
  nextColor,
  readHistory,
  readRecord,
  writeHistory,
  writeRecord,
  type RunRecord
} from "../store/runs.js";
import {newestRun, runFiles} from "../store/runNames.js";
import {readSpiece} from "../tokenizer/spiece.js";
import {addCheckpoint, dropOthers, restoreNewest} from "./keptCheckpoints.js";
import {readCorpus} from "./corpusSource.js";
import {NoCheckpointError} from "./noCheckpoint.js";
import {parametersHash} from "./moment.js";
import type {PrepareOptions} from "./preparePretraining.js";
import type {TextSource} from "./trainingCalls.js";
import {PretrainingRun} from "./run.js";

/** Where a run came from, which the run itself does not know. */
interface Origin {
  source: TextSource;
  record: RunRecord | null;
}

/** What a run was brought back from. */
export interface LoadedRun {
  run: PretrainingRun;
  savedAt: string;
  notes: string[];
}

export class RunStore {
  readonly root: StoreRoot;
  readonly #origins = new WeakMap<PretrainingRun, Origin>();

  constructor(root: StoreRoot) {
    this.root = root;
  }

  /** Remembers the text of a new run, to be kept with it. */
  begin(run: PretrainingRun, source: TextSource): void {
    this.#origins.set(run, {source, record: null});
  }

  /**
   * Keeps a run as it stands. Every file is replaced as a whole and the record, which names the
   * checkpoints, is written last: whenever this ends early, what was kept before is still there.
   *
   * @param check throws where what was read of the run cannot be trusted: its device is gone
   * @throws QuotaError when the browser has no room
   */
  async save(run: PretrainingRun, check: () => void = () => {}): Promise<void> {
    const origin = this.#origins.get(run) ?? {source: {kind: "recipe"}, record: null};
    const write = (store: FileStore) => this.#write(store, run, origin, check);
    // a first save that fails leaves nothing: without its record nobody would find the folder
    if (origin.record) await write(this.root.folder(run.id));
    else await makeRunFolder(this.root, run.id, write);
  }

  async #write(
    store: FileStore,
    run: PretrainingRun,
    origin: Origin,
    check: () => void
  ): Promise<void> {
    const {source} = origin;
    let bytes = 0;
    const spiece = run.tokenizer.toSpiece();
    bytes += spiece.length + (source.kind === "file" ? source.bytes.length : 0);
    // at the first save, and where they were removed since: without them nothing can go on
    const there = new Set(await store.list());
    if (source.kind === "file" && !there.has(runFiles.text))
      await store.write(runFiles.text, source.bytes);
    if (!there.has(runFiles.tokenizer)) await store.write(runFiles.tokenizer, spiece);
    const state = await run.saveState();
    check();
    const checkpoints = await addCheckpoint(store, origin.record?.checkpoints ?? [], state, {
      step: run.step,
      bytes: state.length,
      parameters: await parametersHash(await run.parameters())
    });
    bytes += await writeHistory(store, run.metrics, run.evaluations);
    const record: RunRecord = {
      version: 2,
      id: run.id,
      hash: run.hash,
      recipe: run.recipe,
      source: source.kind === "file" ? {kind: "file", name: source.name} : {kind: "recipe"},
      corpus: run.summary().corpus,
      parameters: run.summary().parameters,
      step: run.step,
      steps: run.recipe.steps,
      checkpoints,
      evaluation: run.lastEvaluation ?? null,
      loss: run.metrics.at(-1)?.loss ?? null,
      versions: run.versions,
      parent: origin.record?.parent ?? null,
      color: origin.record?.color ?? nextColor((await listRuns(this.root)).runs),
      bytes: bytes + checkpoints.reduce((sum, each) => sum + each.bytes, 0),
      createdAt: origin.record?.createdAt ?? new Date().toISOString(),
      savedAt: new Date().toISOString()
    };
    await writeRecord(store, record);
    this.#origins.set(run, {source, record});
    await dropOthers(store, checkpoints);
  }

  /**
   * Brings a kept run back; the newest good checkpoint wins.
   *
   * @param id null for the run that was saved last
   * @returns null where there is none
   * @throws InputError when its text is gone ; NoCheckpointError when no checkpoint can be read
   */
  async load(
    id: string | null,
    {
      onProgress = () => {},
      signal,
      ready
    }: Pick<PrepareOptions, "onProgress" | "signal" | "ready"> = {}
  ): Promise<LoadedRun | null> {
    const found = id ?? newestRun((await listRuns(this.root)).runs, null)?.id;
    const store = found === undefined ? null : this.root.folder(found);
    const record = store && (await readRecord(store));
    const spiece = await store?.read(runFiles.tokenizer);
    if (!store || !record || !spiece) return null;
    const recipe = parseRecipe(record.recipe, "kept run");
    const source = await this.#readSource(record);
    const corpus = await readCorpus(recipe, source, onProgress, signal);
    const lowerCase = recipe.tokenizer.lower_case ?? true;
    const tokenizer = readSpiece(spiece, "kept run", {lowerCase});
    const options = {id: found, tokenizer, onProgress, signal, ready};
    const run = await PretrainingRun.prepare(recipe, corpus, options);
    try {
      const restore = (state: Uint8Array, name: string) => run.restoreState(state, name);
      const {isRestored, notes} = await restoreNewest(store, record.checkpoints, restore);
      if (!isRestored) throw NoCheckpointError.of(record.id, notes);
      const {metrics, evaluations} = await readHistory(store);
      run.restoreHistory(metrics, evaluations);
      this.#origins.set(run, {source, record});
      return {run, savedAt: record.savedAt, notes};
    } catch (error) {
      await run.dispose();
      throw error;
    }
  }

  async #readSource({id, source}: RunRecord): Promise<TextSource> {
    if (source.kind === "recipe") return source;
    const bytes = await this.root.folder(id).read(runFiles.text);
    if (!bytes)
      throw new InputError(
        `the text ${source.name} is not kept with this run: give that file first`
      );
    return {...source, bytes};
  }
}
