/** Random models with a number to differentiate: any outputs, sites and logits, each element weighed. */
import * as tf from "@tensorflow/tfjs-core";
import {captureSites, siteShape} from "../../../../src/lib/albert/capture.js";
import type {AlbertConfig} from "../../../../src/lib/albert/config.js";
import type {Intervention, ModelInputs} from "../../../../src/lib/albert/forward.js";
import {lossAndGradients} from "../../../../src/lib/albert/gradients.js";
import {forward} from "../../../../src/lib/albert/heads.js";
import {flatInputs} from "../../../../src/lib/albert/inputs.js";
import {interventionsBySite} from "../../../../src/lib/albert/interventions.js";
import {dot, sumOf} from "../../../../src/lib/albert/ops/arithmetic.js";
import {
  disposeParameters,
  uploadParameters,
  type ParameterData,
  type Parameters
} from "../../../../src/lib/albert/params.js";
import {editsOf} from "../../../../src/lib/albert/plan/edits.js";
import type {GradientRequest} from "../../../../src/lib/albert/plan/gradientBuilder.js";
import {parametersOf, smallestGradients} from "../../../../src/lib/albert/plan/gradientPlan.js";
import {Random} from "../../../../src/lib/random.js";
import {tinyParameters} from "../tiny.js";
import {forwardCase, inTensor, sentValues} from "./forwardCases.js";

export interface DifferentiatedCase {
  config: AlbertConfig;
  data: ParameterData;
  inputs: ModelInputs;
  capture: string[];
  interventions: Intervention[];
  seed: number;
}

/** A random model; odd sizes. Every seventh changes its attention, scales it, changes and scales it again. */
export function differentiatedCase(seed: number): DifferentiatedCase {
  const {config, inputs, capture, interventions} = forwardCase(seed);
  const made = {config, data: tinyParameters(config, seed), inputs, capture, interventions, seed};
  if (seed % 7 !== 3) return made;
  const site = "layer.0.attention.probs";
  const cut = (to: number): Intervention => ({
    type: "maskAttention",
    ...{heads: [0], from: [0], to: [to], depth: 0, renormalise: true}
  });
  const last = flatInputs(inputs, config).sequence - 1;
  return {
    ...made,
    capture: [...capture, site],
    interventions: [
      {type: "add", site, value: 0.1},
      cut(0),
      ...interventions,
      {type: "add", site, value: 0.2},
      cut(last)
    ]
  };
}

/** What the plan of a case is asked for: everything that `derivativesOf` needs. */
export function gradientRequestOf(made: DifferentiatedCase): GradientRequest {
  const {config, inputs, interventions} = made;
  const {batch, sequence, attentionMask} = flatInputs(inputs, config);
  const sites = captureSites(config);
  const changes = interventionsBySite(config, interventions);
  return {
    batch,
    sequence,
    isMaskApart: attentionMask !== null && attentionMask.length > batch * sequence,
    capture: sites.map(({site}) => site).filter((site) => made.capture.includes(site)),
    edits: new Map(
      sites.flatMap((site) => {
        const list = changes.get(site.site);
        const shape = siteShape(config, site, batch, sequence);
        return list ? [[site.site, editsOf(shape, list, sentValues)]] : [];
      })
    ),
    parameters: parametersOf(smallestGradients(config, "encoder")[0]!),
    sites: [...changes].flatMap(([site, list]) =>
      list.some((one) => "value" in one) ? [site] : []
    )
  };
}

/** Derivatives by all parameters and by all values of interventions, and the number itself. */
export async function derivativesOf(made: DifferentiatedCase): Promise<Map<string, Float32Array>> {
  const {config, inputs, capture, seed} = made;
  const sources: Parameters = uploadParameters(made.data);
  const params: Parameters = new Map(sources);
  const interventions = made.interventions.map(inTensor);
  interventions.forEach((one, i) => {
    if ("value" in one) sources.set(`value ${i}`, one.value as tf.Tensor);
  });
  const {result, gradients} = tf.tidy(() => {
    const found = lossAndGradients(sources, () => {
      const random = new Random(seed, "probes");
      const {sequenceOutput, pooledOutput, captured, logits} = forward(params, inputs, config, {
        capture,
        interventions
      });
      const parts = [sequenceOutput, pooledOutput, ...captured.values(), ...logits.values()];
      const terms = parts.flatMap((tensor, i) => {
        if (!tensor || (i > 0 && random.int(3) === 0)) return [];
        const weights = Float32Array.from({length: tensor.size}, () => random.normal());
        return [dot(tensor, tf.tensor(weights, tensor.shape))];
      });
      // Two at a time: a sum of many is more than a device binds at once.
      return {loss: terms.reduce((sum, term) => sumOf([sum, term]))};
    });
    for (const tensor of found.gradients.values()) tf.keep(tensor);
    tf.keep(found.result.loss);
    return found as unknown as tf.TensorContainerObject;
  }) as unknown as {result: {loss: tf.Scalar}; gradients: Parameters};
  const values = new Map([["the number", (await result.loss.data<"float32">()).slice()]]);
  for (const [name, tensor] of gradients)
    values.set(name, (await tensor.data<"float32">()).slice());
  result.loss.dispose();
  disposeParameters(gradients);
  disposeParameters(sources);
  return values;
}

/**
 * Largest difference of each, relative to its largest number, or to a hundredth of the largest of all:
 * some derivatives are 0 but for rounding, such as those by biases of keys.
 */
export function relativeDifferences(
  found: ReadonlyMap<string, Float32Array>,
  expected: ReadonlyMap<string, Float32Array>
): Map<string, number> {
  const largest = (values: Float32Array) =>
    values.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const least = 0.01 * Math.max(...Array.from(expected.values(), largest));
  return new Map(
    Array.from(expected, ([name, values]) => {
      const other = found.get(name)!;
      const difference = largest(values.map((x, i) => x - other[i]!));
      return [name, difference / Math.max(least, largest(values))];
    })
  );
}
