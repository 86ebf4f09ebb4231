/** Moments that were looked at, within a budget: going back and forth asks nothing twice. */
import type {Moment} from "./moment.js";

/** Bytes that kept moments may take, and of which a page may tell its reader. */
export const momentBudget = 64e6;

/** Bytes of what a page holds of a moment: its attention, nearly all of it. */
export function momentBytes({attention}: Pick<Moment, "attention">): number {
  return 4 * attention.probs.data.length;
}

/** Keeps what was used last, up to a budget in bytes. */
export class MomentCache<T extends Pick<Moment, "attention">> {
  readonly #budget: number;
  /** Oldest use first. */
  readonly #moments = new Map<string, T>();
  #bytes = 0;

  constructor(budget = momentBudget) {
    this.#budget = budget;
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): T | undefined {
    const found = this.#moments.get(key);
    if (found) {
      this.#moments.delete(key);
      this.#moments.set(key, found);
    }
    return found;
  }

  /** Keeps a moment, and lets go of those that were not looked at for longest; too large a one is not kept. */
  set(key: string, moment: T): void {
    this.#drop(key);
    const size = momentBytes(moment);
    if (size > this.#budget) return;
    for (const oldest of this.#moments.keys()) {
      if (this.#bytes + size <= this.#budget) break;
      this.#drop(oldest);
    }
    this.#moments.set(key, moment);
    this.#bytes += size;
  }

  #drop(key: string): void {
    const found = this.#moments.get(key);
    if (!found) return;
    this.#moments.delete(key);
    this.#bytes -= momentBytes(found);
  }
}
