import type {GPGPUProgram, MathBackendWebGL} from "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import {inFour, packedWidth} from "./places.js";
import {isEmulated} from "./renderer.js";

/**
 * mulmat_packed_gpu.js: products of matrices, one or a batch, either turned, with a row added or not.
 * tfjs writes how many terms a sum has into the shader, which lets a card's driver unroll the loop; an
 * emulated one gains nothing by it.
 */
export function product(
  program: GPGPUProgram,
  inputs: tf.TensorInfo[],
  {gpgpu}: MathBackendWebGL
): string | null {
  const {variableNames: names, userCode, outputShape} = program;
  const terms = /i < (\d+); i\+\+/.exec(userCode)?.[1];
  const isPlain = ["matrixA,matrixB", "matrixA,matrixB,bias"].includes(names.join());
  if (!isPlain || !terms) return null;
  const isTurnedA = userCode.includes("getMatrixA(batchA, i * 2, rc.y)");
  const isTurnedB = userCode.includes("getMatrixB(batchB, rc.z, i * 2)");
  const bias = inputs[2] && inFour(inputs[2].shape);
  if (bias && !tf.util.arraysEqual(bias, [1, 1, 1, outputShape.at(-1)!])) return null;
  const side = (name: string, isTurned: boolean, across: string) => `
    int width${name} = ${packedWidth(`matrix${name}TexShape`)};
    int columns${name} = (matrix${name}Shape[3] + 1) / 2;
    int rows${name} = (matrix${name}Shape[2] + 1) / 2;
    int first${name} = imod(batch, matrix${name}Shape[1]) * rows${name} * columns${name}
      + ${across}${isTurned ? "" : ` * columns${name}`};
    ivec2 at${name} = texelPlace(first${name}, width${name});
    ivec2 step${name} = texelPlace(${isTurned ? `columns${name}` : "1"}, width${name});
  `;
  const texels = isTurnedA ? "rowsA" : "columnsA";
  const next = (name: string) => `
    at${name} += step${name};
    if (at${name}.x >= width${name}) at${name} += ivec2(-width${name}, 1);
  `;
  return `
    ${userCode.slice(0, userCode.indexOf("// Don't"))}
    void main() {
      int columns = (outShape[3] + 1) / 2;
      int rows = (outShape[2] + 1) / 2;
      int line = place() / columns;
      int column = place() - line * columns;
      int batch = line / rows;
      int row = line - batch * rows;
      ${side("A", isTurnedA, "row")}
      ${side("B", !isTurnedB, "column")}
      vec4 result = vec4(0.);
      for (int i = 0; i < ${isEmulated(gpgpu.gl) ? texels : terms}; i++) {
        vec4 a = texelFetch(matrixA, atA, 0)${isTurnedA ? ".xzyw" : ""};
        vec4 b = texelFetch(matrixB, atB, 0)${isTurnedB ? ".xzyw" : ""};
        result += a.xxzz * b.xyxy;
        result += a.yyww * b.zwzw;
        ${next("A")}
        ${next("B")}
      }
      ${bias ? `result += texelAt(bias, ${packedWidth("biasTexShape")}, column).xyxy;` : ""}
      ${userCode.includes("activation(result)") ? "result = activation(result);" : ""}
      setOutput(result);
    }
  `;
}
