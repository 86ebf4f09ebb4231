/** The run that this browser keeps: what is needed to go on after a reload, a crash or a lost GPU. */
import {InputError} from "../errors.js";
import {parseRecipe} from "../recipe/recipe.js";
import type {FileStore} from "../store/files.js";
import {keptRunFiles as files, readRunRecord, type RunRecord} from "../store/keptRun.js";
import {readSpiece} from "../tokenizer/spiece.js";
import {readCorpus} from "./corpusSource.js";
import type {PhaseProgress, TextSource} from "./protocol.js";
import {OtherRunError, PretrainingRun} from "./run.js";

export class RunStore {
  readonly #files: FileStore;
  #source: TextSource = {kind: "recipe"};
  #keptTextOf: PretrainingRun | null = null;

  constructor(store: FileStore) {
    this.#files = store;
  }

  /** Remembers the text of the run that is saved next. */
  keepText(source: TextSource): void {
    this.#source = source;
    this.#keptTextOf = null;
  }

  /**
   * Keeps a run as it stands. The newest checkpoint becomes the previous one only after it was
   * written whole, so that one good checkpoint is there at every moment.
   */
  async save(run: PretrainingRun): Promise<void> {
    if (this.#keptTextOf !== run) {
      await this.clear();
      if (this.#source.kind === "file") await this.#files.write(files.text, this.#source.bytes);
      await this.#files.write(files.tokenizer, run.tokenizer.toSpiece());
      this.#keptTextOf = run;
    }
    const newest = await this.#files.read(files.state);
    if (newest) await this.#files.write(files.previous, newest);
    await this.#files.write(files.state, await run.saveState());
    const {kind} = this.#source;
    const record: RunRecord = {
      version: 1,
      recipe: run.recipe,
      source: kind === "file" ? {kind, name: this.#source.name} : {kind},
      step: run.step,
      steps: run.recipe.steps,
      metrics: [...run.metrics],
      evaluations: [...run.evaluations],
      savedAt: new Date().toISOString()
    };
    await this.#files.write(files.run, new TextEncoder().encode(JSON.stringify(record)));
  }

  /** Brings the kept run back; null where there is none. The newest good checkpoint wins. */
  async load(
    onProgress: (progress: PhaseProgress) => void,
    signal?: AbortSignal
  ): Promise<{run: PretrainingRun; savedAt: string} | null> {
    const record = await readRunRecord(this.#files);
    const spiece = await this.#files.read(files.tokenizer);
    if (!record || !spiece) return null;
    const recipe = parseRecipe(record.recipe, "kept run");
    const source = await this.#readSource(record);
    const corpus = await readCorpus(recipe, source, onProgress, signal);
    const tokenizer = readSpiece(spiece, "kept run");
    const run = await PretrainingRun.prepare(recipe, corpus, {tokenizer, onProgress, signal});
    for (const name of [files.state, files.previous]) {
      const state = await this.#files.read(name);
      if (!state) continue;
      try {
        await run.restoreState(state, name);
      } catch (error) {
        if (!(error instanceof InputError) || error instanceof OtherRunError) throw error;
        continue;
      }
      run.restoreHistory(record.metrics, record.evaluations);
      this.#source = source;
      this.#keptTextOf = run;
      return {run, savedAt: record.savedAt};
    }
    await run.dispose();
    return null;
  }

  async clear(): Promise<void> {
    for (const name of Object.values(files)) await this.#files.remove(name);
    this.#keptTextOf = null;
  }

  async #readSource({source}: RunRecord): Promise<TextSource> {
    if (source.kind === "recipe") return source;
    const bytes = await this.#files.read(files.text);
    if (!bytes) throw new InputError(`the text ${source.name} of the kept run is gone`);
    return {...source, bytes};
  }
}
