import {InputError} from "../../errors.js";
import type {AlbertConfig} from "../config.js";
import {bodyPrefix, innerGroupNum, layerTensors, numGroups} from "../sharing.js";
import {familyName} from "../variantNames.js";
import type {StoredTensor} from "./safetensors.js";
import type {Weight} from "./weights.js";

/**
 * Refuses a configuration with more layer groups than the file holds tensors of, before anything is
 * computed from their number.
 *
 * @throws InputError with the first missing group
 */
export function checkLayers(weights: ReadonlyMap<string, Weight>, config: AlbertConfig): void {
  const stored = new Set<string>();
  let file = "model.safetensors";
  for (const [name, weight] of weights) {
    const match = /encoder\.albert_layer_groups\.(\d+)\.albert_layers\.(\d+)\./.exec(name);
    if (match) stored.add(`${match[1]}.albert_layers.${match[2]}`);
    file = weight.file;
  }
  const groups = numGroups(config);
  const inner = innerGroupNum(config);
  if (stored.size >= groups * inner) return;
  for (let group = 0; group < groups; ++group)
    for (let layer = 0; layer < inner; ++layer)
      if (!stored.has(`${group}.albert_layers.${layer}`))
        throw new InputError(
          `${file}: missing tensor ${familyName(config, layerName(config, group, layer) + layerTensors[0])} (config.json: ${config.modelType === "albert" ? `num_hidden_groups ${groups}, inner_group_num ${inner}` : `${groups} layers`}; the file holds ${stored.size} layers)`
        );
}

/**
 * Half-shared models are stored with one group per depth, the shared tensors repeated in each. Folds
 * the repetitions away (out of `weights`) if they are still equal; if they are not, because the
 * model was trained further without the sharing, the model is one with `sharing` none.
 *
 * @returns the configuration that fits the tensors
 */
export async function resolveSharing(
  weights: Map<string, Weight>,
  config: AlbertConfig,
  notes: string[]
): Promise<AlbertConfig> {
  const {sharing} = config;
  if (sharing !== "attention" && sharing !== "ffn") return config;
  const shared = layerTensors.filter(
    (tensor) => tensor.startsWith("attention.") === (sharing === "attention")
  );
  const copies: string[] = [];
  for (const tensor of shared) {
    const first = weights.get(layerName(config, 0, 0) + tensor);
    if (first === undefined) continue; // refused later, as missing
    const bytes = bytesOf(await first.read());
    for (let group = 1; group < numGroups(config); ++group) {
      const name = layerName(config, group, 0) + tensor;
      const copy = weights.get(name);
      if (copy === undefined) continue;
      if (!equalBytes(bytesOf(await copy.read()), bytes)) {
        notes.push(
          `config.json says sharing ${sharing}, but ${name} differs from group 0: loaded as sharing none`
        );
        return {...config, sharing: "none"};
      }
      copies.push(name);
    }
  }
  for (const name of copies) weights.delete(name);
  return config;
}

/** Front of the name of a layer's tensors. */
export function layerName(config: AlbertConfig, group: number, layer: number): string {
  return `${bodyPrefix(config)}encoder.albert_layer_groups.${group}.albert_layers.${layer}.`;
}

function bytesOf({data}: StoredTensor): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
