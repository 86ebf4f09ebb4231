/**
 * Fewer shaders for webgl. tfjs writes the sizes of what it computes on into many of its shaders, so
 * that each size compiles one of its own: about half of the time of a first training step, and of
 * every step with a new length. Here such shaders take their sizes as arguments. What they compute,
 * and in which order, stays as it is in tfjs's files (`@tensorflow/tfjs-backend-webgl/dist/*_gpu.js`).
 */
import {MathBackendWebGL, type GPGPUProgram} from "@tensorflow/tfjs-backend-webgl";
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
    return run.call(this, program, inputs, dtype, shared(program, inputs, values), ...rest);
  };
}

/**
 * Rewrites a program whose shader is one of those that can be shared.
 *
 * @param values those of the program's own arguments
 * @returns the values of all its arguments
 */
function shared(program: GPGPUProgram, inputs: tf.TensorInfo[], values?: number[][]) {
  const ranks = [program.outputShape, ...inputs.map(({shape}) => shape)].map(({length}) => length);
  if (program.enableShapeUniforms || Math.max(...ranks) > largestRank) return values;
  const names = program.variableNames;
  const share = names[0] === "T0" ? joined : shares.get(names.join());
  const found = share?.(program.userCode, inputs);
  if (!found) return values;
  program.enableShapeUniforms = true;
  program.userCode = found.code;
  program.customUniforms = [
    ...(program.customUniforms ?? []),
    ...found.sizes.map(([name, type, {length}]) => ({
      name,
      type: type === "ivec" ? vectorType(length) : type,
      ...(type === "int" && length > 1 && {arrayIndex: length})
    }))
  ];
  return [...(values ?? []), ...found.sizes.map(([, , sizes]) => sizes)];
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
  const limit = inputs[0]!.shape[1]!;
  const isUneven = limit % window > 0;
  const scale = Number(/dot\(values \* ([\d.e+-]+), ones\)/.exec(code)?.[1] ?? 1);
  return {
    code: isMax ? reduction(maximum, isUneven) : reduction(sum, isUneven),
    sizes: [
      ["window", "int", [window]],
      ...(isUneven ? ([["limit", "int", [limit]]] as Argument[]) : []),
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

function reduction({nothing, first, take, last}: Reduction, isUneven: boolean): string {
  return `
    const float nothing = ${nothing};

    float getValue(int batch, int at) {
      ${isUneven ? "if (at >= limit) return nothing;" : ""}
      return getX(batch, at);
    }

    void main() {
      ivec2 coords = getOutputCoords();
      int batch = coords[0];
      int from = coords[1] * window;
      int rest = window % 4;
      ${first}
      for (int i = 0; i < window - rest; i += 4) {
        int at = from + i;
        vec4 values = vec4(
          getValue(batch, at), getValue(batch, at + 1),
          getValue(batch, at + 2), getValue(batch, at + 3));
        ${take}
      }
      if (rest > 0) {
        int at = from + window - rest;
        vec4 values = vec4(
          getValue(batch, at),
          rest > 1 ? getValue(batch, at + 1) : nothing,
          rest > 2 ? getValue(batch, at + 2) : nothing,
          nothing);
        ${take}
      }
      setOutput(${last});
    }
  `;
}
