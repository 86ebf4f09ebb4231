/** What a forward pass that is looked into needs besides: heads apart and together. */
import {isContiguous, type PlacedSite} from "../placedSites.js";
import type {PlanBuffer} from "../regions.js";
import type {Places} from "./dispatches.js";
import {extra} from "./extra.js";
import {elementGrid, elementIndex, makeKernel, type Dispatch} from "./kernel.js";

const headsKernel = makeKernel({
  name: "heads apart",
  integers: ["x0", "stride", "out", "sequence", "heads", "size", "n"],
  body: `${elementIndex}
  let d = i % size;
  let s = (i / size) % sequence;
  let head = (i / (size * sequence)) % heads;
  let b = i / (size * sequence * heads);
  a[out + i] = a[x0 + (b * sequence + s) * stride + head * size + d];`
});

/**
 * Rows of pieces with their heads side by side, `stride` numbers from row to row, to
 * `[batch, heads, seq, size]`.
 */
function takeHeads(
  x: {at: number; stride: number},
  out: number,
  [batch, heads, sequence, size]: readonly [number, number, number, number]
): Dispatch {
  const n = batch * heads * sequence * size;
  return {
    kernel: headsKernel,
    words: {x0: x.at, stride: x.stride, out, sequence, heads, size, n},
    groups: elementGrid(n)
  };
}

const joinKernel = makeKernel({
  name: "heads side by side",
  integers: ["x0", "out", "first", "stride", "sequence", "heads", "size", "n"],
  body: `${elementIndex}
  let c = i % stride;
  let row = i / stride;
  if (c < first || c >= first + heads * size) {
    a[out + i] = 0.0;
    return;
  }
  let head = (c - first) / size;
  let at = (row / sequence * heads + head) * sequence + row % sequence;
  a[out + i] = a[x0 + at * size + (c - first) % size];`
});

/**
 * A site of shape `[batch, heads, seq, size]` to rows of pieces with its heads side by side from column
 * `first`, 0 in the others; sets all of the buffer.
 */
function putHeads(x: number, out: number, {value, shape}: PlacedSite): Dispatch {
  const [, heads, sequence, size] = shape as [number, number, number, number];
  const n = value.buffer.size;
  const {offset: first, stride} = value;
  return {
    kernel: joinKernel,
    words: {x0: x, out, first, stride, sequence: sequence!, heads: heads!, size: size!, n},
    groups: elementGrid(n)
  };
}

/** A place whose numbers are taken or put in the site's own shape, and where they stand in it. */
export interface OwnShape {
  place: PlacedSite;
  /** The place's buffer where it is laid out so, else one of its own. */
  buffer: PlanBuffer;
}

/** Each place with a buffer in its own shape. */
export const inOwnShape = (places: readonly PlacedSite[]): OwnShape[] =>
  places.map((place) => {
    const {value, shape} = place;
    const size = shape.reduce((a, b) => a * b, 1);
    const name = `${value.buffer.name} by head`;
    return {place, buffer: isContiguous(place) ? value.buffer : extra(name, size, "output")};
  });

const apart = ({place, buffer}: OwnShape) => buffer !== place.value.buffer;

/** Buffers besides those of the places. */
export const ownBuffers = (all: readonly OwnShape[]): PlanBuffer[] =>
  all.filter(apart).map(({buffer}) => buffer);

/** Takes what stands apart out of its place. */
export const takeOut = (all: readonly OwnShape[], of: Places["of"]): Dispatch[] =>
  all.filter(apart).map(({place, buffer}) => {
    const {buffer: from, offset, stride} = place.value;
    const sizes = place.shape as [number, number, number, number];
    return takeHeads({at: of(from) + offset, stride}, of(buffer), sizes);
  });

/** Puts what stands apart into its place. */
export const putIn = (all: readonly OwnShape[], of: Places["of"]): Dispatch[] =>
  all.filter(apart).map(({place, buffer}) => putHeads(of(buffer), of(place.value.buffer), place));

/** First of the numbers in their own shape, in the arena. */
export const ownPlace = (one: OwnShape, of: Places["of"]): number =>
  of(one.buffer) + (apart(one) ? 0 : one.place.value.offset);
