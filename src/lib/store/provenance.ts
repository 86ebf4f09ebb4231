/** Which tables hold published numbers and which hold one's own, so that a mixture can be marked. */

/** What a table's rows come from, so far as it matters for comparing them. */
export type Origin = "published" | "own";

/** What must stand beside a result that has both. */
export const mixedMark =
  "not comparable: own runs of small models stand beside published numbers of large ones, on other data and by other protocols";

/** Follows tables made from other tables, so that a copy of one's own results stays one's own. */
export class Provenance {
  readonly #origins: Map<string, Set<Origin>>;

  constructor(origins: Readonly<Record<Origin, readonly string[]>>) {
    this.#origins = new Map();
    for (const origin of ["published", "own"] as const)
      for (const name of origins[origin]) this.#add(name, [origin]);
  }

  /** The origins of what a statement reads. @param tables that it names */
  of(tables: readonly string[]): Set<Origin> {
    return new Set(tables.flatMap((name) => [...(this.#origins.get(plain(name)) ?? [])]));
  }

  /** Whether a statement reads both one's own and published rows. */
  isMixed(tables: readonly string[]): boolean {
    return this.of(tables).size > 1;
  }

  /** Tells of tables that a statement made from others. */
  made(names: readonly string[], from: readonly string[]): void {
    const origins = this.of(from);
    for (const name of names) this.#add(name, origins);
  }

  #add(name: string, origins: Iterable<Origin>): void {
    const key = plain(name);
    const known = this.#origins.get(key) ?? new Set();
    for (const origin of origins) known.add(origin);
    this.#origins.set(key, known);
  }
}

/** SQL names tables in any case, and may name their schema first. */
const plain = (name: string) => name.toLowerCase().split(".").at(-1)!.replaceAll('"', "");
