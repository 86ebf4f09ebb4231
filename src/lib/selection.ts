/** What a view selects: a test of a row number. */
export type RowTest = (row: number) => boolean;

/**
 * Which rows of a table are selected, by several views at once. A view never filters itself: it
 * shows what the others select, so that its own brush can still be moved to what it leaves out.
 */
export class RowSelection {
  readonly rows: number;
  readonly #tests = new Map<object, RowTest>();
  readonly #subscribers = new Set<() => void>();

  /** @param rows number of rows of the table */
  constructor(rows: number) {
    this.rows = rows;
  }

  /** Sets what a view selects; null for everything. */
  set(view: object, test: RowTest | null): void {
    if (test) this.#tests.set(view, test);
    else if (!this.#tests.delete(view)) return;
    for (const subscriber of this.#subscribers) subscriber();
  }

  /** Forgets what every view selects. */
  clear(): void {
    this.#tests.clear();
    for (const subscriber of this.#subscribers) subscriber();
  }

  /** Whether any view selects. */
  get isActive(): boolean {
    return this.#tests.size > 0;
  }

  /**
   * The selected rows, 1 where every view selects a row.
   *
   * @param view whose own selection is left out
   * @returns [rows]
   */
  mask(view?: object): Uint8Array {
    const mask = new Uint8Array(this.rows).fill(1);
    for (const [owner, test] of this.#tests)
      if (owner !== view) for (let row = 0; row < this.rows; ++row) if (!test(row)) mask[row] = 0;
    return mask;
  }

  /** How many rows are selected. */
  count(): number {
    return this.mask().reduce((sum, one) => sum + one, 0);
  }

  /** Calls `subscriber` after every change, until the signal aborts. */
  subscribe(subscriber: () => void, signal?: AbortSignal): void {
    if (signal?.aborted) return;
    this.#subscribers.add(subscriber);
    signal?.addEventListener("abort", () => this.#subscribers.delete(subscriber), {once: true});
  }

  /** How many views listen. */
  get listeners(): number {
    return this.#subscribers.size;
  }
}
