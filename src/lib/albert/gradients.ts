import * as tf from "@tensorflow/tfjs-core";
import type {Parameters} from "./params.js";
import {release, whileRecording} from "./tensor.js";

/**
 * Gradient of a loss with respect to every parameter. A shared tensor has one gradient, the sum over
 * its uses, the tied decoder's included; a parameter that the loss does not depend on has zeros.
 *
 * @param lossFunction computes the loss from these very tensors
 * @returns name → gradient in the parameter's shape, in the order of `params`; the tensors belong to
 *   the enclosing `tf.tidy` or to the caller
 */
export function gradients(params: Parameters, lossFunction: () => tf.Scalar): Parameters {
  const {result, gradients} = lossAndGradients(params, () => ({loss: lossFunction()}));
  result.loss.dispose();
  return gradients;
}

/**
 * The same, with the loss and whatever else the function returns beside it (for example
 * `pretrainingLoss`), computed once.
 */
export function lossAndGradients<R extends {loss: tf.Scalar} & Record<keyof R, tf.Tensor | null>>(
  params: Parameters,
  lossFunction: () => R
): {result: R; gradients: Parameters} {
  const names = [...params.keys()];
  const sources = names.map((name) => params.get(name)!);
  let kept: Record<string, tf.Tensor | null> = {};
  const loss = () => {
    const result = lossFunction();
    kept = Object.fromEntries(
      Object.entries<tf.Tensor | null>(result).map(([key, tensor]) => [
        key,
        tensor && tf.keep(tf.clone(tensor))
      ])
    );
    return result.loss;
  };
  const {value, grads} = whileRecording(sources, () =>
    tf.engine().gradients(loss, sources, undefined, true)
  );
  value.dispose();
  const result = Object.fromEntries(
    Object.entries(kept).map(([key, tensor]) => [key, tensor && release(tensor)])
  ) as R;
  const found: Parameters = new Map();
  names.forEach((name, i) => {
    const gradient = grads[i] as tf.Tensor | undefined;
    found.set(name, gradient ?? tf.zeros(sources[i]!.shape));
  });
  return {result, gradients: found};
}
