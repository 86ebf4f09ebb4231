/**
 * The kernel of a matrix product for graphics cards: a workgroup keeps slabs of both factors in its own memory and
 * every lane a tile of the result in registers.
 */
import {makeKernel, type Kernel} from "./kernel.js";
import type {Epilogue, VectorForm} from "./product.js";

/** How a workgroup shares a piece of the result among its lanes. */
export interface Tiling {
  /** Lanes along the columns and along the rows. */
  lanes: readonly [number, number];
  /** Rows of a lane's tile, and vectors of four columns. */
  tile: readonly [number, number];
  /** Terms of the sum in memory at once, a multiple of four. */
  depth: number;
}

const range = (n: number) => Array.from({length: n}, (_, i) => i);
const lines = (indent: string, parts: readonly string[]) =>
  parts.map((part) => `${indent}${part}\n`).join("");

/** Rows and vectors of columns that a workgroup makes. */
export const piece = ({lanes, tile}: Tiling) => ({
  rows: lanes[1] * tile[0],
  vectors: lanes[0] * tile[1]
});

/** Room in a workgroup's memory for slabs of both factors, in vectors; rows along k are set apart. */
function slabs(form: VectorForm, tiling: Tiling) {
  const {rows, vectors} = piece(tiling);
  const {depth} = tiling;
  const apart = depth / 4 + 1;
  return {
    a: form === "columnsA" ? (depth * rows) / 4 : rows * apart,
    b: form === "rowsB" ? 4 * vectors * apart : depth * vectors,
    apart
  };
}

const kernels = new Map<string, Kernel>();

/** The kernel of a form and epilogue in tiles; `part` makes a part of a long sum. */
export function tiledKernel(form: VectorForm, epilogue: Epilogue | "part", tiling: Tiling): Kernel {
  const {lanes, tile, depth} = tiling;
  const key = `product ${form} ${epilogue} in tiles of ${tile[0]}×${4 * tile[1]} by ${lanes[0]}×${lanes[1]} lanes, ${depth} deep`;
  let made = kernels.get(key);
  if (!made) {
    const {a, b} = slabs(form, tiling);
    made = makeKernel({
      name: key,
      isVector: true,
      integers: "pa pb pc pd ra rb lc m n k inner a0 a1 b0 b1 c0 c1 d0 parts terms".split(" "),
      workgroup: [lanes[0] * lanes[1], 1],
      declarations: `var<workgroup> sa: array<vec4<f32>, ${a}>;
var<workgroup> sb: array<vec4<f32>, ${b}>;`,
      body: tiledBody(form, epilogue, tiling)
    });
    kernels.set(key, made);
  }
  return made;
}

function tiledBody(form: VectorForm, epilogue: Epilogue | "part", tiling: Tiling): string {
  const {lanes, tile, depth} = tiling;
  const [width, height] = lanes;
  const [tileRows, tileVectors] = tile;
  const {rows, vectors} = piece(tiling);
  const {apart} = slabs(form, tiling);
  const all = width * height;
  /** Of the sum's terms, as k counts them, in a slab. */
  const slab = form === "columnsA" ? depth : depth / 4;
  const perA = (form === "columnsA" ? (depth * rows) / 4 : (rows * depth) / 4) / all;
  const perB = (depth * vectors) / all;

  const loadsA = range(Math.ceil(perA)).map((t) => {
    const e = `(lane + ${t * all}u)`;
    return form === "columnsA"
      ? {
          cut: `s + ${e} / ${rows / 4}u < end`,
          from: `fa + (s + ${e} / ${rows / 4}u) * ra + min(top / 4u + ${e} % ${rows / 4}u, m / 4u - 1u)`,
          to: e,
          isWhole: perA >= 1
        }
      : {
          cut: `s + ${e} % ${slab}u < end`,
          from: `fa + min(top + ${e} / ${slab}u, m - 1u) * ra + s + ${e} % ${slab}u`,
          to: `${e} / ${slab}u * ${apart}u + ${e} % ${slab}u`,
          isWhole: perA >= 1
        };
  });
  const term = (e: string) => (form === "rows" ? `4u * s + ${e}` : `s + ${e}`);
  const end = form === "rows" ? "4u * end" : "end";
  const loadsB = range(Math.ceil(perB)).map((t) => {
    const e = `(lane + ${t * all}u)`;
    return form === "rowsB"
      ? {
          cut: `s + ${e} % ${slab}u < end`,
          from: `fb + min(4u * left + ${e} / ${slab}u, 4u * n - 1u) * rb + s + ${e} % ${slab}u`,
          to: `(${e} / ${slab}u % 4u * ${vectors}u + ${e} / ${4 * slab}u) * ${apart}u + ${e} % ${slab}u`,
          isWhole: perB >= 1
        }
      : {
          cut: `${term(`${e} / ${vectors}u`)} < ${end}`,
          from: `fb + (${term(`${e} / ${vectors}u`)}) * rb + min(left + ${e} % ${vectors}u, n - 1u)`,
          to: e,
          isWhole: perB >= 1
        };
  });
  const entries = {a: perA * all, b: perB * all};
  const load = (indent: string) =>
    lines(indent, [
      ...loadsA.map(
        ({cut, from, isWhole}, t) =>
          `ga${t} = vec4<f32>(0.0); if (${isWhole ? "" : `lane < ${entries.a}u && `}${cut}) { ga${t} = a[${from}]; }`
      ),
      ...loadsB.map(
        ({cut, from, isWhole}, t) =>
          `gb${t} = vec4<f32>(0.0); if (${isWhole ? "" : `lane < ${entries.b}u && `}${cut}) { gb${t} = a[${from}]; }`
      )
    ]);
  const keep = lines("    ", [
    ...loadsA.map(({to, isWhole}, t) =>
      isWhole ? `sa[${to}] = ga${t};` : `if (lane < ${entries.a}u) { sa[${to}] = ga${t}; }`
    ),
    ...loadsB.map(({to, isWhole}, t) =>
      isWhole ? `sb[${to}] = gb${t};` : `if (lane < ${entries.b}u) { sb[${to}] = gb${t}; }`
    )
  ]);
  const cell = (i: number, j: number) => `c${i}_${j}`;
  const cells = range(tileRows).flatMap((i) => range(tileVectors).map((j) => [i, j] as const));
  const xOf = (i: number) =>
    lines("      ", [`let x${i} = sa[(ly + ${height * i}u) * ${apart}u + q];`]);

  const compute = {
    rows: () => `    for (var q = 0u; q < ${slab}u; q++) {
${range(tileRows).map(xOf).join("")}${range(4)
      .map((l) =>
        lines("      ", [
          ...range(tileVectors).map(
            (j) => `let y${l}_${j} = sb[(4u * q + ${l}u) * ${vectors}u + lx + ${width * j}u];`
          ),
          ...cells.map(
            ([i, j]) => `${cell(i, j)} = fma(vec4<f32>(x${i}[${l}]), y${l}_${j}, ${cell(i, j)});`
          )
        ])
      )
      .join("")}    }
`,
    columnsA: () => `    for (var q = 0u; q < ${slab}u; q++) {
${lines("      ", [
  ...range(tileRows / 4).map((i) => `let x${i} = sa[q * ${rows / 4}u + ly + ${height * i}u];`),
  ...range(tileVectors).map((j) => `let y${j} = sb[q * ${vectors}u + lx + ${width * j}u];`),
  ...cells.map(
    ([i, j]) => `${cell(i, j)} = fma(vec4<f32>(x${i >> 2}[${i & 3}]), y${j}, ${cell(i, j)});`
  )
])}    }
`,
    rowsB: () => `    for (var q = 0u; q < ${slab}u; q++) {
${range(tileRows).map(xOf).join("")}${range(tileVectors)
      .map((j) =>
        lines("      ", [
          ...range(4).map(
            (l) => `let y${j}_${l} = sb[(${l * vectors}u + lx + ${width * j}u) * ${apart}u + q];`
          ),
          ...range(tileRows).map(
            (i) =>
              `${cell(i, j)} += vec4<f32>(${range(4)
                .map((l) => `dot(x${i}, y${j}_${l})`)
                .join(", ")});`
          )
        ])
      )
      .join("")}    }
`
  }[form]();

  const rowOf = (i: number) =>
    form === "columnsA"
      ? `top + 4u * (ly + ${height * (i >> 2)}u) + ${i & 3}u`
      : `top + ly + ${height * i}u`;
  const value = (i: number, j: number) => {
    const computed = cell(i, j);
    if (epilogue === "accumulate") return `a[at] + ${computed}`;
    return epilogue === "bias" ? `${computed} + a[fd + column${j}]` : computed;
  };
  const store = `${lines(
    "  ",
    range(tileVectors).map((j) => `let column${j} = left + lx + ${width * j}u;`)
  )}${range(tileRows)
    .map(
      (i) => `  if (${rowOf(i)} < m) {
    let begin = fc + (${rowOf(i)}) * lc;
${range(tileVectors)
  .map((j) => `    if (column${j} < n) { let at = begin + column${j}; a[at] = ${value(i, j)}; }\n`)
  .join("")}  }
`
    )
    .join("")}`;

  const isPart = epilogue === "part";
  return `  let lx = lane % ${width}u;
  let ly = lane / ${width}u;
  let top = group.y * ${rows}u;
  let left = group.x * ${vectors}u;
  let item = group.z / parts;
  let outer = item / inner;
  let head = item % inner;
  let fa = pa + outer * a0 + head * a1;
  let fb = pb + outer * b0 + head * b1;
${
  isPart
    ? `  let fc = pc + group.z * m * n;
  var s = group.z % parts * terms;
  let end = min(k, s + terms);
`
    : `  let fc = pc + outer * c0 + head * c1;
  let fd = pd + outer * d0;
  var s = 0u;
  let end = k;
`
}${lines(
    "  ",
    cells.map(([i, j]) => `var ${cell(i, j)} = vec4<f32>(0.0);`)
  )}${lines("  ", [
    ...loadsA.map((_, t) => `var ga${t}: vec4<f32>;`),
    ...loadsB.map((_, t) => `var gb${t}: vec4<f32>;`)
  ])}${load("  ")}  while (s < end) {
    workgroupBarrier();
${keep}    workgroupBarrier();
    s += ${slab}u;
    if (s < end) {
${load("      ")}    }
${compute}  }
${store}`;
}
