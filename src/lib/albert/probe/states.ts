/** The residual stream of a model, depth by depth: what probes, the lens and patching read. */
import type * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import {disposeEncoded, encode, type Intervention, type ModelInputs} from "../forward.js";
import type {Parameters} from "../params.js";
import {effectiveDepth} from "../sharing.js";

/**
 * Sites of the residual stream: the input of the first layer, then the output of every layer, so
 * that entry d is what d layers have made.
 */
export function depthSites(config: AlbertConfig): string[] {
  const layers = Array.from({length: effectiveDepth(config)}, (_, d) => `layer.${d}.output`);
  return ["embeddings.projected", ...layers];
}

/**
 * Runs the encoder and hands over the residual stream of each depth in turn.
 *
 * @param read gets the depth and `[batch, seq, hidden]`, which is freed afterwards
 */
export async function eachDepth(
  params: Parameters,
  inputs: ModelInputs,
  config: AlbertConfig,
  read: (depth: number, state: tf.Tensor3D) => Promise<void>,
  interventions: readonly Intervention[] = []
): Promise<void> {
  const sites = depthSites(config);
  const encoded = encode(params, inputs, config, {capture: sites, interventions});
  try {
    for (const [depth, site] of sites.entries())
      await read(depth, encoded.captured.get(site) as tf.Tensor3D);
  } finally {
    disposeEncoded(encoded);
  }
}
