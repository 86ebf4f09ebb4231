/**
 * How a page learns that its worker has died: the worker holds a lock of the browser for as long as it
 * lives, and the page waits for it. A worker that is killed, crashes or closes itself sends no word.
 */

const locks = () => (globalThis.navigator as Navigator | undefined)?.locks;

/** A name for the lock of one worker; null where the browser has no locks. */
export function lifelineName(): string | null {
  return locks() ? `albert-worker-${crypto.randomUUID()}` : null;
}

/** In the worker: holds the lock until the worker ends. */
export async function holdLifeline(name: string | null): Promise<void> {
  if (name === null) return;
  await new Promise<void>((held) => {
    void locks()?.request(name, () => {
      held();
      return new Promise(() => {});
    });
  });
}

/** In the page, once the worker holds the lock: resolves when it has ended. */
export async function lifelineEnd(name: string | null): Promise<void> {
  if (name === null) return new Promise(() => {});
  await locks()?.request(name, () => {});
}
