/**
 * Fewer shaders for webgl, and none in the place of another (`toldApart`). tfjs writes the sizes of
 * what it computes on into many of its shaders, so that each size compiles one of its own: about half
 * of the time of a first training step, and of every step with a new length. Here such shaders take
 * their sizes as arguments. What they compute, and in which order, stays as it is in tfjs's files
 * (`@tensorflow/tfjs-backend-webgl/dist/*_gpu.js`).
 */
import {MathBackendWebGL, webgl_util, type GPGPUProgram} from "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import {texelKey, texelProgram} from "./texelShaders.js";

/** One argument of a shader: its type in GLSL, and its values. */
type Argument = [name: string, type: "int" | "ivec", values: number[]];

/** A shader's own code without sizes, and the sizes. */
interface Shared {
  code: string;
  sizes: Argument[];
}

/** Where it is not known that a shader's code may be shared, it gives null. */
type Share = (code: string) => Shared | null;

const numbers = (list: string) => list.split(",").map(Number);

/** Names of a shader's inputs, as tfjs gives them, and how shaders with them are shared. */
const shares = new Map<string, Share>([
  ["A", transposed],
  ["source", sliced],
  ["x", padded],
  ["indices", oneHot],
  ["x,indices", rowsByIndex]
]);

/** Largest rank whose shapes tfjs passes as arguments (its `useShapeUniforms`). */
const largestRank = 4;

/** What of the backend is not in its types: a compiled shader by its key. */
interface KeptShaders {
  getAndSaveBinary(key: string, compile: () => unknown): unknown;
}

let isInstalled = false;

/** Lets webgl's shaders take sizes as arguments. To be called before webgl is set up. */
export function shareShaders(): void {
  tf.env().set("WEBGL_USE_SHAPES_UNIFORMS", true);
  if (isInstalled) return;
  isInstalled = true;
  const backend = MathBackendWebGL.prototype;
  const run = backend.runWebGLProgram;
  const kept = backend as unknown as KeptShaders;
  const keep = kept.getAndSaveBinary;
  kept.getAndSaveBinary = function (key, compile) {
    return keep.call(this, texelKey(key), compile);
  };
  backend.runWebGLProgram = function (program, inputs, dtype, values, ...rest) {
    const texels = texelProgram(program, inputs, this);
    if (texels) {
      const all = [...(values ?? []), ...texels.values];
      const result = run.call(this, texels.program, texels.inputs, dtype, all, ...rest);
      return {...result, shape: program.outputShape};
    }
    const shared = sharedProgram(program, inputs);
    const own = toldApart(shared?.program ?? program, inputs, this);
    const all = shared ? [...(values ?? []), ...shared.sizes] : values;
    return run.call(this, own, inputs, dtype, all, ...rest);
  };
}

/** A program in place of one whose shader can be shared, and the values of the arguments it adds. */
function sharedProgram(program: GPGPUProgram, inputs: tf.TensorInfo[]) {
  const ranks = [program.outputShape, ...inputs.map(({shape}) => shape)].map(({length}) => length);
  if (program.enableShapeUniforms || Math.max(...ranks) > largestRank) return null;
  const names = program.variableNames;
  const share = names[0] === "T0" ? joined : shares.get(names.join());
  const found = share?.(program.userCode);
  if (!found) return null;
  const added = found.sizes.map(([name, type, {length}]) => ({
    name,
    type: type === "ivec" ? vectorType(length) : type,
    ...(type === "int" && length > 1 && {arrayIndex: length})
  }));
  const shared: GPGPUProgram = {
    ...program,
    enableShapeUniforms: true,
    userCode: found.code,
    customUniforms: [...(program.customUniforms ?? []), ...added]
  };
  return {program: shared, sizes: found.sizes.map(([, , sizes]) => sizes)};
}

/**
 * A program whose code says how its inputs lie in their textures, where tfjs's own key of a shader
 * does not: an input that is a matrix but for dimensions of 1 is read by row and column where its
 * texture has that shape, else by a running index, and tfjs gives both shaders the same key. Without
 * this a product with 30,000 rows reads wrong numbers after one with a few.
 */
function toldApart(program: GPGPUProgram, inputs: tf.TensorInfo[], backend: MathBackendWebGL) {
  if (!program.enableShapeUniforms) return program;
  const layouts = [
    ...inputs.map((input) => layoutOf(input, program.packedInputs ?? false, backend)),
    resultLayout(program)
  ];
  if (layouts.every((layout) => layout === "")) return program;
  return {...program, userCode: `${program.userCode}\n// inputs and result lie ${layouts.join()}`};
}

/** Empty for an input that tfjs tells apart itself. */
function layoutOf({shape, dataId}: tf.TensorInfo, isPacked: boolean, backend: MathBackendWebGL) {
  if (shape.length < 3) return "";
  const matrix = isPacked
    ? shape.length === 3 && shape[0] === 1
      ? shape.slice(1).map(tf.util.nearestLargerEven)
      : []
    : tf.util.squeezeShape(shape).newShape;
  if (matrix.length !== 2) return "";
  const data = backend.texData.get(dataId);
  const isThere =
    data.texture != null &&
    !!data.isPacked === isPacked &&
    (!isPacked || webgl_util.isReshapeFree(data.shape, shape));
  const texture = isThere
    ? data.texShape!
    : webgl_util.getTextureShapeFromLogicalShape(shape, isPacked);
  return tf.util.arraysEqual(matrix, texture) ? "plain" : "wrapped";
}

/** The same for a matrix of one number a texel that is made of packed ones: tfjs's key says nothing of it. */
function resultLayout({outputShape, packedInputs, packedOutput}: GPGPUProgram) {
  if (!packedInputs || packedOutput || outputShape.length !== 2) return "";
  const texture = webgl_util.getTextureShapeFromLogicalShape(outputShape);
  if (tf.util.arraysEqual(outputShape, texture)) return "";
  return outputShape[1] === 1 ? "column" : outputShape[0] === 1 ? "row" : "folded";
}

function vectorType(length: number) {
  return length === 1 ? "int" : (`ivec${length}` as "ivec2" | "ivec3" | "ivec4");
}

/** Bounds of a coordinate of the result, `coords.y < 16`, by its shape. */
function withinResult(code: string): string {
  return code.replace(/\b(rc|coords)(?:\.([xyzw]))? < \d+/g, (_, name: string, axis?: string) =>
    axis ? `${name}.${axis} < outShape[${"xyzw".indexOf(axis)}]` : `${name} < outShape`
  );
}

/** transpose_gpu.js, transpose_packed_gpu.js */
function transposed(code: string): Shared | null {
  const isTranspose = code.includes("resRC") || /result\[3\] = getChannel\(getA\(/.test(code);
  return isTranspose ? {code: withinResult(code), sizes: []} : null;
}

/** slice_packed_gpu.js; slice_gpu.js keeps no sizes but is used without packing only */
function sliced(code: string): Shared | null {
  return code.includes("getChannel(getSource(") ? {code: withinResult(code), sizes: []} : null;
}

/** pad_gpu.js, pad_packed_gpu.js */
function padded(code: string): Shared | null {
  const sizes: Argument[] = [];
  const declaration = /(?:const )?i(?:nt|vec[234]) (start|end) = (?:\w+\()?([\d,]+)\)?;/g;
  const rest = code.replace(declaration, (_, name: string, list: string) => {
    sizes.push([name, "ivec", numbers(list)]);
    return "";
  });
  return sizes.length === 2 ? {code: withinResult(rest), sizes} : null;
}

/** onehot_gpu.js */
function oneHot(code: string): Shared | null {
  return code.includes("float(index == coords.y)") ? {code, sizes: []} : null;
}

/** gather_nd_gpu.js, by one index */
function rowsByIndex(code: string): Shared | null {
  const limits = [...code.matchAll(/index >= (\d+);/g)];
  const strides = [...code.matchAll(/index \* (\d+);/g)];
  if (limits.length !== 1 || strides.length !== 1) return null;
  return {
    code: code.replace(limits[0]![0], "index >= limit;").replace(strides[0]![0], "index * stride;"),
    sizes: [
      ["limit", "int", [Number(limits[0]![1])]],
      ["stride", "int", [Number(strides[0]![1])]]
    ]
  };
}

/** concat_gpu.js */
function joined(code: string): Shared | null {
  const ends: number[] = [];
  const first = code.replace(/yC < (\d+)/g, (_, end: string) => {
    ends.push(Number(end));
    return `yC < ends[${ends.length - 1}]`;
  });
  if (ends.length === 0) return null;
  let at = 0;
  const rest = first.replace(/yC-\d+/g, () => `yC-ends[${at++}]`);
  // an array of one is no array in GLSL's eyes
  return {
    code: ends.length > 1 ? rest : rest.replaceAll("ends[0]", "ends"),
    sizes: [["ends", "int", ends]]
  };
}
