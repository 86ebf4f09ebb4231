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

/** A shape as one of four dimensions. */
export function inFour(shape: number[]): number[] {
  return [...new Array<number>(4 - shape.length).fill(1), ...shape];
}
