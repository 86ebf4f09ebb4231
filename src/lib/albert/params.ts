import * as tf from "@tensorflow/tfjs-core";
import type {ParameterData} from "./specs.js";

// What needs no tensor lives apart, so that a page can count parameters without loading tfjs.
export * from "./specs.js";

/** Parameters as tensors: name → tensor of the active backend. */
export type Parameters = Map<string, tf.Tensor>;

/** Parameters as tensors of the active backend; the caller disposes (`disposeParameters`). */
export function uploadParameters(data: ParameterData): Parameters {
  const params: Parameters = new Map();
  for (const [name, {shape, data: values}] of data)
    params.set(name, tf.keep(tf.tensor(values.slice(), shape, "float32")));
  return params;
}

/** Copies parameters back from the backend as they are now; the tensors stay, or may be freed. */
export async function downloadParameters(params: Parameters): Promise<ParameterData> {
  // Every read begins before anything is waited for.
  const reads = Array.from(params, async ([name, tensor]) => {
    const shape = tensor.shape.slice();
    return [name, {shape, data: (await tensor.data<"float32">()).slice()}] as const;
  });
  return new Map(await Promise.all(reads));
}

/** Frees every tensor and empties the map. */
export function disposeParameters(params: Parameters): void {
  for (const tensor of params.values()) tensor.dispose();
  params.clear();
}
