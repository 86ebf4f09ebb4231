import {webgl_util, type GPGPUProgram, type MathBackendWebGL} from "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import {inFour, packedWidth} from "./places.js";

/** How an input is read: where the result is, there wherever its texture is folded, or repeated. */
type Reading = "here" | "in order" | "one for all" | "row for all" | "column for all";

/** binaryop_packed_gpu.js, unaryop_packed_gpu.js */
export function elementwise(
  {variableNames: names, outputShape, userCode, packedInputs, packedOutput}: GPGPUProgram,
  inputs: tf.TensorInfo[],
  backend: MathBackendWebGL
): string | null {
  if (!packedInputs || !packedOutput) return null;
  const start = userCode.indexOf("void main()");
  const main = userCode.slice(start);
  const operation = /= (unaryOperation\(x\)|binaryOperation\(a, b\));/.exec(main)?.[1];
  // numbers beyond the end of a list may be what no operation of one number should be given
  if (!operation || (names.length === 1 && outputShape.length < 2)) return null;
  const readings = inputs.map((input) => readingOf(input, inFour(outputShape), backend));
  if (readings.includes(null)) return null;
  const variables = names.length === 1 ? ["x"] : ["a", "b"];
  const isBounded = /result\.y = /.test(main);
  return `
    ${userCode.slice(0, start)}
    void main() {
      ${variables.map((name, i) => `vec4 ${name} = ${read(names[i]!, readings[i]!)};`).join("\n")}
      vec4 result = ${operation};
      ${isBounded ? nothingBeyond : nothingBelow}
      setOutput(result);
    }
  `;
}

/** A list has no second row, and may become a matrix that is multiplied. */
const nothingBelow = "if (outShape[2] == 1) result.zw = vec2(0.);";

/** Numbers of a texel that are beyond the last row or column are zero. */
const nothingBeyond = `
  int columns = (outShape[3] + 1) / 2;
  int line = place() / columns;
  if (2 * (place() - line * columns) + 1 == outShape[3]) result.yw = vec2(0.);
  if (2 * imod(line, (outShape[2] + 1) / 2) + 1 == outShape[2]) result.zw = vec2(0.);
`;

/** @param result the result's shape, in four dimensions */
function readingOf(
  {shape, dataId}: tf.TensorInfo,
  result: number[],
  backend: MathBackendWebGL
): Reading | null {
  const own = inFour(shape);
  if (tf.util.arraysEqual(own, result)) {
    const {texture, isPacked, texShape, shape: stored} = backend.texData.get(dataId);
    const stays = texture != null && isPacked && webgl_util.isReshapeFree(stored, own);
    const here = webgl_util.getTextureShapeFromLogicalShape(result, true);
    return !stays || tf.util.arraysEqual(texShape!, here) ? "here" : "in order";
  }
  if (tf.util.sizeFromShape(own) === 1) return "one for all";
  if (tf.util.arraysEqual(own, [1, 1, 1, result[3]!])) return "row for all";
  return tf.util.arraysEqual(own, [...result.slice(0, 3), 1]) ? "column for all" : null;
}

/** GLSL: four numbers of an input. */
function read(name: string, reading: Reading): string {
  const width = packedWidth(`${name}TexShape`);
  const at = (place: string) => `texelAt(${name}, ${width}, ${place})`;
  const columns = "((outShape[3] + 1) / 2)";
  switch (reading) {
    case "here":
      return `texelFetch(${name}, ivec2(gl_FragCoord.xy), 0)`;
    case "in order":
      return at("place()");
    case "one for all":
      return `vec4(texelFetch(${name}, ivec2(0), 0).x)`;
    case "row for all":
      return `${at(`imod(place(), ${columns})`)}.xyxy`;
    case "column for all":
      return `${at(`place() / ${columns}`)}.xxzz`;
  }
}
