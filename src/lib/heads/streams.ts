/** Picking a few of many things that come one after the other, without keeping the rest. */
import type {Random} from "../random.js";

/** The k things with the greatest scores so far; of equal scores the earlier stays. */
export class TopK<T> {
  readonly #most: number;
  /** A heap whose first is the least. */
  readonly #heap: {score: number; order: number; item: T}[] = [];
  #seen = 0;

  /** @param most k, at least 1 */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Takes a thing if it is among the k so far.
   *
   * @param make asked for the thing only when it is taken
   */
  offer(score: number, make: () => T): void {
    const order = this.#seen++;
    const heap = this.#heap;
    if (heap.length < this.#most) {
      heap.push({score, order, item: make()});
      this.#rise(heap.length - 1);
    } else if (score > heap[0]!.score) {
      heap[0] = {score, order, item: make()};
      this.#sink(0);
    }
  }

  /** The things with their scores, the greatest first. */
  ranked(): {score: number; item: T}[] {
    return [...this.#heap]
      .sort((a, b) => b.score - a.score || a.order - b.order)
      .map(({score, item}) => ({score, item}));
  }

  #isLess(a: number, b: number): boolean {
    const [x, y] = [this.#heap[a]!, this.#heap[b]!];
    return x.score < y.score || (x.score === y.score && x.order > y.order);
  }

  #swap(a: number, b: number): void {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
  }

  #rise(i: number): void {
    for (let up = (i - 1) >> 1; i > 0 && this.#isLess(i, up); up = (i - 1) >> 1) {
      this.#swap(i, up);
      i = up;
    }
  }

  #sink(i: number): void {
    for (;;) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < this.#heap.length && this.#isLess(child, least)) least = child;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }
}

/**
 * A uniform sample of k things of a stream whose length nobody knows (Algorithm R).
 *
 * @see Vitter 1985, "Random Sampling with a Reservoir"
 */
export class Reservoir<T> {
  readonly #most: number;
  readonly #random: Random;
  readonly #items: T[] = [];
  #seen = 0;

  /** @param most k, at least 1 */
  constructor(most: number, random: Random) {
    this.#most = most;
    this.#random = random;
  }

  /** @param make asked for the thing only when it is taken */
  offer(make: () => T): void {
    const at = this.#seen < this.#most ? this.#seen : this.#random.int(this.#seen + 1);
    ++this.#seen;
    if (at < this.#most) this.#items[at] = make();
  }

  get items(): readonly T[] {
    return this.#items;
  }
}
