/**
 * How a page learns that its worker has died: the worker holds a lock of the browser for as long as it
 * lives, and the page waits for it. A worker that is killed, crashes or closes itself sends no word.
 */
import type {EnginePort} from "./calls.js";
import type {EngineEvent} from "./protocol.js";

const locks = () => (globalThis.navigator as Navigator | undefined)?.locks;

/**
 * In the worker: holds a lock until the worker ends. Resolves once the page was told its name, or where the
 * browser gives no locks.
 */
export async function holdLifeline(port: EnginePort): Promise<void> {
  const manager = locks();
  if (!manager) return;
  const lifeline = `albert-worker-${crypto.randomUUID()}`;
  await new Promise<void>((settle) => {
    const held = () => {
      port.postMessage({type: "alive", lifeline} satisfies EngineEvent, []);
      settle();
      return new Promise<never>(() => {});
    };
    manager.request(lifeline, held).catch(() => settle());
  });
}

/** In the page, once the worker holds the lock: calls `ended` when the worker has ended. */
export function watchLifeline(lifeline: string, ended: () => void): void {
  locks()
    ?.request(lifeline, ended)
    .catch(() => undefined);
}
