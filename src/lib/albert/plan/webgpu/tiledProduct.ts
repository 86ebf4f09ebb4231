/** Matrix products in tiles for graphics cards: a long sum is shared out among workgroups. */
import {elementGrid, elementIndex, makeKernel, type Dispatch, type Kernel} from "./kernel.js";
import {epilogueOf, type Epilogue, type Product, type VectorForm} from "./product.js";
import {piece, tiledKernel, type Tiling} from "./tiledKernel.js";

/** How many workgroups share a sum, and the terms of each. */
export interface Split {
  parts: number;
  /** A multiple of `depth`. */
  terms: number;
}

const addPartsKernel = (epilogue: Epilogue) =>
  makeKernel({
    name: `parts of a product, ${epilogue}`,
    isVector: true,
    integers: ["parts", "count", "size", "out", "c0", "bias", "d0", "width", "lc", "n"],
    body: `${elementIndex}
  let item = i / size;
  let cell = i % size;
  let begin = parts + item * count * size + cell;
  var sum = a[begin];
  for (var p = 1u; p < count; p++) { sum += a[begin + p * size]; }
  let at = out + item * c0 + cell / width * lc + cell % width;
  a[at] = ${
    {
      set: "sum",
      accumulate: "a[at] + sum",
      bias: "sum + a[bias + item * d0 + cell % width]"
    }[epilogue]
  };`
  });
const addPartsKernels: Record<Epilogue, Kernel> = {
  set: addPartsKernel("set"),
  accumulate: addPartsKernel("accumulate"),
  bias: addPartsKernel("bias")
};

/**
 * The product in tiles.
 *
 * @param split with more than one part only where the grid has no `inner` products
 * @param scratch first number of the room for the parts, a multiple of four
 */
export function multiplyInTiles(
  product: Product,
  form: VectorForm,
  tiling: Tiling,
  {parts, terms}: Split,
  scratch: number
): Dispatch[] {
  const {a, b, c, m, n, k, bias = null, biasOuter = 0} = product;
  const {outer, inner} = product.grid ?? {outer: 1, inner: 1};
  const {rows, vectors} = piece(tiling);
  const isSplit = parts > 1;
  const epilogue = epilogueOf(product);
  const vector = (numbers = 0) => numbers / 4;
  const step = ({rowStep, columnStep}: Product["a"]) => vector(Math.max(rowStep, columnStep));
  const unit = form === "columnsA" ? 1 : 4;
  const width = vector(n);
  const words = {
    pa: vector(a.at),
    pb: vector(b.at),
    pc: vector(isSplit ? scratch : c.at),
    pd: vector(bias ?? 0),
    ra: step(a),
    rb: step(b),
    lc: isSplit ? width : vector(c.rowStep),
    m,
    n: width,
    k: k / unit,
    inner,
    a0: vector(a.outer),
    a1: vector(a.inner),
    b0: vector(b.outer),
    b1: vector(b.inner),
    c0: vector(c.outer),
    c1: vector(c.inner),
    d0: vector(biasOuter),
    parts,
    terms: terms / unit
  };
  const dispatch: Dispatch = {
    kernel: tiledKernel(form, isSplit ? "part" : epilogue, tiling),
    words,
    groups: [Math.ceil(width / vectors), Math.ceil(m / rows), outer * inner * parts]
  };
  if (!isSplit) return [dispatch];
  const size = m * width;
  return [
    dispatch,
    {
      kernel: addPartsKernels[epilogue],
      words: {
        parts: vector(scratch),
        count: parts,
        size,
        out: vector(c.at),
        c0: vector(c.outer),
        bias: vector(bias ?? 0),
        d0: vector(biasOuter),
        width,
        lc: vector(c.rowStep),
        n: outer * size
      },
      groups: elementGrid(outer * size)
    }
  ];
}
