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
 * What a key of such a shader begins with. tfjs's own says how the inputs' shapes differ from the
 * result's and from their textures', which is nothing to shaders that go by texels.
 */
const mark = "// by texels";

/** The key of a shader without what is nothing to it. */
export function texelKey(key: string): string {
  const at = key.indexOf(mark);
  return at < 0 ? key : key.slice(at);
}

/**
 * What an input of one number a texel is said to be: tfjs gives a few numbers as arguments and not as
 * a texture.
 */
const manyNumbers = [1 << 24];

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
  const code = reduction?.code ?? (program.enableShapeUniforms ? codeOf() : null);
  if (code === null) return null;
  const seen = ({shape, ...info}: tf.TensorInfo) => {
    const isUnpacked = !packedInputs && backend.texData.get(info.dataId).isPacked;
    if (isUnpacked) return {...info, shape}; // tfjs does that first, by its shape
    return {...info, shape: packedInputs ? inFour(shape) : manyNumbers};
  };
  // an offset that is not given is the one of the call before
  const slices = inputs.map(({dataId}) => (backend.texData.get(dataId).slice ? "part" : "whole"));
  const width = packedOutput ? packedWidth("outTexShape") : "outTexShape[1]";
  return {
    program: {
      ...program,
      enableShapeUniforms: true,
      outputShape: packedOutput ? inFour(outputShape) : outputShape,
      userCode: `${mark}, of ${slices.join()}\n${placesIn(width)}${code}`,
      customUniforms: [...(program.customUniforms ?? []), ...(reduction?.uniforms ?? [])]
    },
    inputs: inputs.map(seen),
    values: reduction?.values ?? []
  };

  function codeOf(): string | null {
    return (
      moved(program) ?? elementwise(program, inputs, backend) ?? product(program, inputs, backend)
    );
  }
}
