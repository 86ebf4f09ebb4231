import type {AlbertConfig} from "./config.js";
import {effectiveDepth, layerTensors, storageOf} from "./sharing.js";
import type {ParameterData} from "./specs.js";

/** A model of the same function whose depths each have their own tensors. */
export function untie(
  config: AlbertConfig,
  parameters: ParameterData
): {config: AlbertConfig; parameters: ParameterData} {
  const depth = effectiveDepth(config);
  const untied: AlbertConfig = {...config, sharing: "none", numHiddenLayers: depth};
  const copies: ParameterData = new Map(
    [...parameters].filter(([name]) => !name.includes("albert_layer_groups"))
  );
  for (let d = 0; d < depth; ++d)
    for (const tensor of layerTensors) {
      const {shape, data} = parameters.get(storageOf(config, d, tensor))!;
      copies.set(storageOf(untied, d, tensor), {shape, data: data.slice()});
    }
  return {config: untied, parameters: copies};
}
