/** Ctrl+C and a scheduler's SIGTERM, as a wish that long work looks at between its steps. */

const signals = ["SIGINT", "SIGTERM"] as const;
const codes = {SIGINT: 130, SIGTERM: 143} as const;

/** What was asked for. */
export interface StopWish {
  /** Exit code of the signal that came; null while none has. */
  code: number | null;
}

/** Does work that may look at the wish; a second signal ends the process at once. */
export async function untilStopped<T>(work: (wish: StopWish) => Promise<T>): Promise<T> {
  const wish: StopWish = {code: null};
  const listeners = signals.map((signal) => {
    const hear = () => {
      if (wish.code !== null) process.exit(codes[signal]);
      wish.code = codes[signal];
    };
    process.on(signal, hear);
    return [signal, hear] as const;
  });
  try {
    return await work(wish);
  } finally {
    for (const [signal, hear] of listeners) process.off(signal, hear);
  }
}
