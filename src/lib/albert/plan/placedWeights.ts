/** Where the weights of a model lie that is asked and not trained. */
import type {AlbertConfig} from "../config.js";
import {lowerForward, smallestRequest} from "./forwardPlan.js";
import type {Lowered} from "./inferenceBuilder.js";
import {bufferBytes} from "./layout.js";
import {lowerAnyHead, smallestHeads} from "./rowHead.js";

/** Where a weight lies in the arena of a model that answers. */
export interface PlacedWeight {
  /** Name of the parameter that it is. */
  parameter: string;
  /** First byte. */
  at: number;
  size: number;
  /** Its rows and columns before it is turned, or null where it lies as it is. */
  turned: {rows: number; columns: number} | null;
}

/** The smallest plans of a model that is asked, its heads' included. */
export const smallestPlans = (config: AlbertConfig): Lowered[] => [
  lowerForward(config, smallestRequest),
  ...smallestHeads(config).map((request) => lowerAnyHead(config, request))
];

/**
 * The weights that plans need, one behind the other.
 *
 * @param smallest plans that read every weight
 * @param from first byte
 * @returns the weights by the name of their buffer, and the first byte behind them
 */
export function placeWeights(
  smallest: readonly Lowered[],
  from: number
): {weights: Map<string, PlacedWeight>; end: number} {
  const weights = new Map<string, PlacedWeight>();
  let end = from;
  for (const {buffers, turned: allTurned} of smallest)
    for (const buffer of buffers) {
      if (buffer.kind !== "parameter" || weights.has(buffer.name)) continue;
      const turned = allTurned.get(buffer) ?? null;
      const parameter = turned?.name ?? buffer.name;
      weights.set(buffer.name, {parameter, at: end, size: buffer.size, turned});
      end += bufferBytes(buffer);
    }
  return {weights, end};
}
