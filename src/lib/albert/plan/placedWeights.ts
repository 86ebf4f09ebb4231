/** Where the weights of a model lie that is asked and not trained. */
import type {AlbertConfig} from "../config.js";
import {lowerForward} from "./forwardPlan.js";
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

/**
 * The weights that any request of a model needs, its head's included, one behind the other.
 *
 * @param from first byte
 * @returns the weights by the name of their buffer, and the first byte behind them
 */
export function placeWeights(
  config: AlbertConfig,
  from: number
): {weights: Map<string, PlacedWeight>; end: number} {
  const smallest: Lowered[] = [
    lowerForward(config, {batch: 1, sequence: 1, capture: [], edits: new Map()}),
    ...smallestHeads(config).map((request) => lowerAnyHead(config, request))
  ];
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
