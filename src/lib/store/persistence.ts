/** Whether the browser promises to keep what is stored, and how much room there is. */

/** What the browser answered when it was asked to keep the runs. */
export type PersistenceAnswer = "granted" | "refused" | "not asked yet" | "not offered";

/** The room that the browser gives this site, in bytes; null where it does not tell. */
export interface StorageReport {
  used: number | null;
  left: number | null;
  persistence: PersistenceAnswer;
}

const key = "albert-persistence-asked";
const storage = () => (globalThis.navigator as Navigator | undefined)?.storage;

/** The answer so far, in words. */
async function answer(): Promise<PersistenceAnswer> {
  if (!storage()?.persisted) return "not offered";
  if (await storage()!.persisted()) return "granted";
  return globalThis.localStorage?.getItem(key) ? "refused" : "not asked yet";
}

/** Asks the browser, once in its life, not to drop the runs when room gets scarce. */
export async function askPersistence(): Promise<PersistenceAnswer> {
  if ((await answer()) !== "not asked yet") return answer();
  globalThis.localStorage?.setItem(key, new Date().toISOString());
  await storage()!.persist();
  return answer();
}

export async function storageReport(): Promise<StorageReport> {
  const {usage, quota} = (await storage()?.estimate?.()) ?? {};
  return {
    used: usage ?? null,
    left: quota !== undefined && usage !== undefined ? Math.max(0, quota - usage) : null,
    persistence: await answer()
  };
}
