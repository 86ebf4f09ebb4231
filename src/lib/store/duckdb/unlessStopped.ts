import {QueryStopped} from "./errors.js";

/**
 * What work gives, unless the reader stops it first. The work is not told: what it holds is the
 * caller's to let go.
 *
 * @param restarted whether stopping it costs the worker that had the reader's tables
 * @throws QueryStopped as soon as it is stopped, also where it was before it began
 */
export async function unlessStopped<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  restarted: boolean
): Promise<T> {
  const start = performance.now();
  let stop = () => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new QueryStopped("cancelled", performance.now() - start, restarted));
  });
  stopped.catch(() => undefined);
  work.catch(() => undefined); // it may fail after it was stopped
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) stop();
  try {
    return await Promise.race([stopped, work]);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
