/** Shaders that move numbers and leave them as they are. */
import type {GPGPUProgram} from "@tensorflow/tfjs-backend-webgl";
import {packedWidth} from "./places.js";

/** GLSL in place of a program that gives a tensor another layout, else null. */
export function moved(program: GPGPUProgram): string | null {
  return reshaped(program) ?? uploaded(program) ?? downloaded(program) ?? packed(program);
}

/**
 * GLSL: goes through the four numbers of a texel of the result and takes each from where it is in the
 * input.
 *
 * @param number GLSL of the number at `index` in the order of the tensor
 */
function gathered(number: string): string {
  return `
    void main() {
      int columns = (outShape[3] + 1) / 2;
      int rows = (outShape[2] + 1) / 2;
      int line = place() / columns;
      int column = 2 * (place() - line * columns);
      int batch = line / rows;
      int row = 2 * (line - batch * rows);
      vec4 result = vec4(0.);
      for (int i = 0; i < 4; i++) {
        int r = row + i / 2;
        int c = column + i - 2 * (i / 2);
        if (r >= outShape[2] || c >= outShape[3]) continue;
        int index = (batch * outShape[2] + r) * outShape[3] + c;
        ${number}
      }
      setOutput(result);
    }
  `;
}

/** reshape_packed_gpu.js */
function reshaped({customUniforms, packedInputs}: GPGPUProgram): string | null {
  if (!packedInputs || customUniforms?.[0]?.name !== "inputShape") return null;
  return gathered(numberOf("inputShape[1]", "inputShape[2]"));
}

/** GLSL: the number at `index` in the order of a packed input of so many rows and columns a matrix. */
function numberOf(rows: string, columns: string): string {
  return `
    int fromLine = index / ${columns};
    int fromColumn = index - fromLine * ${columns};
    int fromBatch = fromLine / ${rows};
    int fromRow = fromLine - fromBatch * ${rows};
    int from = (fromBatch * ((${rows} + 1) / 2) + fromRow / 2) * ((${columns} + 1) / 2);
    vec4 four = texelAt(A, ${packedWidth("ATexShape")}, from + fromColumn / 2);
    result[i] = four[2 * imod(fromRow, 2) + imod(fromColumn, 2)];
  `;
}

/** encode_matrix_packed_gpu.js; its `texShape` is in texels. */
function uploaded(program: GPGPUProgram): string | null {
  const {customUniforms, userCode, packedInputs, packedOutput, outPackingScheme} = program;
  if (packedInputs || !packedOutput || outPackingScheme !== undefined) return null;
  if (customUniforms?.[0]?.name !== "texShape") return null;
  if (!userCode.includes("outputColor = result;")) return null; // bytes
  return gathered(`
    result[i] = texelAt(A, texShape[1], index / 4)[imod(index, 4)];
  `);
}

/** pack_gpu.js: one number a texel becomes four. */
function packed({customUniforms, userCode, packedInputs, packedOutput}: GPGPUProgram) {
  if (packedInputs || !packedOutput || customUniforms) return null;
  if (!userCode.includes("setOutput(vec4(getA(")) return null;
  return gathered(`
    result[i] = texelAt(A, ATexShape[1], index + offsetA).r;
  `);
}

/** decode_matrix_packed_gpu.js, decode_matrix_gpu.js: the order of the tensor, four numbers a texel. */
function downloaded({outPackingScheme, packedInputs}: GPGPUProgram): string | null {
  if (outPackingScheme === undefined) return null;
  const number = packedInputs
    ? numberOf("outShape[2]", "outShape[3]")
    : "result[i] = texelAt(A, ATexShape[1], index + offsetA).r;";
  return `
    void main() {
      vec4 result = vec4(0.);
      for (int i = 0; i < 4; i++) {
        int index = 4 * place() + i;
        ${number}
      }
      setOutput(result);
    }
  `;
}
