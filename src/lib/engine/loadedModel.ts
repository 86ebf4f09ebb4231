/** The model that a page asks questions of: loaded from files, from an address, or just trained. */
import {mapFiles, readModelFolder} from "../albert/checkpoint/folder.js";
import {readHubModel} from "../albert/checkpoint/hub.js";
import type {AlbertConfig} from "../albert/config.js";
import {LazyParameters} from "../albert/lazyParameters.js";
import type {Parameters} from "../albert/params.js";
import {countParameters, type ParameterData} from "../albert/specs.js";
import {anyConfigToHf} from "../albert/variants.js";
import {InputError} from "../errors.js";
import {readTokenizer, tokenizerFiles} from "../tokenizer/load.js";
import type {Tokenizer} from "../tokenizer/tokenizer.js";
import type {FileSource} from "../albert/checkpoint/source.js";
import type {ModelSummary} from "./modelCalls.js";
import type {PhaseProgress} from "./trainingCalls.js";

export interface LoadedModel {
  name: string;
  config: AlbertConfig;
  tokenizer: Tokenizer | null;
  notes: string[];
  /** Does not change: what was taken from it once is not taken again. */
  data: ParameterData;
}

/** Runs `work` with a model's parameters, made tensors when they are asked for, and frees those. */
export async function withParameters<T>(
  {data}: LoadedModel,
  work: (params: Parameters) => Promise<T>
): Promise<T> {
  const params = new LazyParameters(data);
  try {
    return await work(params);
  } finally {
    params.dispose();
  }
}

/** Reads a Hugging Face folder that a page was given. */
export async function loadModelFiles(
  name: string,
  files: Map<string, Uint8Array>,
  onProgress: (progress: PhaseProgress) => void
): Promise<LoadedModel> {
  onProgress({phase: `reading ${name}`, fraction: null});
  const {config, parameters, notes, source} = await readModelFolder(mapFiles(files), name);
  const tokenizer = await tokenizerOf(source, name, config, notes);
  return {name, config, notes, data: parameters, tokenizer};
}

/** Reads a model from the address of a Hub repository or of any folder of the same files. */
export async function loadModelUrl(
  url: string,
  onProgress: (progress: PhaseProgress) => void,
  signal: AbortSignal
): Promise<LoadedModel> {
  const cache = typeof caches === "undefined" ? undefined : await caches.open("models");
  const {config, parameters, notes, source} = await readHubModel(url, {
    signal,
    cache,
    onProgress: ({file, received, total}) =>
      onProgress({phase: `fetching ${file}`, fraction: total && received / total})
  });
  const tokenizer = await tokenizerOf(source, url, config, notes);
  return {name: url, config, notes, data: parameters, tokenizer};
}

/** The folder's tokenizer; of another family than ALBERT's, which has other kinds, null with a note. */
async function tokenizerOf(
  source: FileSource,
  name: string,
  {modelType}: AlbertConfig,
  notes: string[]
): Promise<Tokenizer | null> {
  const files = new Map<string, Uint8Array>();
  for (const file of tokenizerFiles)
    if (source.names.includes(file)) files.set(file, await source.read(file));
  if (!files.has("spiece.model") && !files.has("tokenizer.json")) return null;
  try {
    return readTokenizer(files, name);
  } catch (error) {
    if (modelType === "albert" || !(error instanceof InputError)) throw error;
    notes.push(`its tokenizer is left out, so it takes ids only: ${error.message}`);
    return null;
  }
}

/** What a page shows of a model. */
export function summarizeModel({name, config, tokenizer, notes}: LoadedModel): ModelSummary {
  return {
    name,
    config: anyConfigToHf(config),
    parameters: countParameters(config).total,
    vocabSize: config.vocabSize,
    hasTokenizer: tokenizer !== null,
    notes
  };
}
