/** The text of a run: generated, fetched, or given by the reader. */
import {generateCorpus} from "../corpus/generate.js";
import {readText} from "../corpus/readText.js";
import type {Corpus} from "../corpus/types.js";
import {InputError} from "../errors.js";
import type {Recipe} from "../recipe/recipe.js";
import {fetchBytes} from "./fetchBytes.js";
import type {PhaseProgress, TextSource} from "./trainingCalls.js";

/**
 * Reads the text that a recipe names, or the file that stands in for it.
 *
 * @throws InputError when the address cannot be read or the text is refused
 */
export async function readCorpus(
  recipe: Recipe,
  source: TextSource,
  onProgress: (progress: PhaseProgress) => void,
  signal?: AbortSignal
): Promise<Corpus> {
  if (source.kind === "file") {
    onProgress({phase: `reading ${source.name}`, fraction: null});
    return readText(source.bytes, source.name);
  }
  const {corpus} = recipe;
  if ("generate" in corpus) {
    const {documents, seed = recipe.seed, plain, topics} = corpus.generate;
    onProgress({phase: "writing the generated language", fraction: null});
    return generateCorpus({documents, seed, plain, topics});
  }
  if ("url" in corpus)
    return readText(await fetchBytes(corpus.url, onProgress, signal), corpus.url);
  throw new InputError(`the recipe reads ${corpus.path}: give that file (drop it on the page)`);
}
