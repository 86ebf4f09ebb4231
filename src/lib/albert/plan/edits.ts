/** Interventions on a site as arithmetic: what a plan's extra instructions compute. */
import {chosenFlags, chosenOf, type Intervention} from "../interventions.js";

/** A change of a site's value; arrays are in the site's shape, row-major. */
export type Edit =
  /** `x·keep + value`; without either, that part is left out. */
  | {kind: "affine"; keep: Float32Array | null; value: Float32Array | null}
  /** Rows along the last axis with a 1 are divided by their sum; those of sum 0 stay. */
  | {kind: "scaleRows"; rows: Uint8Array};

/** Numbers to put in the place of others, which broadcast to the site's shape. */
export type EditValue = {shape: readonly number[]; data: ArrayLike<number>};

/**
 * The interventions of one site in order, as few edits as they come to.
 *
 * @param valueOf the numbers of an intervention's value
 * @throws InputError if an index is outside its axis
 */
export function editsOf(
  shape: readonly number[],
  interventions: readonly Intervention[],
  valueOf: (value: (Intervention & {type: "add"})["value"]) => EditValue
): Edit[] {
  const size = shape.reduce((a, b) => a * b, 1);
  const edits: Edit[] = [];
  const affine = (): Edit & {kind: "affine"} => {
    const last = edits.at(-1);
    if (last?.kind === "affine") return last;
    const made = {kind: "affine" as const, keep: null, value: null};
    edits.push(made);
    return made;
  };
  for (const intervention of interventions) {
    const edit = affine();
    if (intervention.type === "add") {
      edit.value ??= new Float32Array(size);
      const added = broadcast(valueOf(intervention.value), shape);
      for (let i = 0; i < size; ++i) edit.value[i]! += added(i);
      continue;
    }
    const isChosen = chooser(shape, chosenFlags(shape, chosenOf(intervention, shape.length)));
    const replaced = intervention.type === "replace";
    const put = replaced ? broadcast(valueOf(intervention.value), shape) : () => 0;
    edit.keep ??= new Float32Array(size).fill(1);
    if (replaced) edit.value ??= new Float32Array(size);
    for (let i = 0; i < size; ++i)
      if (isChosen(i)) {
        edit.keep[i] = 0;
        if (edit.value) edit.value[i] = put(i);
      }
    if (intervention.type === "maskAttention" && intervention.renormalise)
      edits.push({kind: "scaleRows", rows: cutRows(shape, intervention)});
  }
  return edits;
}

/** Rows of attention from which an intervention takes something away. */
function cutRows(
  shape: readonly number[],
  {heads, from}: Intervention & {type: "maskAttention"}
): Uint8Array {
  const rows = shape.slice(0, -1);
  const isChosen = chooser(rows, chosenFlags(rows, [undefined, heads, from]));
  return Uint8Array.from({length: rows.reduce((a, b) => a * b, 1)}, (_, i) => Number(isChosen(i)));
}

/** Whether the index of an element has a 1 on every axis that is limited. */
function chooser(
  shape: readonly number[],
  flags: readonly (Float32Array | null)[]
): (index: number) => boolean {
  const strides = stridesOf(shape);
  const limited = flags.flatMap((flag, axis) =>
    flag ? [{flag, stride: strides[axis]!, size: shape[axis]!}] : []
  );
  return (i) => limited.every(({flag, stride, size}) => flag[Math.floor(i / stride) % size] === 1);
}

/** The element of a value that broadcasts to `shape`, by its index there. */
function broadcast({shape: own, data}: EditValue, shape: readonly number[]): (i: number) => number {
  if (data.length === 1) return () => data[0]!;
  const padded = [...Array<number>(shape.length - own.length).fill(1), ...own];
  if (padded.every((size, axis) => size === shape[axis])) return (i) => data[i]!;
  const [to, from] = [stridesOf(shape), stridesOf(padded)];
  return (i) =>
    data[
      shape.reduce(
        (at, size, axis) =>
          at + (padded[axis] === 1 ? 0 : (Math.floor(i / to[axis]!) % size) * from[axis]!),
        0
      )
    ]!;
}

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}
