import type {AlbertConfig, Sharing} from "../albert/config.js";
import {makeConfig} from "../albert/config.js";
import {effectiveDepth, layerTensors, storageOf} from "../albert/sharing.js";
import {countParameters, parameterSpecs, type ParameterCounts} from "../albert/specs.js";

/** Which stored copy of a layer's matrix or norm serves each depth. */
export interface SharedTensor {
  /** Name without the layer's prefix, weight and bias together: "attention.query". */
  tensor: string;
  /** Parameters of one copy, bias included. */
  size: number;
  /** Number of the copy that each depth uses, counted from 0 in order of depth. */
  storage: number[];
}

/** The map of a model: every tensor pair of a layer, and the copy each depth reads. */
export function sharedTensors(config: AlbertConfig): SharedTensor[] {
  const shapes = new Map(parameterSpecs(config).map(({name, shape}) => [name, shape]));
  const sizeOf = (name: string) => shapes.get(name)!.reduce((a, b) => a * b, 1);
  return layerTensors
    .filter((tensor) => tensor.endsWith(".weight"))
    .map((tensor) => {
      const copies: string[] = [];
      const storage = Array.from({length: effectiveDepth(config)}, (_, depth) => {
        const name = storageOf(config, depth, tensor);
        if (!copies.includes(name)) copies.push(name);
        return copies.indexOf(name);
      });
      const bias = copies[0]!.replace(/weight$/, "bias");
      return {
        tensor: tensor.replace(/\.weight$/, "").replace("full_layer_layer_norm", "ffn.LayerNorm"),
        size: sizeOf(copies[0]!) + sizeOf(bias),
        storage
      };
    });
}

/** The ways of sharing that the paper compares, by name. */
export const sharingChoices: readonly {name: string; sharing: Sharing; label: string}[] = [
  {name: "none", sharing: "none", label: "nothing"},
  {name: "attention", sharing: "attention", label: "attention"},
  {name: "ffn", sharing: "ffn", label: "feed-forward"},
  {name: "groups", sharing: {groups: 3, inner: 1}, label: "3 groups"},
  {name: "all", sharing: "all", label: "everything"}
];

/** ALBERT-base (L = 12, H = 768, E = 128, V = 30,000) with another way of sharing. */
export function baseWith(sharing: Sharing): {config: AlbertConfig; counts: ParameterCounts} {
  const config = makeConfig({sharing, architecture: "AlbertModel"});
  return {config, counts: countParameters(config)};
}
