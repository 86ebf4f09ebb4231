/** The text of a run: generated, fetched, or given by the reader. */
import {generateCorpus} from "../corpus/generate.js";
import {readText} from "../corpus/readText.js";
import type {Corpus} from "../corpus/types.js";
import {errorMessage, InputError} from "../errors.js";
import type {Recipe} from "../recipe/recipe.js";
import type {PhaseProgress, TextSource} from "./protocol.js";

/** Bytes that a fetched text may have; the reader of files has the same limit. */
const mostBytes = 64 * 2 ** 20;

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
    const {documents, seed = recipe.seed} = corpus.generate;
    onProgress({phase: "writing the generated language", fraction: null});
    return generateCorpus({documents, seed});
  }
  if ("url" in corpus) return readText(await fetchText(corpus.url, onProgress, signal), corpus.url);
  throw new InputError(`the recipe reads ${corpus.path}: give that file (drop it on the page)`);
}

async function fetchText(
  url: string,
  onProgress: (progress: PhaseProgress) => void,
  signal?: AbortSignal
): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, {signal, credentials: "omit"});
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new InputError(
      `${url}: could not be fetched (${errorMessage(error)}): the address may be wrong, or its server lets no other site read it (CORS); a file saved from there can be given instead`
    );
  }
  if (!response.ok) throw new InputError(`${url}: the server answered ${response.status}`);
  const length = Number(response.headers.get("content-length")) || null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (const reader = response.body!.getReader(); ;) {
    const {done, value} = await reader.read();
    if (done) break;
    size += value.length;
    if (size > mostBytes) {
      await reader.cancel();
      throw new InputError(`${url}: over ${mostBytes / 2 ** 20} MiB, the most a run reads`);
    }
    chunks.push(value);
    onProgress({phase: `fetching ${url}`, fraction: length && size / length});
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
