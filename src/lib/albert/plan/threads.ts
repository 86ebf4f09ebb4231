/**
 * Threads of an executor: workers that instantiate the kernels over one shared memory, sleep until a
 * program is posted, run their part of it and meet the others at a barrier after every instruction.
 */

/** What a worker is given. */
export interface ThreadInput {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Byte offset of the words that all threads share; see {@link words}. */
  control: number;
  /** Byte offset of this thread's scratch. */
  scratch: number;
  thread: number;
  threads: number;
}

/** Starts a worker that runs {@link threadSource} on its input; gives what ends it. */
export type SpawnThread = (source: string, input: ThreadInput) => () => void;

/** Shared words: workers that are ready, posted programs, the program, its length, the barrier's two. */
const words = {ready: 0, posted: 1, program: 2, count: 3, barrier: 4} as const;

/** Bytes of the shared words. */
export const controlBytes = 64;

let platform: {spawn: SpawnThread; threads: number} | null = null;

/**
 * Lets executors that are made from now on use several threads.
 *
 * @param threads 1 for none besides the caller's own
 */
export function useThreads(threads: number, spawn: SpawnThread): void {
  platform = threads > 1 ? {spawn, threads} : null;
}

/** Threads that an executor made now will use. */
export function threadCount(): number {
  return platform?.threads ?? 1;
}

/** What a worker runs, as an expression: a function of {@link ThreadInput} that ends with the pool. */
export const threadSource = `({module, memory, control, scratch, thread, threads}) => {
  const all = new Int32Array(memory.buffer);
  const sleep = (at, value) => void Atomics.wait(all, at >> 2, value);
  const wake = (at) => void Atomics.notify(all, at >> 2);
  const {exports: kernels} = new WebAssembly.Instance(module, {env: {memory, sleep, wake}});
  const shared = new Int32Array(memory.buffer, control, ${controlBytes / 4});
  let seen = Atomics.load(shared, ${words.posted});
  Atomics.add(shared, ${words.ready}, 1);
  for (;;) {
    Atomics.wait(shared, ${words.posted}, seen);
    seen = Atomics.load(shared, ${words.posted});
    const count = shared[${words.count}];
    if (count < 0) return;
    kernels.run(shared[${words.program}], count, scratch, thread, threads, control + ${4 * words.barrier});
  }
}`;

/** What the kernels for threads import besides their memory, which may grow after. */
export function threadImports(memory: WebAssembly.Memory) {
  const all = () => new Int32Array(memory.buffer);
  return {
    sleep: (at: number, value: number) => void Atomics.wait(all(), at >> 2, value),
    wake: (at: number) => void Atomics.notify(all(), at >> 2)
  };
}

/** The workers of one executor. The caller's own thread is number 0 and takes its part in `run`. */
export class ThreadPool {
  readonly threads: number;
  readonly #shared: Int32Array;
  readonly #control: number;
  readonly #ends: (() => void)[] = [];

  /**
   * @param memory shared, at its full size
   * @param scratchOf where each thread's scratch begins
   */
  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    control: number,
    scratchOf: (thread: number) => number
  ) {
    const {spawn, threads} = platform!;
    this.threads = threads;
    this.#control = control;
    this.#shared = new Int32Array(memory.buffer, control, controlBytes / 4);
    for (let thread = 1; thread < threads; ++thread) {
      const input = {module, memory, control, scratch: scratchOf(thread), thread, threads};
      this.#ends.push(spawn(threadSource, input));
    }
  }

  /** Whether all workers wait for work; before that the caller's thread does everything. */
  get isReady(): boolean {
    return Atomics.load(this.#shared, words.ready) === this.threads - 1;
  }

  /** Runs `count` instructions from `program` on all threads, and comes back when they are done. */
  run(
    kernels: {
      run(program: number, n: number, scratch: number, t: number, of: number, meet: number): void;
    },
    program: number,
    count: number,
    scratch: number
  ): void {
    this.#shared[words.program] = program;
    this.#shared[words.count] = count;
    this.#post();
    kernels.run(program, count, scratch, 0, this.threads, this.#control + 4 * words.barrier);
  }

  /** Ends the workers. */
  dispose(): void {
    this.#shared[words.count] = -1;
    this.#post();
    for (const end of this.#ends) end();
  }

  #post(): void {
    Atomics.add(this.#shared, words.posted, 1);
    Atomics.notify(this.#shared, words.posted);
  }
}
