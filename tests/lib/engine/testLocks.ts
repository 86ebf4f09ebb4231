/** The locks of a browser, of which a test can end the holder. */
import {vi} from "vitest";

type Held = () => unknown;

export class TestLocks {
  readonly #held = new Map<string, Held[]>();

  /** The names of those that are held. */
  get names(): string[] {
    return [...this.#held.keys()];
  }

  /** Gives the page and its workers these locks, until `vi.unstubAllGlobals`. */
  use(): this {
    vi.stubGlobal("navigator", {locks: this, userAgent: "test"});
    return this;
  }

  async request(name: string, held: Held): Promise<unknown> {
    const waiting = this.#held.get(name);
    if (waiting) {
      await new Promise<void>((granted) => waiting.push(granted as Held));
      return held();
    }
    this.#held.set(name, []);
    await Promise.resolve();
    await held();
    this.#release(name);
    return undefined;
  }

  /** What the browser does when the holder of every lock is gone. */
  endHolders(): void {
    for (const name of this.names) this.#release(name);
  }

  #release(name: string): void {
    const waiting = this.#held.get(name) ?? [];
    this.#held.delete(name);
    for (const granted of waiting) granted();
  }
}
