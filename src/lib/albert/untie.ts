/** The same model with its layers shared in another way. */
import type {AlbertConfig, Sharing} from "./config.js";
import {effectiveDepth, layerTensors, storageOf} from "./sharing.js";
import type {ParameterData} from "./specs.js";

/** A model as numbers. */
export interface ModelData {
  config: AlbertConfig;
  parameters: ParameterData;
}

/** A model of the same function whose depths each have their own tensors. */
export function untie(config: AlbertConfig, parameters: ParameterData): ModelData {
  return reshare(config, parameters, "none");
}

/**
 * A model of the same function in which one depth has tensors of its own and the others share as
 * before. A model that shares half of its layers is untied at every depth: what is left has no name.
 *
 * @param depth in [0, effectiveDepth)
 * @throws RangeError for another depth
 */
export function untieAt(config: AlbertConfig, parameters: ParameterData, depth: number): ModelData {
  const layers = layersOf(config);
  if (!(depth in layers))
    throw new RangeError(`invalid depth: ${depth} (must be in [0, ${layers.length}))`);
  const own = layers.map((layer, d) => (d === depth ? -1 : layer));
  const order = [...new Set(own)];
  return reshare(config, parameters, {layers: own.map((layer) => order.indexOf(layer))});
}

/** A model with one layer for every depth: the mean of the layers that the depths had. */
export function tie(config: AlbertConfig, parameters: ParameterData): ModelData {
  return reshare(config, parameters, "all");
}

/**
 * The model with its layers shared as `sharing` says; a stored layer becomes the mean of those that
 * the depths it serves had. Where these were one and the same, the function stays what it was, to the
 * last bit.
 */
export function reshare(
  config: AlbertConfig,
  parameters: ParameterData,
  sharing: Sharing
): ModelData {
  const depth = effectiveDepth(config);
  const next: AlbertConfig = {...config, sharing, numHiddenLayers: depth};
  const data: ParameterData = new Map(
    [...parameters].filter(([name]) => !name.includes("albert_layer_groups"))
  );
  for (const tensor of layerTensors) {
    const sources = new Map<string, Set<string>>();
    const uses: [string, string][] = [];
    for (let d = 0; d < depth; ++d)
      uses.push([storageOf(next, d, tensor), storageOf(config, d, tensor)]);
    for (const [to, from] of uses) sources.set(to, (sources.get(to) ?? new Set()).add(from));
    for (const [to, from] of sources) {
      // A layer that serves several of the depths counts as often as it did.
      const served = from.size > 1 ? uses.filter(([t]) => t === to).map(([, f]) => f) : [...from];
      const {shape} = parameters.get(served[0]!)!;
      data.set(to, {shape, data: mean(served.map((name) => parameters.get(name)!.data))});
    }
  }
  return {config: next, parameters: data};
}

/**
 * How far each depth's layer has moved: `‖θ − θ₀‖ / ‖θ₀‖` over all its tensors. The two models may
 * share in different ways.
 *
 * @returns one number a depth, 0 where nothing has changed
 */
export function drift(before: ModelData, after: ModelData): number[] {
  return Array.from({length: effectiveDepth(after.config)}, (_, depth) => {
    let moved = 0;
    let length = 0;
    for (const tensor of layerTensors) {
      const a = before.parameters.get(storageOf(before.config, depth, tensor))!.data;
      const b = after.parameters.get(storageOf(after.config, depth, tensor))!.data;
      for (let i = 0; i < a.length; ++i) {
        moved += (b[i]! - a[i]!) ** 2;
        length += a[i]! ** 2;
      }
    }
    return Math.sqrt(moved / length);
  });
}

/** The stored layer that each depth uses, numbered in order of first use. */
function layersOf(config: AlbertConfig): number[] {
  const names = Array.from({length: effectiveDepth(config)}, (_, depth) =>
    layerTensors.map((tensor) => storageOf(config, depth, tensor)).join(" ")
  );
  const order = [...new Set(names)];
  return names.map((name) => order.indexOf(name));
}

function mean(arrays: readonly Float32Array<ArrayBufferLike>[]): Float32Array {
  if (arrays.length === 1) return arrays[0]!.slice();
  return Float32Array.from(arrays[0]!, (_, i) => {
    let sum = 0;
    for (const array of arrays) sum += array[i]!;
    return sum / arrays.length;
  });
}
