/** Passes that are differentiated, on WebAssembly SIMD. */
import type {EncoderGradientPlan, HeadGradientPlan, TwoWayPlan} from "./gradientPlan.js";
import type {GradientRequest} from "./gradientBuilder.js";
import {
  gradientKey,
  headGradientKey,
  lowerGradients,
  lowerHeadGradients,
  type HeadGradientRequest
} from "./gradientPlan.js";
import {fillSite, readSite} from "./placedSites.js";
import {WasmInference, type Encoded, type Placed, type WeightSource} from "./wasmInference.js";

/** A pass of a plan: its weights, and what puts its inputs in. */
export interface WasmPass<P extends TwoWayPlan = TwoWayPlan> {
  ready: Placed<P>;
  source: (name: string) => WeightSource;
  fill(encoded: Encoded): void;
}

/**
 * An arena in which what a pass leaves stands until another runs: the way back goes on from there, or from a
 * pass that is repeated where another came between.
 */
export class WasmGradients extends WasmInference {
  #last: object | null = null;

  /** The plan of both ways through the encoder and its places in the arena. */
  planFor(request: GradientRequest): Placed<EncoderGradientPlan> {
    return this.placed(gradientKey(request), () => lowerGradients(this.config, request));
  }

  /** The plan of both ways through a head and its places in the arena. */
  headFor(request: HeadGradientRequest): Placed<HeadGradientPlan> {
    return this.placed(headGradientKey(request), () => lowerHeadGradients(this.config, request));
  }

  /**
   * What the pass gives, copies in the order of the plan's outputs, and by what it is known on the way back.
   *
   * @throws RangeError where there is no memory for it
   */
  forward(pass: WasmPass): {values: Float32Array[]; known: object} {
    const {plan} = pass.ready;
    const {floats} = this.#forward(pass);
    this.#last = {};
    return {
      values: plan.outputs.map((place) => readSite(floats(place.value.buffer), place)),
      known: this.#last
    };
  }

  /** Derivatives in the order of the plan, from those by its outputs, each in its own shape. */
  backward(pass: WasmPass, known: object, cotangents: readonly Float32Array[]): Float32Array[] {
    const {plan} = pass.ready;
    const {floats, run} = this.#last === known ? this.encode(pass.ready) : this.#forward(pass);
    this.#last = null;
    plan.cotangents.forEach((place, i) =>
      fillSite(floats(place.value.buffer), place, cotangents[i]!, 0)
    );
    run(plan.backward, plan.instructions.length);
    return plan.derivatives.map((place) => readSite(floats(place.value.buffer), place));
  }

  #forward({ready, source, fill}: WasmPass): Encoded {
    this.#last = null;
    this.load(ready, source);
    const encoded = this.encode(ready);
    fill(encoded);
    encoded.run(0, ready.plan.backward);
    return encoded;
  }
}
