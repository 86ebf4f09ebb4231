/** Pieces of the arena that instructions name: buffers, regions of them, rows of numbers in them. */

/** What a buffer holds; `input` is filled before a run, `parameter`, `gradient`, `moment` live on. */
export type BufferKind = "parameter" | "gradient" | "moment" | "input" | "activation" | "output";

/** A piece of the arena: `size` numbers of four bytes. */
export interface PlanBuffer {
  name: string;
  size: number;
  kind: BufferKind;
}

/** Part of a buffer: `size` numbers from `offset`. */
export interface Region {
  buffer: PlanBuffer;
  offset: number;
  size: number;
}

/** Rows of numbers in a buffer: row r begins at `offset + r·stride`. */
export interface Matrix {
  buffer: PlanBuffer;
  offset: number;
  rows: number;
  columns: number;
  /** Numbers from one row to the next. */
  stride: number;
}

/** The whole of a buffer, or `size` numbers from `offset`. */
export function region(buffer: PlanBuffer, offset = 0, size = buffer.size - offset): Region {
  return {buffer, offset, size};
}

/** A buffer as rows without gaps. */
export function matrix(buffer: PlanBuffer, rows: number, columns: number): Matrix {
  return {buffer, offset: 0, rows, columns, stride: columns};
}

/** Some columns of a matrix. */
export function columns(m: Matrix, from: number, count: number): Matrix {
  return {...m, offset: m.offset + from, columns: count};
}

/** The numbers from a matrix's first to its last. */
export function extent({buffer, offset, rows, columns: n, stride}: Matrix): Region {
  return {buffer, offset, size: (rows - 1) * stride + n};
}
