/** Where the values of named sites lie in the buffers of a plan, and how they are read and written there. */
import {extent, type Matrix} from "./regions.js";

/** Where a site's value lies: rows of pieces, heads side by side in rows, or as it is. */
export interface PlacedSite {
  value: Matrix;
  /** Shape of the site, `[batch, heads, seq, size]` if `byHead`. */
  shape: number[];
  byHead: boolean;
}

/** Whether a row of a placed site is laid out as the site is. */
export function isContiguous({value, byHead}: PlacedSite): boolean {
  return !byHead && value.stride === value.columns;
}

/** Calls with each number's index in the site and in its buffer. */
export function eachNumber(
  {value, shape, byHead}: PlacedSite,
  visit: (inSite: number, inBuffer: number) => void
): void {
  if (!byHead) {
    const size = extent(value).size;
    for (let i = 0; i < size; ++i) visit(i, value.offset + i);
    return;
  }
  const [batch, heads, sequence, size] = shape as [number, number, number, number];
  let i = 0;
  for (let b = 0; b < batch; ++b)
    for (let head = 0; head < heads; ++head)
      for (let s = 0; s < sequence; ++s) {
        const at = value.offset + (b * sequence + s) * value.stride + head * size;
        for (let d = 0; d < size; ++d) visit(i++, at + d);
      }
}

/** Numbers of a site into the buffer that it is a part of; `other` everywhere else. */
export function fillSite(
  target: Float32Array,
  place: PlacedSite,
  values: Float32Array,
  other: number
): void {
  if (isContiguous(place) && target.length === values.length) {
    target.set(values);
    return;
  }
  target.fill(other);
  eachNumber(place, (inSite, inBuffer) => (target[inBuffer] = values[inSite]!));
}

/** A site's numbers, in the site's shape. */
export function readSite(source: Float32Array, place: PlacedSite): Float32Array {
  if (isContiguous(place) && place.value.offset === 0) return source.slice();
  const values = new Float32Array(place.shape.reduce((a, b) => a * b, 1));
  eachNumber(place, (inSite, inBuffer) => (values[inSite] = source[inBuffer]!));
  return values;
}
