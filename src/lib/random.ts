/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as
 * easy as 1, 2, 3"). Every draw is a pure function of (seed, stream, step, index), so resuming at
 * step k equals never having stopped, and any executor can make the same numbers on its own.
 */

/** What a sequence of random numbers is for; two streams never share a number. */
export type RandomStream =
  | "weights"
  | "masks"
  | "sentences"
  | "shuffle"
  | "dropout"
  | "splits"
  | "corpus"
  | "tokenizer"
  | "bootstrap"
  | "probes";

const streamKeys: Record<RandomStream, number> = {
  weights: 1,
  masks: 2,
  sentences: 3,
  shuffle: 4,
  dropout: 5,
  splits: 6,
  corpus: 7,
  tokenizer: 8,
  bootstrap: 9,
  probes: 10
};

/** The key of a stream, as the second word of the Philox key. */
export function streamKey(stream: RandomStream): number {
  return streamKeys[stream];
}

/** High 32 bits of the unsigned product of two 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const low = a0 * b0;
  const middle = a1 * b0 + (low >>> 16);
  const carry = a0 * b1 + (middle % 0x10000);
  return (a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/**
 * One Philox4x32-10 block: writes four 32-bit words for a 128-bit counter and a 64-bit key.
 *
 * @param out at least 4 words, overwritten
 * @see https://www.thesalmons.org/john/random123/papers/random123sc11.pdf
 */
export function philox(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number
): void {
  for (let round = 0; round < 10; ++round) {
    const h0 = multiplyHigh(0xd2511f53, c0);
    const l0 = Math.imul(0xd2511f53, c0) >>> 0;
    const h1 = multiplyHigh(0xcd9e8d57, c2);
    const l1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (h1 ^ c1 ^ k0) >>> 0;
    c1 = l1;
    c2 = (h0 ^ c3 ^ k1) >>> 0;
    c3 = l0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/**
 * A sequence of random numbers keyed by (seed, stream, step, substream).
 *
 * Example: `new Random(7, "masks", 120).uniform()` is always the same number.
 */
export class Random {
  readonly #key0: number;
  readonly #key1: number;
  readonly #step: number;
  readonly #substream: number;
  readonly #words = new Uint32Array(4);
  #block = 0;
  #left = 0;

  /**
   * @param seed integer in [0, 2³²)
   * @param step integer in [0, 2³²), for example the training step
   * @param substream integer in [0, 2³²), for example the index of a tensor or of a document
   */
  constructor(seed: number, stream: RandomStream, step = 0, substream = 0) {
    this.#key0 = seed >>> 0;
    this.#key1 = streamKeys[stream];
    this.#step = step >>> 0;
    this.#substream = substream >>> 0;
  }

  /** The next 32-bit word, an integer in [0, 2³²). */
  uint32(): number {
    if (this.#left === 0) {
      philox(this.#words, this.#block++, 0, this.#step, this.#substream, this.#key0, this.#key1);
      this.#left = 4;
    }
    return this.#words[4 - this.#left--]!;
  }

  /** A number in [0, 1) with 32 random bits. */
  uniform(): number {
    return this.uint32() / 4294967296;
  }

  /** An integer in [0, n), without modulo bias for n up to 2²¹. */
  int(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** A standard normal number (Box–Muller, one of each pair). */
  normal(): number {
    const u = (this.uint32() + 1) / 4294967296;
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One of the items, uniformly. */
  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  /** Shuffles in place (Fisher–Yates) and returns the same array. */
  shuffle<A extends {length: number; [index: number]: unknown}>(items: A): A {
    for (let i = items.length - 1; i > 0; --i) {
      const j = this.int(i + 1);
      const swapped = items[i];
      items[i] = items[j];
      items[j] = swapped;
    }
    return items;
  }
}
