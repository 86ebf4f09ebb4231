import * as tf from "@tensorflow/tfjs-core";
import type {Parameters} from "./params.js";
import type {ParameterData} from "./specs.js";

/**
 * Parameters that become tensors of the active backend when they are first asked for: a compiled plan
 * takes their numbers as they are, and what nobody asks for is never uploaded. Who walks over all of
 * them gets all.
 *
 * @param data does not change while it is used
 */
export class LazyParameters extends Map<string, tf.Tensor> {
  readonly #data: ParameterData;

  constructor(data: ParameterData) {
    super();
    this.#data = data;
  }

  /** The numbers that a parameter is made of. */
  numbers(name: string): Float32Array {
    return this.#data.get(name)!.data;
  }

  override get(name: string): tf.Tensor | undefined {
    const source = this.#data.get(name);
    if (!source || super.has(name)) return super.get(name);
    const made = tf.keep(tf.tensor(source.data.slice(), source.shape, "float32"));
    super.set(name, made);
    return made;
  }

  /** The tensor of a parameter that somebody asked for. */
  made(name: string): tf.Tensor | undefined {
    return super.get(name);
  }

  override has(name: string): boolean {
    return this.#data.has(name);
  }

  override get size(): number {
    return this.#data.size;
  }

  override keys(): MapIterator<string> {
    return this.#data.keys();
  }

  override *entries(): MapIterator<[string, tf.Tensor]> {
    for (const name of this.#data.keys()) yield [name, this.get(name)!];
  }

  override *values(): MapIterator<tf.Tensor> {
    for (const [, tensor] of this.entries()) yield tensor;
  }

  override [Symbol.iterator](): MapIterator<[string, tf.Tensor]> {
    return this.entries();
  }

  override forEach(
    visit: (tensor: tf.Tensor, name: string, all: Map<string, tf.Tensor>) => void
  ): void {
    for (const [name, tensor] of this.entries()) visit(tensor, name, this);
  }

  /** Frees the tensors that were made. */
  dispose(): void {
    for (const tensor of super.values()) tensor.dispose();
    super.clear();
  }
}

/** A parameter's tensor, where there is one already. */
export function tensorMade(params: Parameters, name: string): tf.Tensor | undefined {
  return params instanceof LazyParameters ? params.made(name) : params.get(name);
}

/**
 * What a parameter's numbers are known by, so that they need not be taken twice, and where they can be
 * had without asking a backend for them: null where only its tensor has them.
 */
export function sourceOf(
  params: Parameters,
  name: string
): {version: object; numbers: Float32Array | null} {
  if (!(params instanceof LazyParameters))
    return {version: params.get(name)!.dataId, numbers: null};
  const numbers = params.numbers(name);
  return {version: numbers, numbers};
}
