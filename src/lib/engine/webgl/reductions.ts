import type {GPGPUProgram} from "@tensorflow/tfjs-backend-webgl";
import type * as tf from "@tensorflow/tfjs-core";

/** A shader of a reduction and its arguments. */
interface Reduction {
  code: string;
  uniforms: GPGPUProgram["customUniforms"];
  values: number[][];
}

/** How four numbers at a time are taken into a `result`. */
interface Taking {
  /** GLSL: value of what is not there. */
  nothing: string;
  /** GLSL that declares `result`. */
  first: string;
  /** GLSL that takes `values` into it. */
  take: string;
  last: string;
}

const sum: Taking = {
  nothing: "0.0",
  first: "float result = 0.0;",
  take: "result += dot(values * scale, vec4(1.0));",
  last: "result"
};

const maximum: Taking = {
  nothing: "-1.0 / 1e-20",
  first: "vec4 result = vec4(nothing);",
  take: "result = max(values, result); if (any(isnan(values))) result = vec4(NAN);",
  last: "max(max(max(result[0], result[1]), result[2]), result[3])"
};

/** reduce_gpu.js (sum, max) and mean_gpu.js: a window of each row becomes one number. */
export function reduced(program: GPGPUProgram, inputs: tf.TensorInfo[]): Reduction | null {
  const {variableNames, userCode, packedInputs} = program;
  const window = Number(/int inOffset = outIdx \* (\d+);/.exec(userCode)?.[1] ?? 0);
  const isMax = userCode.includes("setOutput(max(");
  if (packedInputs || variableNames.join() !== "x" || !window) return null;
  if (!isMax && !userCode.includes("setOutput(sumValue)")) return null;
  if (inputs[0]!.shape[1]! % window > 0) return null; // tfjs's windows divide the row
  const scale = Number(/dot\(values \* ([\d.e+-]+), ones\)/.exec(userCode)?.[1] ?? 1);
  return {
    code: reduction(isMax ? maximum : sum),
    uniforms: [
      {name: "window", type: "int"},
      {name: "scale", type: "float"}
    ],
    values: [[window], [scale]]
  };
}

/** Windows follow each other as their results do, so that no row need be known. */
function reduction({nothing, first, take, last}: Taking): string {
  const number = (i: number) => `texelAt(x, xTexShape[1], at + ${i}).r`;
  return `
    const float nothing = ${nothing};

    void main() {
      ${first}
      int from = place() * window + offsetx;
      for (int i = 0; i < window; i += 4) {
        int at = from + i;
        vec4 values = vec4(
          ${number(0)},
          i + 1 < window ? ${number(1)} : nothing,
          i + 2 < window ? ${number(2)} : nothing,
          i + 3 < window ? ${number(3)} : nothing);
        ${take}
      }
      setOutput(${last});
    }
  `;
}
