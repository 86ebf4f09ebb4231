import {InputError} from "../../errors.js";
import type {AlbertConfig} from "../config.js";
import {makeConfig} from "../config.js";
import type {ParameterData, ParameterSpec} from "../specs.js";
import {initParameter, parameterSpecs} from "../specs.js";
import {familyName} from "../variantNames.js";
import {anyConfigFromHf} from "../variants.js";
import {shapeText} from "./header.js";
import {parseJson, plainJson, printable} from "../../json.js";
import {canonicalWeights, refuseOtherFamilies, shapeKeys} from "./names.js";
import {toFloat32} from "./safetensors.js";
import {checkLayers, resolveSharing} from "./shared.js";
import type {FileSource} from "./source.js";
import {readSmallText, subfolder} from "./source.js";
import {checkTies, resolveTies} from "./ties.js";
import type {Weight} from "./weights.js";
import {openWeights, refuseForeignWeights} from "./weights.js";

export type {FileSource, NamedBlob} from "./source.js";
export {blobFiles, mapFiles} from "./source.js";

/** A model as a folder holds it. */
export interface LoadedModel {
  config: AlbertConfig;
  /** Exactly the parameters of `parameterSpecs(config)`, in that order, as float32. */
  parameters: ParameterData;
  /** What a reader should know: fresh heads, tensors left out, values that are not finite. */
  notes: string[];
  /** Names of all files, below the folder that config.json is in. */
  files: string[];
  /** Reads those files, for example `spiece.model`. */
  source: FileSource;
}

export interface ReadModelOptions {
  /** Fields of the configuration to replace, such as another head; default none. */
  config?: Partial<AlbertConfig>;
  /** Seed of the tensors that the file does not hold, in [0, 2³²); default 0. */
  seed?: number;
}

/** Parts that make up the body: a file without one of their tensors is damaged. */
const bodyParts = new Set(["embeddings", "factorisation", "attention", "ffn"]);
const floats = new Set(["F32", "F16", "BF16", "F64"]);

/**
 * The model of a Hugging Face folder: `config.json` with `model.safetensors` or with shards and
 * their index, of ALBERT, BERT, RoBERTa, DistilBERT or ELECTRA. Everything is checked before anything is returned, and sizes are compared with the
 * file before memory is taken. Older names are understood (names.ts, ties.ts); a head that the file
 * does not hold is freshly initialised, which `notes` says, as it lists the tensors left out.
 *
 * @param folder how errors call the folder
 * @throws InputError naming file, tensor or key, what was found and what was expected
 */
export async function readModelFolder(
  files: FileSource,
  folder: string,
  options: ReadModelOptions = {}
): Promise<LoadedModel> {
  const source = await modelFolder(files, folder);
  const json = await readConfig(source);
  const stored = await openWeights(source);
  const named = anyConfigFromHf(json, "config.json");
  if (named.modelType === "albert") refuseOtherFamilies(stored);
  let config = makeConfig({...named, ...options.config}, "config.json");
  const weights = canonicalWeights(stored, config);
  checkLayers(weights, config);
  const notes: string[] = [];
  config = await resolveSharing(weights, config, notes);
  const ties = checkTies(weights, config);

  const specs = parameterSpecs(config);
  const fresh = freshParts(specs, weights, config, options);
  for (const spec of specs)
    if (!fresh.has(spec.part)) checkWeight(spec, weights.get(spec.name)!, config);
  checkFreshSize(
    specs.filter(({part}) => fresh.has(part)),
    stored
  );
  await resolveTies(ties, notes);

  const parameters: ParameterData = new Map();
  for (const spec of specs) {
    const {name, shape, part} = spec;
    const data = fresh.has(part)
      ? initParameter(spec, config.initializerRange, options.seed ?? 0)
      : await readWeight(weights.get(name)!, notes);
    parameters.set(name, {shape: [...shape], data});
    weights.delete(name);
  }
  const initialised = specs.filter(({part}) => fresh.has(part)).map(({name}) => name);
  if (initialised.length > 0)
    notes.push(
      `not in the file, newly initialised with seed ${options.seed ?? 0}: ${initialised.join(", ")}`
    );
  const unused = [...weights.values()].map(({name}) => printable(name));
  if (unused.length > 0)
    notes.push(
      `${unused.length} unused ${unused.length === 1 ? "tensor" : "tensors"}, which ${config.architecture} does not have: ${unused.slice(0, 40).join(", ")}${unused.length > 40 ? ", …" : ""}`
    );
  return {config, parameters, notes, files: [...source.names], source};
}

/** The folder with config.json: this one, or the only one below it that has one. */
async function modelFolder(files: FileSource, folder: string): Promise<FileSource> {
  if (files.names.includes("config.json")) return files;
  const configs = files.names.filter((name) => name.endsWith("/config.json"));
  if (configs.length === 1) return subfolder(files, configs[0]!.slice(0, -"config.json".length));
  if (configs.length > 1)
    throw new InputError(
      `${folder}: config.json is missing, and ${configs.length} folders below have one (open one of them)`
    );
  await refuseForeignWeights(files);
  throw new InputError(`${folder}: config.json is missing (expected a Hugging Face model folder)`);
}

async function readConfig(source: FileSource): Promise<unknown> {
  const text = await readSmallText(source, "config.json");
  if (text.trim() === "") throw new InputError("config.json is empty");
  return plainJson(parseJson(text, "config.json", {nonFinite: true}));
}

/**
 * The parts of the head to initialise: those of which the file holds nothing. With a head asked for
 * by the caller, also a classifier of another shape.
 *
 * @throws InputError if a body tensor is missing, or some but not all tensors of a head
 */
function freshParts(
  specs: readonly ParameterSpec[],
  weights: ReadonlyMap<string, Weight>,
  config: AlbertConfig,
  options: ReadModelOptions
): Set<string> {
  const fresh = new Set<string>();
  const file = [...weights.values()][0]?.file ?? "model.safetensors";
  for (const part of new Set(specs.map((spec) => spec.part))) {
    const own = specs.filter((spec) => spec.part === part);
    const missing = own.filter(({name}) => !weights.has(name));
    if (missing.length > 0 && (bodyParts.has(part) || missing.length < own.length))
      throw new InputError(
        `${file}: missing tensor ${familyName(config, missing[0]!.name)} ${shapeText(missing[0]!.shape)}${missing.length > 1 ? ` and ${missing.length - 1} more` : ""} (expected by ${config.architecture})`
      );
    const replaced =
      part === "head" &&
      options.config !== undefined &&
      own.some(({name, shape}) => `${weights.get(name)?.shape}` !== `${shape}`);
    if (missing.length > 0 || replaced) fresh.add(part);
  }
  return fresh;
}

/** @throws InputError if the new tensors would be larger than the file, as a number of labels can make them */
function checkFreshSize(
  fresh: readonly ParameterSpec[],
  stored: ReadonlyMap<string, {shape: number[]}>
): void {
  const size = ({shape}: {shape: number[]}): number => shape.reduce((a, b) => a * b, 1);
  const sum = (list: Iterable<{shape: number[]}>): number =>
    [...list].reduce((total, item) => total + size(item), 0);
  if (sum(fresh) <= Math.max(sum(stored.values()), 1_000_000)) return;
  const largest = fresh.reduce((a, b) => (size(b) > size(a) ? b : a));
  throw new InputError(
    `config.json: ${largest.name} would be new and ${shapeText(largest.shape)}, larger than all weights of the file`
  );
}

/** @throws InputError if the tensor's type or shape is not what the configuration asks for */
function checkWeight(spec: ParameterSpec, weight: Weight, config: AlbertConfig): void {
  const where = `${weight.file}: tensor ${familyName(config, spec.name)}`;
  if (!floats.has(weight.dtype))
    throw new InputError(`${where} has dtype ${weight.dtype}, expected F32, F16, BF16 or F64`);
  const {shape} = weight;
  if (shape.length === spec.shape.length && shape.every((n, i) => n === spec.shape[i])) return;
  const keys = shapeKeys(spec, config);
  throw new InputError(
    `${where} has shape ${shapeText(shape)}, expected ${shapeText(spec.shape)}${keys ? ` (config.json: ${keys})` : ""}`
  );
}

/** The tensor as float32; says in `notes` if some of its values are not finite. */
async function readWeight(weight: Weight, notes: string[]): Promise<Float32Array> {
  const {dtype, data} = await weight.read();
  const values = toFloat32(data);
  let nan = 0;
  let infinite = 0;
  for (let i = 0; i < values.length; ++i) {
    if (Number.isFinite(values[i])) continue;
    if (Number.isNaN(values[i])) ++nan;
    else ++infinite;
  }
  const name = printable(weight.name);
  if (nan > 0)
    notes.push(`NaN in ${name} (${nan} of ${values.length} values): all results will be NaN`);
  if (infinite > 0)
    notes.push(
      `infinite value in ${name} (${infinite} of ${values.length} values${dtype === "F64" ? ", in float32" : ""})`
    );
  return values;
}
