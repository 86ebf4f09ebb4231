/** The state of a run as one file, whatever it trains: parameters, optimizer, step, recipe, versions. */
import {readState, writeState, type TrainingState} from "../albert/checkpoint/state.js";
import type {Stepper} from "../albert/stepper.js";
import {InputError} from "../errors.js";
import {canonicalJson} from "../recipe/hash.js";

/** A state that is whole, but of another recipe or another text: an older one would not fit either. */
export class OtherRunError extends InputError {}

/** Refuses what was read after the device was lost: it may be zeros. */
export function refuseLost(isDeviceLost: () => boolean, step: number): void {
  if (isDeviceLost()) throw new Error(`the device was lost in step ${step}`);
}

/** A run at a moment, between two of its steps. */
interface RunMoment {
  step: number;
  stepper: Pick<Stepper, "parameters" | "optimizerData">;
  recipe: unknown;
  versions: Record<string, string>;
  /** Digest of what it trains on. */
  data: string;
}

/**
 * Parameters, optimizer and step as one file.
 *
 * @throws InputError when a weight is not finite: such a run has nothing to go on from
 */
export async function writeRunState({stepper, data, ...rest}: RunMoment): Promise<Uint8Array> {
  const parameters = await stepper.parameters();
  const optimizer = await stepper.optimizerData();
  for (const [name, {data: values}] of parameters)
    if (!values.every(Number.isFinite))
      throw new InputError(`${name} is not finite after step ${rest.step}`);
  return writeState({...rest, parameters, optimizer, extra: {data}});
}

/** What a state must be of to go on with it. */
interface Expected {
  recipe: unknown;
  /** What messages call the recipe. */
  name: string;
  /**
   * Digest of what the run trains on, and how messages call what a state of another digest had. A state with
   * null in its place is of a version that noted none.
   */
  data: string;
  other: string;
}

/**
 * The state that {@link writeRunState} wrote.
 *
 * @param file named in the errors
 * @throws OtherRunError when it belongs to another recipe or text, InputError when it is damaged
 */
export async function readRunState(
  bytes: Uint8Array,
  file: string,
  {recipe, name, data, other}: Expected
): Promise<TrainingState> {
  const state = await readState(bytes, file);
  if (canonicalJson(state.recipe) !== canonicalJson(recipe))
    throw new OtherRunError(`${file}: belongs to another recipe than ${name}`);
  const noted = (state.extra as {data?: unknown} | null)?.data;
  if (noted !== null && noted !== data) throw new OtherRunError(`${file}: was trained on ${other}`);
  return state;
}
