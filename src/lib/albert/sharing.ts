import type {AlbertConfig} from "./config.js";

/** Tensors of one encoder layer, by the end of their Hugging Face name. */
export const layerTensors = [
  "attention.query.weight",
  "attention.query.bias",
  "attention.key.weight",
  "attention.key.bias",
  "attention.value.weight",
  "attention.value.bias",
  "attention.dense.weight",
  "attention.dense.bias",
  "attention.LayerNorm.weight",
  "attention.LayerNorm.bias",
  "ffn.weight",
  "ffn.bias",
  "ffn_output.weight",
  "ffn_output.bias",
  "full_layer_layer_norm.weight",
  "full_layer_layer_norm.bias"
] as const;

/** One tensor of an encoder layer. */
export type LayerTensor = (typeof layerTensors)[number];

/**
 * Groups of layers in the Hugging Face layout: `all` 1, `none` and the half-shared modes one per
 * depth, otherwise as configured.
 */
export function numGroups({sharing, numHiddenLayers}: AlbertConfig): number {
  if (typeof sharing === "object")
    return "layers" in sharing ? Math.max(...sharing.layers) + 1 : sharing.groups;
  return sharing === "all" ? 1 : numHiddenLayers;
}

/** Layers within a group; 1 unless configured. */
export function innerGroupNum({sharing}: AlbertConfig): number {
  return typeof sharing === "object" && "inner" in sharing ? sharing.inner : 1;
}

/** Number of layer applications a piece goes through: `L · inner`. */
export function effectiveDepth(config: AlbertConfig): number {
  return config.numHiddenLayers * innerGroupNum(config);
}

/** Front of every body tensor's name: a bare model has none. */
export function bodyPrefix(config: AlbertConfig): string {
  return config.architecture === "AlbertModel" ? "" : "albert.";
}

/**
 * The group and the layer within it that a depth uses: group `int(step / (L / groups))` with
 * `step = floor(depth / inner)`, as Hugging Face computes it, in floating point; of `{layers}` the
 * layer that is named there.
 *
 * @param depth in [0, effectiveDepth)
 */
export function layerAt(config: AlbertConfig, depth: number): {group: number; inner: number} {
  const {sharing} = config;
  if (typeof sharing === "object" && "layers" in sharing)
    return {group: sharing.layers[depth]!, inner: 0};
  const innerLayers = innerGroupNum(config);
  const step = Math.floor(depth / innerLayers);
  const group = Math.trunc(step / (config.numHiddenLayers / numGroups(config)));
  return {group, inner: depth % innerLayers};
}

/**
 * Name of the parameter that stores a layer tensor at a depth; equal names mean shared storage.
 *
 * Example: with sharing `all`, `storageOf(config, 3, "ffn.weight")` is
 * `albert.encoder.albert_layer_groups.0.albert_layers.0.ffn.weight` for every depth.
 *
 * @throws RangeError if depth is not in [0, effectiveDepth)
 */
export function storageOf(config: AlbertConfig, depth: number, tensor: LayerTensor): string {
  if (!(depth >= 0 && depth < effectiveDepth(config)))
    throw new RangeError(`invalid depth: ${depth} (must be in [0, ${effectiveDepth(config)}))`);
  const {group, inner} = layerAt(config, depth);
  const shared =
    (config.sharing === "attention" && tensor.startsWith("attention.")) ||
    (config.sharing === "ffn" && !tensor.startsWith("attention."));
  return `${bodyPrefix(config)}encoder.albert_layer_groups.${shared ? 0 : group}.albert_layers.${inner}.${tensor}`;
}
