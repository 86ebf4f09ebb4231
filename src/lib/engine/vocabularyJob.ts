/** The training of a vocabulary as a page starts, follows and stops it. */
import {errorMessage} from "../errors.js";
import {parseRecipe} from "../recipe/recipe.js";
import type {Engine} from "./client.js";
import {sourceOf} from "./page.js";
import {SpareEngine} from "./spareEngine.js";
import type {VocabularyResult} from "./tokenizerCalls.js";
import type {PhaseProgress, TextSource} from "./trainingCalls.js";

/** What to train. */
export interface VocabularyOrder {
  size: number;
  documents: number;
  /** The reader's own text, or null for the generated language. */
  file: Parameters<typeof sourceOf>[0];
}

/** How a training ended; `message` is for the reader. */
export type VocabularyOutcome =
  | {kind: "trained"; vocabulary: VocabularyResult; source: string}
  | {kind: "cancelled"}
  /** Another was asked for meanwhile, which tells how it ends. */
  | {kind: "replaced"}
  | {kind: "failed"; message: string};

/** Trains vocabularies in a worker that starts with the first, one at a time. */
export class VocabularyJob {
  readonly #spare: SpareEngine<Engine>;
  #stop: AbortController | null = null;

  constructor(makeEngine: () => Engine) {
    this.#spare = new SpareEngine(makeEngine);
  }

  /** Never throws: what went wrong is an outcome. */
  async train(
    {size, documents, file}: VocabularyOrder,
    onProgress: (progress: PhaseProgress) => void
  ): Promise<VocabularyOutcome> {
    this.cancel();
    const stop = (this.#stop = new AbortController());
    try {
      const recipe = parseRecipe(
        {tokenizer: {vocab_size: size}, corpus: {generate: {documents}}},
        "vocabulary"
      );
      const source: TextSource = sourceOf(file);
      onProgress({phase: "starting", fraction: null});
      const {engine} = this.#spare;
      const {signal} = stop;
      const options = {signal, onProgress};
      const vocabulary = await engine.call("trainTokenizer", {recipe, source}, options);
      const name = source.kind === "file" ? source.name : "generated language";
      if (signal.aborted) return this.#stopped(stop);
      return {kind: "trained", vocabulary, source: name};
    } catch (error) {
      if (stop.signal.aborted) return this.#stopped(stop);
      return {kind: "failed", message: errorMessage(error)};
    }
  }

  /** How a training ended that was told to stop. */
  #stopped(stop: AbortController): VocabularyOutcome {
    return {kind: stop === this.#stop ? "cancelled" : "replaced"};
  }

  /** Stops the training under way. */
  cancel(): void {
    this.#stop?.abort();
  }

  /** Ends the worker. */
  close(): void {
    this.cancel();
    this.#spare.close();
  }
}
