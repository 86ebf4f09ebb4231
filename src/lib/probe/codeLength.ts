/** Minimum description length of labels given representations: the online code. */
import {
  probeProbabilities,
  trainProbe,
  type LabelledVectors,
  type ProbeOptions
} from "./logistic.js";

/** What it costs to send labels to somebody who has the representations. */
export interface CodeLength {
  /** Bits of the online code. */
  online: number;
  /** Bits of sending every label as one of K equally likely ones: `n·log2 K`. */
  uniform: number;
}

/** Shares of the rows at which the probe is trained anew, as in the paper. */
const shares = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.0625, 0.125, 0.25, 0.5, 1];

/** Bits of `n` labels out of `classes` that are all as likely: `n·log2 K`. */
export function uniformBits(n: number, classes: number): number {
  return n * Math.log2(classes);
}

/**
 * Ends of the blocks of the online code, the last being n. Blocks that would end before `least` rows
 * are left out, since a probe of fewer rows than that says nothing.
 */
export function codeBlocks(n: number, least: number): number[] {
  const ends = shares.map((share) => Math.ceil(share * n)).filter((end) => end >= least);
  return ends.length > 0 ? ends : [n];
}

/**
 * The online (prequential) code of Voita and Titov: the first block at `log2 K` bits a label, each
 * further one by the probabilities of a probe that was trained on all blocks before it.
 *
 * @param data rows in the order they are sent; shuffle them first
 * @param least rows of the first block, default 16 or the number of classes, whichever is more
 * @see Voita and Titov 2020, "Information-Theoretic Probing with Minimum Description Length",
 *   section 2.2
 */
export function onlineCode(
  {x, y, width, classes}: LabelledVectors,
  options: ProbeOptions = {},
  least = Math.max(16, classes)
): CodeLength {
  const ends = codeBlocks(y.length, least);
  let online = uniformBits(ends[0]!, classes);
  for (let block = 1; block < ends.length; ++block) {
    const [from, to] = [ends[block - 1]!, ends[block]!];
    const seen = {x: x.subarray(0, from * width), y: y.subarray(0, from), width, classes};
    const probe = trainProbe(seen, options);
    const p = probeProbabilities(probe, x.subarray(from * width, to * width));
    for (let i = from; i < to; ++i) online -= Math.log2(p[(i - from) * classes + y[i]!]!);
  }
  return {online, uniform: uniformBits(y.length, classes)};
}
