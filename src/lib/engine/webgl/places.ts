/**
 * GLSL that goes by texels, and what it needs. Sizes of textures are tfjs's: in numbers where a texture
 * is packed, in texels where it is not.
 */

/** How many texels a row of a packed texture has; `shape` is its GLSL size in numbers. */
export const packedWidth = (shape: string) => `((${shape}[1] + 1) / 2)`;

/** @param width texels of a row of the result */
export const placesIn = (width: string) => `
  int place() {
    return int(gl_FragCoord.y) * ${width} + int(gl_FragCoord.x);
  }
  ivec2 texelPlace(int at, int width) {
    int row = at / width;
    return ivec2(at - row * width, row);
  }
  vec4 texelAt(sampler2D texels, int width, int at) {
    return texelFetch(texels, texelPlace(at, width), 0);
  }
`;

/**
 * A shape as one of four dimensions, the first of which is 1: a batch of matrices. tfjs lays out what it
 * uploads and reshapes as such a batch, so that a texture is folded in one way wherever it comes from.
 */
export function inFour(shape: number[]): number[] {
  const [rows = 1, columns = 1] = shape.length > 1 ? shape.slice(-2) : [1, ...shape];
  return [1, shape.slice(0, -2).reduce((a, b) => a * b, 1), rows, columns];
}
