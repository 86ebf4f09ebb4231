/** What the executor on WebGPU is made of: kernels in WGSL, and dispatches of them. */

/** A compute kernel; two with the same code are one pipeline. */
export interface Kernel {
  name: string;
  code: string;
  /** Names of its words, in their order: the whole numbers, then the real ones. */
  integers: readonly string[];
  reals: readonly string[];
}

/** One call of a kernel: the values of its words and how many workgroups run it. */
export interface Dispatch {
  kernel: Kernel;
  words: Readonly<Record<string, number>>;
  groups: readonly [number, number, number];
}

/** Words that a dispatch may have; what the uniform binding shows of a slot. */
export const wordCount = 32;

/** Lanes of a workgroup in kernels that go element by element. */
export const lanes = 64;
/** Workgroups along x before a grid goes on along y; below the 65,535 that every device has. */
const mostAlongX = 32768;

/** Everything that a kernel is told about. */
interface KernelParts {
  name: string;
  /** Sees the arena as vectors of four; then every address is one of a vector. */
  isVector?: boolean;
  integers: readonly string[];
  reals?: readonly string[];
  workgroup?: readonly [number, number];
  /** Module-scope declarations. */
  declarations?: string;
  /** Body of `main`; sees its words by name, `group`, `lane` and `id`. */
  body: string;
}

/** Writes the WGSL around a kernel's body. The arena is `a`, one array of numbers. */
export function makeKernel({
  name,
  isVector = false,
  integers,
  reals = [],
  workgroup = [lanes, 1],
  declarations = "",
  body
}: KernelParts): Kernel {
  const names = [...integers, ...reals];
  if (names.length > wordCount) throw new Error(`${name}: more than ${wordCount} words`);
  const words = names.map((word, i) => {
    const read = `words.w[${i >> 2}][${i & 3}]`;
    return `  let ${word} = ${i < integers.length ? read : `bitcast<f32>(${read})`};`;
  });
  const code = `struct Words { w: array<vec4<u32>, ${wordCount / 4}> }
@group(0) @binding(0) var<storage, read_write> a: array<${isVector ? "vec4<f32>" : "f32"}>;
@group(0) @binding(1) var<uniform> words: Words;
${declarations}
@compute @workgroup_size(${workgroup[0]}, ${workgroup[1]}, 1)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
  @builtin(global_invocation_id) id: vec3<u32>
) {
${words.join("\n")}
${body}
}
`;
  return {name, code, integers, reals};
}

/** The words of a dispatch as they stand in its slot of the uniform buffer. */
export function encodeWords({kernel, words}: Dispatch, into: DataView, at: number): void {
  const value = (name: string) => {
    const found = words[name];
    if (found === undefined) throw new Error(`${kernel.name}: no value for ${name}`);
    return found;
  };
  kernel.integers.forEach((name, i) => into.setUint32(at + 4 * i, value(name), true));
  kernel.reals.forEach((name, i) =>
    into.setFloat32(at + 4 * (kernel.integers.length + i), value(name), true)
  );
}

/** The grid of a kernel in which workgroup g does item g; `groupIndex` gives g. */
export function gridOf(groups: number): [number, number, number] {
  const x = Math.min(Math.max(1, groups), mostAlongX);
  return [x, Math.ceil(Math.max(1, groups) / x), 1];
}

/** WGSL of the number of this workgroup in such a grid. */
export const groupIndex = `(group.y * ${mostAlongX}u + group.x)`;

/** WGSL that sets `i` to this lane's element of `n`, and ends where there is none. */
export const elementIndex = `  let i = ${groupIndex} * ${lanes}u + lane;
  if (i >= n) { return; }`;

/** The grid for `n` elements, a lane each. */
export const elementGrid = (n: number) => gridOf(Math.ceil(n / lanes));

/** Lanes that share a row in kernels that reduce rows. */
export const rowLanes = 32;

/** Sum and maximum over the lanes of a workgroup, the same in every lane, always in the same order. */
export const rowReductions = `var<workgroup> parts: array<f32, ${rowLanes}>;
fn total(lane: u32, value: f32) -> f32 {
  workgroupBarrier();
  parts[lane] = value;
  workgroupBarrier();
  var sum = 0.0;
  for (var j = 0u; j < ${rowLanes}u; j++) { sum += parts[j]; }
  return sum;
}
fn largest(lane: u32, value: f32) -> f32 {
  workgroupBarrier();
  parts[lane] = value;
  workgroupBarrier();
  var most = parts[0];
  for (var j = 1u; j < ${rowLanes}u; j++) { most = max(most, parts[j]); }
  return most;
}`;

/**
 * How rows are shared out: a workgroup to each, which a graphics card runs side by side, or a lane to
 * each, for adapters in software, where waiting for one another costs more than it saves.
 */
export type Sharing = "groups" | "lanes";

/** A kernel that goes row by row over `rows`: `begin` and `stride` are the lane's share of a row. */
export function makeRowKernels(parts: KernelParts): Record<Sharing, Kernel> {
  const {name, declarations = "", body} = parts;
  return {
    groups: makeKernel({
      ...parts,
      workgroup: [rowLanes, 1],
      declarations: `const stride = ${rowLanes}u;\n${rowReductions}\n${declarations}`,
      body: `  let row = ${groupIndex};
  if (row >= rows) { return; }
  let begin = lane;
${body}`
    }),
    lanes: makeKernel({
      ...parts,
      name: `${name}, a lane a row`,
      declarations: `const stride = 1u;
fn total(lane: u32, value: f32) -> f32 { return value; }
fn largest(lane: u32, value: f32) -> f32 { return value; }
${declarations}`,
      body: `  let row = ${groupIndex} * ${lanes}u + lane;
  if (row >= rows) { return; }
  let begin = 0u;
${body}`
    })
  };
}

/** The grid of such a kernel. */
export const rowGrid = (rows: number, sharing: Sharing) =>
  gridOf(sharing === "groups" ? rows : Math.ceil(rows / lanes));
