/** Arenas of models that are asked and not trained: which are kept, and how much they may take. */
import {sourceOf} from "../lazyParameters.js";
import type {Parameters} from "../params.js";
import type {WeightSource} from "./wasmInference.js";

/** Arenas are kept for the next question up to this, the last one used first. */
const mostKeptBytes = 768 * 2 ** 20;
/** A pass that needs more is left to the plain form. */
export const mostBytes = 3 * 2 ** 30;

export interface KeptArena {
  readonly bytes: number;
  dispose(): void;
}

/** Arenas by device and what they are for, in the order of their last use. */
const kept = new Map<string, KeptArena>();

/** Asks the arena that is known by a key; the oldest others are given back where they are too many. */
export function askKept<A extends KeptArena, T>(
  key: string,
  make: () => A,
  ask: (arena: A) => T
): T {
  const arena = (kept.get(key) as A | undefined) ?? make();
  kept.delete(key);
  kept.set(key, arena);
  const answer = ask(arena);
  dropOldest();
  return answer;
}

function dropOldest(): void {
  let bytes = 0;
  for (const arena of kept.values()) bytes += arena.bytes;
  for (const [key, arena] of kept) {
    if (bytes <= mostKeptBytes) return;
    bytes -= arena.bytes;
    arena.dispose();
    kept.delete(key);
  }
}

/** Gives back the arenas of all models. */
export function releaseForwardPlans(): void {
  for (const arena of kept.values()) arena.dispose();
  kept.clear();
}

/** Where a plan on WebAssembly has a model's weights from. */
export const wasmSource =
  (params: Parameters) =>
  (name: string): WeightSource => {
    const {version, numbers} = sourceOf(params, name);
    return {version, read: () => numbers ?? params.get(name)!.dataSync<"float32">()};
  };
