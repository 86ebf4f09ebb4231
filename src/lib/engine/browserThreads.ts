/** Threads of the compiled plan in a browser: workers over one shared memory, where that is allowed. */
import {useThreads, type SpawnThread} from "../albert/plan/threads.js";
import {scriptUrl} from "../trustedTypes.js";

/** More help little: a small step is bound by the meetings after its instructions. */
const mostThreads = 4;

/**
 * Lets plans use several threads where pages are cross-origin isolated, that is, where the site is
 * served with two headers (`bin/serve.ts --coi` sends them); anywhere else there is one thread.
 */
export function useBrowserThreads(): void {
  if (!globalThis.crossOriginIsolated) return;
  useThreads(Math.min(mostThreads, navigator.hardwareConcurrency), spawn);
}

const spawn: SpawnThread = (source, input) => {
  const code = `onmessage = ({data}) => (${source})(data);`;
  const url = URL.createObjectURL(new Blob([code], {type: "text/javascript"}));
  const worker = new Worker(scriptUrl(url));
  worker.postMessage(input);
  return () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
};
