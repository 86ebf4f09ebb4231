/** Which kernel makes a product, and products side by side made by one dispatch. */
import type {Dispatch, Sharing} from "./kernel.js";
import {formOf, multiplyMatrices, type Factor, type Product} from "./product.js";
import type {Tiling} from "./tiledKernel.js";
import {multiplyInTiles, type Split} from "./tiledProduct.js";

/**
 * Small pieces of 32 × 32 and large ones of 64 × 64. Which is used when, and how far a sum is shared
 * out, was fitted to the times of 60 products of the benchmark's shapes on an NVIDIA H100, eight
 * tilings and up to sixteen parts each: all in all within a twentieth of the best for each.
 */
export const small: Tiling = {lanes: [8, 8], tile: [4, 1], depth: 32};
export const large: Tiling = {lanes: [16, 16], tile: [4, 1], depth: 16};
/** Workgroups that a card is given before a sum is not shared out further, and those that suffice. */
const wanted = {groups: 512, enough: 160};
/** The longest sum that one workgroup makes alone, the shortest part, and the most parts. */
const sums = {alone: 384, part: 64, most: 16};
/** Numbers that all parts of one product may take: 16 MiB. */
const mostScratch = 2 ** 22;

const groupsOf = (m: number, n: number, size: number) => Math.ceil(m / size) * Math.ceil(n / size);

/** How a product goes over the card. @param mayShare whether there is room for parts of its sums */
export function tilingOf(
  {m, n, k, grid = {outer: 1, inner: 1}}: Product,
  mayShare: boolean
): {tiling: Tiling; split: Split} {
  const count = grid.outer * grid.inner;
  const inLarge = count * groupsOf(m, n, 64);
  const isLarge =
    m >= 48 &&
    n >= 48 &&
    k >= 64 &&
    (inLarge >= 64 || (mayShare && inLarge * Math.floor(k / 64) >= 256));
  const tiling = isLarge ? large : small;
  const groups = count * groupsOf(m, n, isLarge ? 64 : 32);
  const parts =
    mayShare && groups < wanted.enough && k >= sums.alone
      ? Math.min(
          sums.most,
          Math.floor(k / sums.part),
          Math.ceil(wanted.groups / groups),
          Math.max(1, Math.floor(mostScratch / (count * m * n)))
        )
      : 1;
  const terms = Math.ceil(k / parts / tiling.depth) * tiling.depth;
  return {tiling, split: {parts: Math.ceil(k / terms), terms}};
}

/**
 * The product, as it is best made on a device.
 *
 * @param scratch first of the `productScratch` numbers for parts of sums; null for none, as a grid
 *   with `inner` products must have
 */
export function multiply(product: Product, sharing: Sharing, scratch: number | null): Dispatch[] {
  const form = formOf(product);
  if (sharing === "lanes" || form === "scalar") return [multiplyMatrices(product)];
  const {tiling, split} = tilingOf(product, scratch !== null);
  return multiplyInTiles(product, form, tiling, split, scratch ?? 0);
}

/** Numbers of scratch that a product needs. */
export function productScratch(product: Product): number {
  const {outer} = product.grid ?? {outer: 1};
  const {parts} = tilingOf(product, true).split;
  return parts > 1 ? outer * parts * product.m * product.n : 0;
}

/**
 * Products of equal sizes at equal distances as one grid, such as queries, keys and values; null
 * where they are not. That none needs another's result is the caller's to know.
 */
export function asGrid(products: readonly Product[]): Product | null {
  const [first, second] = products;
  if (!first || !second) return null;
  const places = ({a, b, c, bias}: Product) => [a.at, b.at, c.at, bias ?? 0];
  const distances = places(second).map((at, i) => at - places(first)[i]!);
  const isAlike = products.every(
    (product, nth) =>
      !product.grid &&
      (["m", "n", "k", "accumulate"] as const).every((name) => product[name] === first[name]) &&
      (["a", "b", "c"] as const).every((name) => hasSteps(product[name], first[name])) &&
      (product.bias == null) === (first.bias == null) &&
      places(product).every((at, i) => at === places(first)[i]! + nth * distances[i]!)
  );
  const [ofA, ofB, ofC, ofBias] = distances as [number, number, number, number];
  // Words are whole numbers from 0.
  if (!isAlike || distances.some((distance) => distance < 0) || ofC < first.n) return null;
  return {
    ...first,
    a: {...first.a, outer: ofA},
    b: {...first.b, outer: ofB},
    c: {...first.c, outer: ofC},
    biasOuter: ofBias,
    grid: {outer: products.length, inner: 1}
  };
}

const hasSteps = (one: Factor, other: Factor) =>
  one.rowStep === other.rowStep && one.columnStep === other.columnStep;
