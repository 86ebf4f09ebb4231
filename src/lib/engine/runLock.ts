/** Who may write a run: one tab at a time. */

/** The right to write a run, until it is released or taken over by another tab. */
export interface RunLock {
  readonly isHeld: boolean;
  /** Called once when another tab takes over. */
  onLost: (() => void) | null;
  release(): void;
}

/** Takes the right to write a run; null where another tab has it and `steal` is false. */
export type LockRun = (id: string, steal: boolean) => Promise<RunLock | null>;

/** A lock that everybody gets. */
export const freeLock: LockRun = async () => {
  const lock: RunLock & {isHeld: boolean} = {
    isHeld: true,
    onLost: null,
    release: () => void (lock.isHeld = false)
  };
  return lock;
};

const prefix = "albert-run-";

/**
 * A lock of the browser, which ends with the tab that holds it, however that ends. Where the browser
 * has no locks, everybody may write.
 */
export const webLock: LockRun = (id, steal) =>
  new Promise((resolve, reject) => {
    let release = () => {};
    const released = new Promise<void>((done) => (release = done));
    const lock = {
      isHeld: true,
      onLost: null as (() => void) | null,
      release() {
        lock.isHeld = false;
        release();
      }
    };
    const locks = (globalThis.navigator as Navigator | undefined)?.locks;
    if (!locks) return resolve(lock);
    locks
      .request(prefix + id, steal ? {steal} : {ifAvailable: true}, async (granted) => {
        resolve(granted && lock);
        if (granted) await released;
      })
      .catch((error: Error) => {
        if (error.name !== "AbortError") return reject(error);
        if (!lock.isHeld) return;
        lock.isHeld = false;
        lock.onLost?.();
      });
  });

/** The ids of the runs that some tab is writing now, this one included. */
export async function runsInUse(): Promise<Set<string>> {
  const locks = (globalThis.navigator as Navigator | undefined)?.locks;
  const {held = []} = (await locks?.query()) ?? {};
  // who waits for the end of a run holds its lock for a moment, shared
  const names = held.flatMap(({name, mode}) =>
    mode === "exclusive" && name?.startsWith(prefix) ? [name] : []
  );
  return new Set(names.map((name) => name.slice(prefix.length)));
}

/**
 * Settles once no tab writes the run any more; never where the browser has no locks or the signal ends
 * the waiting first.
 */
export function whenReleased(id: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const locks = (globalThis.navigator as Navigator | undefined)?.locks;
    locks?.request(prefix + id, {mode: "shared", signal}, () => resolve()).catch(() => undefined);
  });
}
