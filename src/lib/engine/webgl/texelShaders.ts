/**
 * Shaders that go by texels. A texel of tfjs's packed textures holds two rows by two columns of a
 * matrix, and its place among the others says which, however the texture is folded. tfjs's own shaders
 * go from the place to coordinates and back, in a way that depends on how many dimensions a tensor has
 * and on how it lies in its texture, so that one operation is many shaders. These are one for each
 * operation and each way of repeating an input along the result, and shorter, which makes them faster
 * to compile and to run. What is computed, and in which order, stays as it is in tfjs's files
 * (`@tensorflow/tfjs-backend-webgl/dist/*_gpu.js`).
 */
import type {GPGPUProgram, MathBackendWebGL} from "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import {elementwise} from "./elementwise.js";
import {moved} from "./moves.js";
import {inFour, packedWidth, placesIn} from "./places.js";
import {product} from "./products.js";
import {reduced} from "./reductions.js";

/** A program that takes the place of another, and what it is given. */
export interface TexelProgram {
  program: GPGPUProgram;
  inputs: tf.TensorInfo[];
  /** Arguments besides those of the program that it is in the place of. */
  values: number[][];
}

/**
 * tfjs makes a shader for each way in which an input's shape differs from the result's and from its
 * texture's. An input that is read by other means than its shape is said to have this one, or to begin
 * with its first two dimensions, which always differs in the same way.
 */
const someNumbers = [2, 2, 1 << 24];

/** @returns null for a program that tfjs's own shader stays for */
export function texelProgram(
  program: GPGPUProgram,
  inputs: tf.TensorInfo[],
  backend: MathBackendWebGL
): TexelProgram | null {
  const {outputShape, packedInputs = false, packedOutput = false} = program;
  const largestRank = Math.max(outputShape.length, ...inputs.map(({shape}) => shape.length));
  if (largestRank > 4 || outputShape.includes(0)) return null;
  if (tf.env().getNumber("WEBGL_VERSION") !== 2) return null;
  const reduction = reduced(program, inputs);
  const move = program.enableShapeUniforms ? moved(program) : null;
  const code =
    reduction?.code ??
    move ??
    (program.enableShapeUniforms
      ? (elementwise(program, inputs, backend) ?? product(program, inputs, backend))
      : null);
  if (code === null) return null;
  const seen = ({shape, ...info}: tf.TensorInfo) => {
    const isUnpacked = !packedInputs && backend.texData.get(info.dataId).isPacked;
    if (isUnpacked) return {...info, shape}; // tfjs does that first, by its shape
    if (!packedInputs) return {...info, shape: someNumbers};
    const four = inFour(shape);
    return {...info, shape: move ? [2, 2, ...four.slice(2)] : four};
  };
  const width = packedOutput ? packedWidth("outTexShape") : "outTexShape[1]";
  return {
    program: {
      ...program,
      enableShapeUniforms: true,
      outputShape: packedOutput ? inFour(outputShape) : outputShape,
      userCode: placesIn(width) + code,
      customUniforms: [...(program.customUniforms ?? []), ...(reduction?.uniforms ?? [])]
    },
    inputs: inputs.map(seen),
    values: reduction?.values ?? []
  };
}
