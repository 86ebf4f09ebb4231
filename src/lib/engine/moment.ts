/** A model at one moment of its training: what it attends to, what it guesses, what its words span. */
import * as tf from "@tensorflow/tfjs-core";
import {encode} from "../albert/forward.js";
import {maskedLmLogits} from "../albert/heads.js";
import {readState} from "../albert/checkpoint/state.js";
import type {AlbertConfig} from "../albert/config.js";
import {bodyPrefix, effectiveDepth} from "../albert/sharing.js";
import {hasMaskedLm, type ParameterData} from "../albert/specs.js";
import {InputError} from "../errors.js";
import {effectiveRank, svd} from "../experiments/svd.js";
import {configOfRecipe} from "../recipe/config.js";
import {sha256} from "../recipe/hash.js";
import {parseRecipe} from "../recipe/recipe.js";
import type {StoreRoot} from "../store/files.js";
import {checkpointFile, readRecord} from "../store/runs.js";
import {runFiles} from "../store/runNames.js";
import {readSpiece} from "../tokenizer/spiece.js";
import {attend} from "./ask.js";
import {encodeText, needTokenizer} from "./encodeText.js";
import {withParameters, type LoadedModel} from "./loadedModel.js";
import type {AttentionResult} from "./attentionCalls.js";

/** What a model is at one step. */
export interface Moment {
  step: number;
  attention: AttentionResult;
  /**
   * The likeliest pieces for the first [MASK], read from every depth by the model's own head, the
   * last depth being the model's answer; null without a [MASK] or a masked LM head.
   */
  guesses: {position: number; depths: {piece: string; probability: number}[][]} | null;
  /** Singular values of the piece embedding `[V, E]`, falling. */
  spectrum: number[];
  effectiveRank: number;
  /** Of all parameters, 64 hexadecimal digits. */
  hash: string;
  /** The same as it was written down when the checkpoint was kept; null where it was not. */
  storedHash: string | null;
  /** Bytes of the parameters, of which one set is in memory at a time. */
  bytes: number;
}

/** Calls about kept checkpoints. */
export interface MomentCalls {
  /** A kept run at one of its checkpoints; the model in use stays what it is. */
  moment: {
    input: {id: string; step: number; text: string; pair: string | null};
    progress: never;
    output: Moment;
  };
}

/** Guesses that are listed at each depth. */
const shown = 3;

/** SHA-256 over the names, shapes and bytes of all parameters, in the order of their names. */
export async function parametersHash(parameters: ParameterData): Promise<string> {
  const parts: string[] = [];
  for (const [name, {shape, data}] of [...parameters].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    parts.push(`${name} ${shape.join("×")} ${await sha256(bytes.slice())}`);
  }
  return sha256(parts.join("\n"));
}

/** Singular values of the piece embedding, from the eigenvalues of its Gram matrix `[E, E]`. */
export function embeddingSpectrum(parameters: ParameterData, config: AlbertConfig): number[] {
  const table = parameters.get(`${bodyPrefix(config)}embeddings.word_embeddings.weight`)!;
  const [V, E] = table.shape as [number, number];
  const gram = new Float64Array(E * E);
  for (let v = 0; v < V; ++v)
    for (let i = 0; i < E; ++i) {
      const x = table.data[v * E + i]!;
      for (let j = 0; j <= i; ++j) gram[i * E + j]! += x * table.data[v * E + j]!;
    }
  for (let i = 0; i < E; ++i) for (let j = 0; j < i; ++j) gram[j * E + i] = gram[i * E + j]!;
  const {s} = svd({rows: E, columns: E, data: gram});
  return Array.from(s, (value) => Math.sqrt(value));
}

async function guessesByDepth(
  model: LoadedModel,
  text: string,
  pair: string | null
): Promise<Moment["guesses"]> {
  const {config} = model;
  const {special, pieces} = needTokenizer(model);
  const {encoding, inputs} = encodeText(model, text, pair);
  const position = encoding.ids.indexOf(special.mask);
  if (position < 0 || !hasMaskedLm(config)) return null;
  const sites = Array.from({length: effectiveDepth(config)}, (_, i) => `layer.${i}.output`);
  const k = Math.min(shown, config.vocabSize);
  return withParameters(model, async (params) => {
    const top = tf.tidy(() => {
      const {captured} = encode(params, inputs, config, {capture: sites});
      const rows = sites.map((site) =>
        tf.reshape(tf.slice(captured.get(site)!, [0, position, 0], [1, 1, -1]), [
          1,
          config.hiddenSize
        ])
      );
      return tf.topk(tf.softmax(maskedLmLogits(params, tf.concat(rows), config)), k, true);
    });
    const values = await top.values.data<"float32">();
    const indices = await top.indices.data<"int32">();
    tf.dispose([top.values, top.indices]);
    const depths = sites.map((_, depth) =>
      Array.from({length: k}, (_, i) => ({
        piece: pieces[indices[depth * k + i]!]!,
        probability: values[depth * k + i]!
      }))
    );
    return {position, depths};
  });
}

/** Everything of one moment but where it was stored. */
export async function describeMoment(
  model: LoadedModel,
  step: number,
  text: string,
  pair: string | null
): Promise<Moment> {
  const spectrum = embeddingSpectrum(model.data, model.config);
  let bytes = 0;
  for (const {data} of model.data.values()) bytes += data.byteLength;
  return {
    step,
    attention: await attend(model, text, pair),
    guesses: await guessesByDepth(model, text, pair),
    spectrum,
    effectiveRank: effectiveRank(spectrum),
    hash: await parametersHash(model.data),
    storedHash: null,
    bytes
  };
}

/**
 * A kept run at one of its checkpoints, read from where it is kept: neither its text nor its
 * optimizer is needed, and nothing of it stays in memory afterwards.
 *
 * @throws InputError where the run or the checkpoint is not kept, or is damaged
 */
export async function keptMoment(
  root: StoreRoot,
  {id, step, text, pair}: MomentCalls["moment"]["input"]
): Promise<Moment> {
  const store = root.folder(id);
  const record = await readRecord(store);
  const spiece = await store.read(runFiles.tokenizer);
  const bytes = await store.read(checkpointFile(step));
  if (!record || !spiece) throw new InputError(`this browser keeps no run ${id}`);
  if (!bytes) throw new InputError(`run ${id} keeps no checkpoint of step ${step}`);
  const recipe = parseRecipe(record.recipe, `run ${id}`);
  const lowerCase = recipe.tokenizer.lower_case ?? true;
  const tokenizer = readSpiece(spiece, `run ${id}`, {lowerCase});
  const {parameters} = await readState(bytes, checkpointFile(step));
  const model: LoadedModel = {
    name: `run ${record.hash}, step ${step}`,
    config: configOfRecipe(recipe, tokenizer.vocabSize),
    tokenizer,
    notes: [],
    data: parameters
  };
  const stored = record.checkpoints.find((one) => one.step === step)?.parameters ?? null;
  return {...(await describeMoment(model, step, text, pair)), storedHash: stored};
}
