/**
 * Matrix products in register tiles, one or a grid of them (the heads of attention), each lane for
 * itself: for adapters in software, and for sizes that vectors of four do not fit.
 */
import {makeKernel, type Dispatch, type Kernel} from "./kernel.js";

/** A matrix of a product: element (i, j) at `at + i·rowStep + j·columnStep`, in numbers. */
export interface Factor {
  at: number;
  rowStep: number;
  columnStep: number;
  /** From one product of the grid to the next: by row of the batch, and by head. */
  outer?: number;
  inner?: number;
}

export interface Product {
  a: Factor;
  b: Factor;
  /** Rows are contiguous. */
  c: Factor;
  m: number;
  n: number;
  k: number;
  accumulate?: boolean;
  /** Added to every row; and from one outer product of the grid to the next. */
  bias?: number | null;
  biasOuter?: number;
  /** Products of the grid: `outer·inner`. */
  grid?: {outer: number; inner: number};
}

export type Epilogue = "set" | "accumulate" | "bias";
/** `rows`: vectors along k in a, along n in b; `columnsA`: along m in a; `rowsB`: along k in both. */
export type VectorForm = "rows" | "columnsA" | "rowsB";
export type Form = VectorForm | "scalar";

/** What becomes of a product. */
export const epilogueOf = ({accumulate = false, bias = null}: Product): Epilogue =>
  accumulate ? "accumulate" : bias !== null ? "bias" : "set";

/** Lanes of a workgroup along the columns and the rows of c. */
const group = [8, 8] as const;
/** Rows and columns of c that a lane computes. */
const tile = 8;
const vectors = tile / 4;

/** The product as one dispatch, on vectors of four where every address allows it. */
export function multiplyMatrices(product: Product): Dispatch {
  const {a, b, c, m, n, k, accumulate, bias, biasOuter} = product;
  const {outer, inner} = product.grid ?? {outer: 1, inner: 1};
  /** What the product is added to: a bias is the same row for every row. */
  const added: Pick<Factor, "at" | "rowStep" | "outer" | "inner"> = accumulate
    ? c
    : {at: bias ?? 0, rowStep: 0, outer: biasOuter};
  const form = formOf(product);
  const kernel = productKernel(form);
  const unit = form === "scalar" ? 1 : 4;
  const one = (numbers: number) => numbers / unit;
  const step = ({rowStep, columnStep}: Factor) => Math.max(rowStep, columnStep);
  const columns = form === "scalar" ? n : one(n);
  return {
    kernel,
    words: {
      pa: one(a.at),
      pb: one(b.at),
      pc: one(c.at),
      pd: one(added.at),
      ra: form === "scalar" ? a.rowStep : one(step(a)),
      ca: a.columnStep,
      rb: form === "scalar" ? b.rowStep : one(step(b)),
      cb: b.columnStep,
      lc: one(c.rowStep),
      m,
      n: columns,
      k: form === "rows" || form === "rowsB" ? one(k) : k,
      inner,
      a0: one(a.outer ?? 0),
      a1: one(a.inner ?? 0),
      b0: one(b.outer ?? 0),
      b1: one(b.inner ?? 0),
      c0: one(c.outer ?? 0),
      c1: one(c.inner ?? 0),
      d0: one(added.outer ?? 0),
      d1: one(added.inner ?? 0),
      ld: one(added.rowStep),
      adds: Number(epilogueOf(product) !== "set")
    },
    groups: [Math.ceil(n / (tile * group[0])), Math.ceil(m / (tile * group[1])), outer * inner]
  };
}

const isWhole = (...numbers: (number | undefined)[]) =>
  numbers.every((number) => (number ?? 0) % 4 === 0);

/** The form of a product: on vectors of four where every address allows it. */
export function formOf({a, b, c, m, n, k, bias, biasOuter}: Product): Form {
  const places = [a, b, c].flatMap(({at, outer, inner}) => [at, outer, inner]);
  if (!isWhole(...places, n, c.rowStep, bias ?? 0, biasOuter)) return "scalar";
  if (b.columnStep === 1 && isWhole(b.rowStep)) {
    if (a.columnStep === 1 && isWhole(a.rowStep, k)) return "rows";
    if (a.rowStep === 1 && isWhole(a.columnStep, m)) return "columnsA";
  } else if (a.columnStep === 1 && b.rowStep === 1 && isWhole(a.rowStep, b.columnStep, k))
    return "rowsB";
  return "scalar";
}

const kernels = new Map<Form, Kernel>();

/** One kernel for every epilogue: on adapters in software compiling a product takes longer than most products. */
function productKernel(form: Form): Kernel {
  let made = kernels.get(form);
  if (!made) {
    made = makeKernel({
      name: `product ${form}`,
      isVector: form !== "scalar",
      integers: "pa pb pc pd ra ca rb cb lc m n k inner a0 a1 b0 b1 c0 c1 d0 d1 ld adds".split(" "),
      workgroup: group,
      body: start + bodies[form]()
    });
    kernels.set(form, made);
  }
  return made;
}

/** Places of this product in the grid, and the first row of the lane's tile. */
const start = `  let r = id.y * ${tile}u;
  if (r >= m) { return; }
  let outer = id.z / inner;
  let head = id.z % inner;
  let fa = pa + outer * a0 + head * a1;
  let fb = pb + outer * b0 + head * b1;
  let fc = pc + outer * c0 + head * c1;
  let fd = pd + outer * d0 + head * d1;
`;

const range = (n: number) => Array.from({length: n}, (_, i) => i);
const lines = (parts: readonly string[]) => parts.map((part) => `  ${part}\n`).join("");
/** One line for each row i and vector (or column) j of the tile. */
const cells = (columns: number, write: (i: number, j: number) => string) =>
  lines(range(tile).flatMap((i) => range(columns).map((j) => write(i, j))));

const bodies: Record<Form, () => string> = {
  rows: () => `  let q = id.x * ${vectors}u;
  if (q >= n) { return; }
${vectorColumns}${lines(range(tile).map((i) => `let row${i} = fa + min(r + ${i}u, m - 1u) * ra;`))}
${cells(vectors, (i, j) => `var c${i}_${j} = vec4<f32>(0.0);`)}
  for (var s = 0u; s < k; s++) {
${lines(range(tile).map((i) => `let x${i} = a[row${i} + s];`))}
    let place = fb + 4u * s * rb;
${range(4)
  .map((l) =>
    lines([
      ...range(vectors).map((j) => `let y${l}_${j} = a[place + ${l}u * rb + q${j}];`),
      ...range(tile).flatMap((i) =>
        range(vectors).map(
          (j) => `c${i}_${j} = fma(vec4<f32>(x${i}[${l}]), y${l}_${j}, c${i}_${j});`
        )
      )
    ])
  )
  .join("")}  }
${store("vec4<f32>", vectors)}`,

  columnsA: () => `  let q = id.x * ${vectors}u;
  if (q >= n) { return; }
${vectorColumns}${lines(
    range(vectors).map((i) => `let p${i} = fa + min(r / 4u + ${i}u, m / 4u - 1u);`)
  )}
${cells(vectors, (i, j) => `var c${i}_${j} = vec4<f32>(0.0);`)}
  for (var s = 0u; s < k; s++) {
${lines([
  ...range(vectors).map((i) => `let x${i} = a[p${i} + s * ra];`),
  ...range(vectors).map((j) => `let y${j} = a[fb + s * rb + q${j}];`)
])}${cells(
    vectors,
    (i, j) => `c${i}_${j} = fma(vec4<f32>(x${i >> 2}[${i & 3}]), y${j}, c${i}_${j});`
  )}  }
${store("vec4<f32>", vectors)}`,

  rowsB: () => `  let q = id.x * ${vectors}u;
  if (q >= n) { return; }
${vectorColumns}${lines(range(tile).map((i) => `let row${i} = fa + min(r + ${i}u, m - 1u) * ra;`))}
${lines(range(tile).map((j) => `let column${j} = fb + (4u * q${j >> 2} + ${j & 3}u) * rb;`))}
${cells(vectors, (i, j) => `var c${i}_${j} = vec4<f32>(0.0);`)}
  for (var s = 0u; s < k; s++) {
${lines([
  ...range(tile).map((i) => `let x${i} = a[row${i} + s];`),
  ...range(tile).map((j) => `let y${j} = a[column${j} + s];`)
])}${cells(
    vectors,
    (i, j) =>
      `c${i}_${j} += vec4<f32>(${range(4)
        .map((l) => `dot(x${i}, y${4 * j + l})`)
        .join(", ")});`
  )}  }
${store("vec4<f32>", vectors)}`,

  scalar: () => `  let q = id.x * ${tile}u;
  if (q >= n) { return; }
${lines(range(tile).map((i) => `let row${i} = fa + min(r + ${i}u, m - 1u) * ra;`))}
${lines(range(tile).map((j) => `let column${j} = fb + min(q + ${j}u, n - 1u) * cb;`))}
${cells(tile, (i, j) => `var c${i}_${j} = 0.0;`)}
  for (var s = 0u; s < k; s++) {
${lines([
  ...range(tile).map((i) => `let x${i} = a[row${i} + s * ca];`),
  ...range(tile).map((j) => `let y${j} = a[column${j} + s * rb];`)
])}${cells(tile, (i, j) => `c${i}_${j} = fma(x${i}, y${j}, c${i}_${j});`)}  }
${store("f32", tile)}`
};

/** The vectors of columns of a tile, none beyond the last. */
const vectorColumns = lines(range(vectors).map((j) => `let q${j} = min(q + ${j}u, n - 1u);`));

/** Through an array: loops over it compile several times as fast as a branch for each cell of the tile. */
const store = (type: string, columns: number) => `  var made: array<${type}, ${tile * columns}>;
${cells(columns, (i, j) => `made[${i * columns + j}] = c${i}_${j};`)}
  for (var i = 0u; i < min(${tile}u, m - r); i++) {
    let at = fc + (r + i) * lc + q;
    let added = fd + (r + i) * ld + q;
    for (var j = 0u; j < min(${columns}u, n - q); j++) {
      var value = made[i * ${columns}u + j];
      if (adds != 0u) { value = a[added + j] + value; }
      a[at + j] = value;
    }
  }
`;
