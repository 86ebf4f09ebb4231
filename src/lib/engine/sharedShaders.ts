/**
 * Fewer shaders for webgl, and none in the place of another (`toldApart`). tfjs writes the sizes of
 * what it computes on into many of its shaders, so that each size compiles one of its own: about half
 * of the time of a first training step, and of every step with a new length. Here such shaders take
 * their sizes as arguments. What they compute, and in which order, stays as it is in tfjs's files
 * (`@tensorflow/tfjs-backend-webgl/dist/*_gpu.js`).
 */
import {MathBackendWebGL, webgl_util, type GPGPUProgram} from "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";

/** One argument of a shader: its type in GLSL, and its values. */
type Argument = [name: string, type: "int" | "float" | "ivec", values: number[]];

/** A shader's own code without sizes, and the sizes. */
interface Shared {
  code: string;
  sizes: Argument[];
}

/** Where it is not known that a shader's code may be shared, it gives null. */
type Share = (code: string, inputs: tf.TensorInfo[]) => Shared | null;

const numbers = (list: string) => list.split(",").map(Number);

/** Names of a shader's inputs, as tfjs gives them, and how shaders with them are shared. */
const shares = new Map<string, Share>([
  ["A", transposed],
  ["source", sliced],
  ["x", (code, inputs) => padded(code) ?? reduced(code, inputs)],
  ["indices", oneHot],
  ["x,indices", rowsByIndex]
]);

/** Largest rank whose shapes tfjs passes as arguments (its `useShapeUniforms`). */
const largestRank = 4;

let isInstalled = false;

/** Lets webgl's shaders take sizes as arguments. To be called before webgl is set up. */
export function shareShaders(): void {
  tf.env().set("WEBGL_USE_SHAPES_UNIFORMS", true);
  if (isInstalled) return;
  isInstalled = true;
  const backend = MathBackendWebGL.prototype;
  const run = backend.runWebGLProgram;
  backend.runWebGLProgram = function (program, inputs, dtype, values, ...rest) {
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
  const found = share?.(program.userCode, inputs);
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
  const layouts = inputs.map((input) => layoutOf(input, program.packedInputs ?? false, backend));
  if (layouts.every((layout) => layout === "")) return program;
  return {...program, userCode: `${program.userCode}\n// inputs lie ${layouts.join()}`};
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

/** reduce_gpu.js (sum, max) and mean_gpu.js: a window of each row becomes one number. */
function reduced(code: string, inputs: tf.TensorInfo[]): Shared | null {
  const window = Number(/int inOffset = outIdx \* (\d+);/.exec(code)?.[1] ?? 0);
  const isMax = code.includes("setOutput(max(");
  if (!window || !(isMax || code.includes("setOutput(sumValue)"))) return null;
  if (inputs[0]!.shape[1]! % window > 0) return null; // tfjs's windows divide the row
  const scale = Number(/dot\(values \* ([\d.e+-]+), ones\)/.exec(code)?.[1] ?? 1);
  return {
    code: reduction(isMax ? maximum : sum),
    sizes: [
      ["window", "int", [window]],
      ...(isMax ? [] : ([["scale", "float", [scale]]] as Argument[]))
    ]
  };
}

/** How four numbers at a time are taken into a `result`. */
interface Reduction {
  /** Value of what is not there. */
  nothing: string;
  /** GLSL that declares `result`. */
  first: string;
  /** GLSL that takes `values` into it. */
  take: string;
  last: string;
}

const sum: Reduction = {
  nothing: "0.0",
  first: "float result = 0.0;",
  take: "result += dot(values * scale, vec4(1.0));",
  last: "result"
};

const maximum: Reduction = {
  nothing: "-1.0 / 1e-20",
  first: "vec4 result = vec4(nothing);",
  take: "result = max(values, result); if (any(isnan(values))) result = vec4(NAN);",
  last: "max(max(max(result[0], result[1]), result[2]), result[3])"
};

function reduction({nothing, first, take, last}: Reduction): string {
  return `
    const float nothing = ${nothing};

    void main() {
      ivec2 coords = getOutputCoords();
      int batch = coords[0];
      int from = coords[1] * window;
      int rest = window % 4;
      ${first}
      for (int i = 0; i < window - rest; i += 4) {
        int at = from + i;
        vec4 values = vec4(
          getX(batch, at), getX(batch, at + 1),
          getX(batch, at + 2), getX(batch, at + 3));
        ${take}
      }
      if (rest > 0) {
        int at = from + window - rest;
        vec4 values = vec4(
          getX(batch, at),
          rest > 1 ? getX(batch, at + 1) : nothing,
          rest > 2 ? getX(batch, at + 2) : nothing,
          nothing);
        ${take}
      }
      setOutput(${last});
    }
  `;
}
