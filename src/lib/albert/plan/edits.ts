/** Interventions on a site as arithmetic: what a plan's extra instructions compute. */
import {chosenFlags, chosenOf, type Intervention} from "../interventions.js";

/** Numbers on a device or not yet there, to be copied to their place; `done` when they have been. */
export interface DeviceValue {
  read(): {values: Float32Array | GPUBuffer; done(): void};
}

/** A change of a site's value; arrays and what is on a device are in the site's shape, row-major. */
export type Edit =
  /** `x·keep + value`; without either, that part is left out. */
  | {kind: "affine"; keep: Float32Array | null; value: Float32Array | DeviceValue | null}
  /** Rows along the last axis with a 1 are divided by their sum; those of sum 0 become 0. */
  | {kind: "scaleRows"; rows: Uint8Array};

/** Numbers to put in the place of others, which broadcast to the site's shape. */
export type EditValue = {shape: readonly number[]; data: ArrayLike<number>};

/** Where the values of interventions are. */
export interface ValueSource {
  /** The numbers of one. */
  numbersOf(value: (Intervention & {type: "add"})["value"]): EditValue;
  /** What some interventions make of zeros, where that stays on a device; null where it is numbers. */
  onDevice(shape: readonly number[], interventions: readonly Intervention[]): DeviceValue | null;
}

/**
 * The interventions of one site in order, as few edits as they come to.
 *
 * @throws InputError if an index is outside its axis
 */
export function editsOf(
  shape: readonly number[],
  interventions: readonly Intervention[],
  source: ValueSource
): Edit[] {
  return stretchesOf(interventions).flatMap((stretch): Edit[] => {
    const last = stretch.at(-1)!;
    const affine = affineOf(shape, stretch, source);
    return isScaled(last) ? [affine, {kind: "scaleRows", rows: cutRows(shape, last)}] : [affine];
  });
}

const isScaled = (one: Intervention): one is Intervention & {type: "maskAttention"} =>
  one.type === "maskAttention" && one.renormalise === true;

/** Interventions up to each after which rows are scaled: what is changed before makes one affine edit. */
export function stretchesOf(interventions: readonly Intervention[]): Intervention[][] {
  const stretches: Intervention[][] = [];
  interventions.forEach((one, i) => {
    const before = interventions[i - 1];
    if (before && !isScaled(before)) stretches.at(-1)!.push(one);
    else stretches.push([one]);
  });
  return stretches;
}

function affineOf(
  shape: readonly number[],
  interventions: readonly Intervention[],
  {numbersOf, onDevice}: ValueSource
): Edit & {kind: "affine"} {
  const size = shape.reduce((a, b) => a * b, 1);
  const device = onDevice(shape, interventions);
  let keep: Float32Array | null = null;
  let value: Float32Array | null = null;
  for (const intervention of interventions) {
    if (intervention.type === "add") {
      if (device) continue;
      value ??= new Float32Array(size);
      const added = broadcast(numbersOf(intervention.value), shape);
      for (let i = 0; i < size; ++i) value[i]! += added(i);
      continue;
    }
    const isChosen = chooser(shape, chosenFlags(shape, chosenOf(intervention, shape.length)));
    const replaced = intervention.type === "replace" && !device;
    const put = replaced ? broadcast(numbersOf(intervention.value), shape) : () => 0;
    keep ??= new Float32Array(size).fill(1);
    if (replaced) value ??= new Float32Array(size);
    for (let i = 0; i < size; ++i)
      if (isChosen(i)) {
        keep[i] = 0;
        if (value) value[i] = put(i);
      }
  }
  return {kind: "affine", keep, value: device ?? value};
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
