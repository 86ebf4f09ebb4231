/** The parts of a model while gradients are recorded: each one operation, on a plan of both ways. */
import * as tf from "@tensorflow/tfjs-core";
import type {AlbertConfig} from "../config.js";
import type {ComparedPieces, Encoded} from "../forward.js";
import type {FlatInputs} from "../inputs.js";
import {interveneGradients, type Intervention} from "../interventions.js";
import {tensorMade} from "../lazyParameters.js";
import type {Parameters} from "../params.js";
import {hasPooler} from "../specs.js";
import {isDifferentiated, jointOperation} from "../tensor.js";
import {stretchesOf} from "./edits.js";
import {lowerForward, smallestRequest, type ForwardRequest} from "./forwardPlan.js";
import {askGradients, type DifferentiatedPass} from "./gradientArena.js";
import {parametersOf, type DifferentiatedPart} from "./gradientPlan.js";
import {lowerAnyHead, smallestHeads, type HeadRequest} from "./rowHead.js";

/**
 * The encoder as one recorded operation of the parameters and values of interventions that may be
 * differentiated by.
 *
 * @returns "constant" where there are none; null where there is not so much memory
 */
export function encodeRecorded(
  params: Parameters,
  given: FlatInputs,
  config: AlbertConfig,
  requestFor: (changes: ReadonlyMap<string, Intervention[]>) => ForwardRequest,
  changes: ReadonlyMap<string, Intervention[]>
): Encoded | "constant" | null {
  const asked = askedParameters(params, parametersOf(lowerForward(config, smallestRequest)));
  const askedValues = [...changes]
    .map(([site, list]) => ({
      site,
      list,
      values: list.flatMap((one) =>
        "value" in one && one.value instanceof tf.Tensor && isDifferentiated(one.value)
          ? [one.value]
          : []
      )
    }))
    .filter(({values}) => values.length > 0);
  if (asked.length + askedValues.length === 0) return "constant";
  const request = requestFor(changes);
  const stretches = askedValues.flatMap(({list, values}) =>
    stretchesOf(list).map((stretch) => ({stretch, values}))
  );
  const parameters = asked.map(({name}) => name);
  const sites = askedValues.map(({site}) => site);
  const tensors = asked.map(({tensor}) => tensor);
  const allValues = askedValues.flatMap(({values}) => values);
  const results = recordedOperation(config, "encoder", {
    inputs: [...tensors, ...allValues],
    held: [...tensors, ...allValues],
    passOf(held) {
      const others = new Map(allValues.map((value, i) => [value, held[tensors.length + i]!]));
      const isSame = allValues.every((value) => others.get(value) === value);
      const own = isSame ? request : requestFor(withValues(changes, others));
      return {
        part: "encoder",
        params: withTensors(params, parameters, held),
        request: {...own, parameters, sites},
        given
      };
    },
    gradientsOf: (derivatives) => [
      ...derivatives.slice(0, parameters.length),
      ...stretches.flatMap(({stretch, values}, i) =>
        interveneGradients(derivatives[parameters.length + i]!, stretch, (value) =>
          values.includes(value)
        )
      )
    ]
  });
  if (!results) return null;
  const [sequenceOutput, ...others] = results;
  const pooledOutput = hasPooler(config) ? others.shift() : undefined;
  return {
    sequenceOutput: sequenceOutput as tf.Tensor3D,
    ...(pooledOutput && {pooledOutput: pooledOutput as tf.Tensor2D}),
    captured: new Map(request.capture.map((site, i) => [site, others[i]!]))
  };
}

/**
 * A head as one recorded operation of the states and parameters that may be differentiated by.
 *
 * @returns "constant" where there are none, null where there is not so much memory
 */
export function headRecorded(
  params: Parameters,
  states: tf.Tensor2D,
  config: AlbertConfig,
  request: HeadRequest,
  pieces: ComparedPieces | undefined
): tf.Tensor2D | "constant" | null {
  const smallest = smallestHeads(config).find(({head}) => head === request.head) ?? request;
  const asked = askedParameters(params, parametersOf(lowerAnyHead(config, smallest)));
  const ofStates = isDifferentiated(states);
  if (asked.length === 0 && !ofStates) return "constant";
  const parameters = asked.map(({name}) => name);
  const tensors = asked.map(({tensor}) => tensor);
  const results = recordedOperation(config, "head", {
    inputs: ofStates ? [...tensors, states] : tensors,
    held: [states, ...tensors],
    passOf: ([heldStates, ...held]) => ({
      part: "head",
      params: withTensors(params, parameters, held),
      request: {...request, parameters, ofStates},
      states: heldStates!,
      pieces
    }),
    gradientsOf: (derivatives) => derivatives
  });
  return results && (results[0] as tf.Tensor2D);
}

/** Parameters that may be differentiated by, and their tensors. */
function askedParameters(
  params: Parameters,
  names: readonly string[]
): {name: string; tensor: tf.Tensor}[] {
  return names.flatMap((name) => {
    const tensor = tensorMade(params, name);
    return tensor && isDifferentiated(tensor) ? [{name, tensor}] : [];
  });
}

/** Parameters of which some may have other tensors. */
function withTensors(
  params: Parameters,
  names: readonly string[],
  tensors: readonly tf.Tensor[]
): Parameters {
  if (names.every((name, i) => params.get(name) === tensors[i])) return params;
  return new Map([...params, ...names.map((name, i) => [name, tensors[i]!] as const)]);
}

/** Interventions whose values are other tensors. */
const withValues = (
  changes: ReadonlyMap<string, Intervention[]>,
  others: ReadonlyMap<tf.Tensor, tf.Tensor>
): Map<string, Intervention[]> =>
  new Map(
    Array.from(changes, ([site, list]) => [
      site,
      list.map((one) =>
        "value" in one && one.value instanceof tf.Tensor
          ? {...one, value: others.get(one.value) ?? one.value}
          : one
      )
    ])
  );

interface Recorded {
  inputs: tf.Tensor[];
  /** Tensors that the pass needs again where the way back has to repeat it. */
  held: tf.Tensor[];
  passOf(held: tf.Tensor[]): DifferentiatedPass;
  /** Gradients of the inputs from the derivatives that the plan gives. */
  gradientsOf(derivatives: tf.Tensor[]): tf.Tensor[];
}

function recordedOperation(
  config: AlbertConfig,
  part: DifferentiatedPart,
  {inputs, held, passOf, gradientsOf}: Recorded
): tf.Tensor[] | null {
  const pass = passOf(held);
  if (!askGradients(config, part, (arena) => arena.fits(pass))) return null;
  let known: object = {};
  // What its owner keeps needs no copy.
  const fleeting = held.filter((tensor) => !tensor.kept);
  return jointOperation(
    inputs,
    (save) => {
      save(fleeting);
      const made = askGradients(config, part, (arena) => arena.forward(pass))!;
      known = made.known;
      return made.values;
    },
    (dys, saved) => {
      const still = held.map((tensor) => saved[fleeting.indexOf(tensor)] ?? tensor);
      const again = passOf(still);
      return gradientsOf(askGradients(config, part, (arena) => arena.backward(again, known, dys))!);
    }
  );
}
