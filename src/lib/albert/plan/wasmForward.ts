/** Runs forward passes and heads of one model on WebAssembly SIMD, and hands over what was asked of them. */
import type {AlbertConfig} from "../config.js";
import type {ComparedPieces} from "../forward.js";
import type {FlatInputs} from "../inputs.js";
import {
  fillEdits,
  fillInputs,
  lowerForward,
  requestKey,
  type ForwardPlan,
  type ForwardRequest
} from "./forwardPlan.js";
import {readSite} from "./placedSites.js";
import {smallestPlans} from "./placedWeights.js";
import {fillPieces, headKey, lowerAnyHead, type HeadPlan, type HeadRequest} from "./rowHead.js";
import {WasmInference, type Placed} from "./wasmInference.js";

/** What a pass gives: copies of its own. */
export interface ForwardResult {
  /** `[batch, seq, hidden]` */
  states: Float32Array;
  /** `[batch, hidden]`, or null without a pooler. */
  pooled: Float32Array | null;
  captured: Map<string, {shape: number[]; data: Float32Array}>;
}

/** A model that is asked: its passes, its heads. */
export class WasmForward extends WasmInference {
  /** @throws Error where WebAssembly has no SIMD */
  constructor(config: AlbertConfig) {
    super(config, smallestPlans(config));
  }

  /** The plan of a forward pass and its places in the arena. */
  planFor(request: ForwardRequest): Placed<ForwardPlan> {
    return this.placed(requestKey(request), () => lowerForward(this.config, request));
  }

  /** The plan of a head and its places in the arena. */
  headFor(request: HeadRequest): Placed<HeadPlan> {
    return this.placed(headKey(request), () => lowerAnyHead(this.config, request));
  }

  /** @throws RangeError where there is no memory for it */
  run(request: ForwardRequest, inputs: FlatInputs): ForwardResult {
    const ready = this.planFor(request);
    const {plan} = ready;
    const {floats, ints, run} = this.encode(ready);
    fillInputs(plan.inputs, inputs, floats, ints);
    fillEdits(plan, request, floats);
    run(0, plan.instructions.length);
    const captured: ForwardResult["captured"] = new Map();
    for (const [site, place] of plan.captured)
      captured.set(site, {shape: place.shape, data: readSite(floats(place.value.buffer), place)});
    return {
      states: floats(plan.states.buffer).slice(),
      pooled: plan.pooled && floats(plan.pooled.buffer).slice(),
      captured
    };
  }

  /**
   * Logits of rows of states.
   *
   * @param states `[rows, hidden]`
   * @param pieces of the rows, where the head compares them
   * @throws RangeError where there is no memory for it
   */
  runHead(request: HeadRequest, states: Float32Array, pieces?: ComparedPieces): Float32Array {
    const ready = this.headFor(request);
    const {plan} = ready;
    const {floats, ints, run} = this.encode(ready);
    floats(plan.states).set(states);
    fillPieces(plan, pieces, floats, ints);
    run(0, plan.instructions.length);
    return floats(plan.logits.buffer).slice();
  }
}
