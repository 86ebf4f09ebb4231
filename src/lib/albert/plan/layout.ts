/** Places every buffer of a plan in one arena; activations share places when they are not alive together. */
import type {Instruction} from "./instructions.js";
import type {PlanBuffer} from "./regions.js";

/** Where each buffer begins, in bytes, and how long the whole is. */
export interface Layout {
  offsets: Map<PlanBuffer, number>;
  bytes: number;
  /** First and last instruction that touches each activation. */
  lifetimes: Map<PlanBuffer, [number, number]>;
}

/** Buffers begin at multiples of this, in bytes; each has room for whole vectors of four numbers. */
export const alignment = 64;

/** Bytes up to the next place where a buffer may begin. */
export const roundUp = (bytes: number) => Math.ceil(bytes / alignment) * alignment;

/** Bytes that a buffer takes in the arena. */
export function bufferBytes({size}: PlanBuffer): number {
  return roundUp(4 * size);
}

/** What an instruction, or several done at once, read and write. */
export type Touching = Pick<Instruction, "reads" | "writes">;

/** The instructions between which each buffer is in use, first and last included. */
export function lifetimesOf(instructions: readonly Touching[]): Map<PlanBuffer, [number, number]> {
  const lifetimes = new Map<PlanBuffer, [number, number]>();
  instructions.forEach(({reads, writes}, i) => {
    for (const {buffer} of [...reads, ...writes]) {
      const known = lifetimes.get(buffer);
      if (known) known[1] = i;
      else lifetimes.set(buffer, [i, i]);
    }
  });
  return lifetimes;
}

/**
 * Lasting buffers side by side, then activations by first fit, the largest first: each takes the
 * lowest place where nothing that lives at the same time stands.
 *
 * @param instructions in the order in which they are done
 * @param from first free byte
 */
export function layOutBuffers(
  buffers: readonly PlanBuffer[],
  instructions: readonly Touching[],
  from: number
): Layout {
  const offsets = new Map<PlanBuffer, number>();
  const lifetimes = lifetimesOf(instructions);
  let top = roundUp(from);
  for (const buffer of buffers) {
    if (buffer.kind === "activation") continue;
    offsets.set(buffer, top);
    top += bufferBytes(buffer);
  }
  const base = top;
  const placed: {buffer: PlanBuffer; offset: number; end: number}[] = [];
  const transient = buffers.filter((b) => b.kind === "activation" && lifetimes.has(b));
  for (const buffer of [...transient].sort((a, b) => b.size - a.size)) {
    const [first, last] = lifetimes.get(buffer)!;
    const beside = placed.filter((other) => {
      const [otherFirst, otherLast] = lifetimes.get(other.buffer)!;
      return first <= otherLast && otherFirst <= last;
    });
    const size = bufferBytes(buffer);
    let offset = base;
    for (const other of beside.sort((a, b) => a.offset - b.offset)) {
      if (other.offset - offset >= size) break;
      offset = Math.max(offset, other.end);
    }
    placed.push({buffer, offset, end: offset + size});
    offsets.set(buffer, offset);
    top = Math.max(top, offset + size);
  }
  return {offsets, bytes: top, lifetimes};
}
