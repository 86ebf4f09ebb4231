import {InputError} from "../../errors.js";
import {canonicalJson, sha256} from "../../recipe/hash.js";
import type {ParameterData} from "../specs.js";
import {parseJson, plainJson, printable} from "../../json.js";
import type {StoredTensor} from "./safetensors.js";
import {readSafetensors, readSafetensorsHeader, writeSafetensors} from "./safetensors.js";

/** An optimizer's memory: updates made, and one array per trained parameter, of its size. */
export interface OptimizerSlots {
  step: number;
  first: Map<string, Float32Array>;
  second: Map<string, Float32Array>;
}

/** Everything that a training run needs to go on as if it had never stopped. */
export interface TrainingState {
  /** Steps made, an integer of at least 0. */
  step: number;
  parameters: ParameterData;
  optimizer: OptimizerSlots;
  /** The recipe, as JSON. */
  recipe: unknown;
  /** What wrote the state: names and versions, for example `{tfjs: "4.22.0", backend: "wasm"}`. */
  versions: Record<string, string>;
  /** Anything else to keep, as JSON, for example the metrics so far; default null. */
  extra?: unknown;
}

const format = "albert-observatory training state 1";
const prefix = '{"__metadata__":{"sha256":"';
const digestStart = 8 + prefix.length;
const digestEnd = digestStart + 64;
const partNames = ["parameter", "first", "second"] as const;

/**
 * A training state as one safetensors file: tensors `parameter/NAME`, `first/NAME`, `second/NAME`,
 * the rest in the metadata, with a SHA-256 over everything. Equal states give equal bytes.
 *
 * @throws TypeError if a slot has no parameter or another size, or a step is no integer
 */
export async function writeState(state: TrainingState): Promise<Uint8Array> {
  const {parameters, optimizer} = state;
  const tensors = new Map<string, StoredTensor>();
  for (const [name, {shape, data}] of parameters)
    tensors.set(`parameter/${name}`, {dtype: "F32", shape, data});
  for (const part of ["first", "second"] as const)
    for (const [name, data] of optimizer[part]) {
      const shape = parameters.get(name)?.shape;
      if (shape === undefined) throw new TypeError(`optimizer ${part}: no parameter ${name}`);
      tensors.set(`${part}/${name}`, {dtype: "F32", shape, data});
    }
  for (const step of [state.step, optimizer.step])
    if (!Number.isSafeInteger(step) || step < 0)
      throw new TypeError(`step must be an integer of at least 0, got ${step}`);
  const bytes = writeSafetensors(tensors, {
    sha256: "0".repeat(64), // first, so that it has a fixed place
    format,
    order: JSON.stringify([...parameters.keys()]),
    step: `${state.step}`,
    optimizer_step: `${optimizer.step}`,
    recipe: canonicalJson(state.recipe),
    versions: canonicalJson(state.versions),
    extra: canonicalJson(state.extra ?? null)
  });
  bytes.set(new TextEncoder().encode(await digest(bytes)), digestStart);
  return bytes;
}

/**
 * The state that `writeState` wrote, verified: a file of which one bit has changed is refused.
 *
 * @param file named in the errors
 * @throws InputError if the file is no training state, damaged, or of another version
 */
export async function readState(bytes: Uint8Array, file: string): Promise<TrainingState> {
  const {metadata} = readSafetensorsHeader(bytes, file);
  const start = new TextDecoder().decode(bytes.subarray(8, digestStart));
  if (start !== prefix || metadata.get("format")?.startsWith(format.slice(0, -1)) !== true)
    throw new InputError(`${file} is not a training checkpoint (expected one written here)`);
  const stored = new TextDecoder().decode(bytes.subarray(digestStart, digestEnd));
  if (stored !== (await digest(bytes)))
    throw new InputError(`${file} is damaged: its content does not match its SHA-256`);
  if (metadata.get("format") !== format)
    throw new InputError(
      `${file}: format is '${printable(metadata.get("format")!)}', expected '${format}'`
    );
  const json = (key: string): unknown =>
    plainJson(parseJson(metadata.get(key) ?? "null", `${file}: ${key}`));
  const parts = {parameter: new Map(), first: new Map(), second: new Map()} as Record<
    (typeof partNames)[number],
    Map<string, StoredTensor>
  >;
  for (const [name, tensor] of readSafetensors(bytes, file)) {
    const part = partNames.find((p) => name.startsWith(`${p}/`));
    if (part === undefined || !(tensor.data instanceof Float32Array))
      throw new InputError(`${file}: unexpected tensor '${printable(name)}'`);
    parts[part].set(name.slice(part.length + 1), tensor);
  }
  const arrays = (slots: Map<string, StoredTensor>): Map<string, Float32Array> =>
    new Map([...slots].map(([name, {data}]) => [name, data as Float32Array]));
  const step = (key: string): number => {
    const value = Number(metadata.get(key));
    if (Number.isSafeInteger(value) && value >= 0) return value;
    throw new InputError(`${file}: ${key} must be an integer of at least 0`);
  };
  const parameters: ParameterData = new Map();
  const order = json("order");
  for (const name of Array.isArray(order) ? (order as unknown[]) : []) {
    const stored = parts.parameter.get(name as string);
    if (stored !== undefined)
      parameters.set(name as string, {shape: stored.shape, data: stored.data as Float32Array});
  }
  if (parameters.size !== parts.parameter.size)
    throw new InputError(`${file}: order does not name the ${parts.parameter.size} parameters`);
  for (const slots of [parts.first, parts.second])
    for (const [name, {data}] of slots)
      if (parameters.get(name)?.data.length !== data.length)
        throw new InputError(`${file}: optimizer slot ${printable(name)} fits no parameter`);
  return {
    step: step("step"),
    parameters,
    optimizer: {
      step: step("optimizer_step"),
      first: arrays(parts.first),
      second: arrays(parts.second)
    },
    recipe: json("recipe"),
    versions: json("versions") as Record<string, string>,
    extra: json("extra")
  };
}

/** SHA-256 over the digests of the header (its own digest as zeros) and of the data. */
async function digest(bytes: Uint8Array): Promise<string> {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const dataStart = 8 + Number(length);
  const header = new Uint8Array(bytes.subarray(0, dataStart));
  header.fill(48, digestStart, digestEnd);
  return sha256((await sha256(header)) + (await sha256(bytes.subarray(dataStart))));
}
