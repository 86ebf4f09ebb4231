/** The files of this page that are being read. */
const readings = new Set<Promise<unknown>>();

/** Tells of a file that is being read, until it is there or was refused. */
export function reads(work: Promise<unknown>): void {
  const over: Promise<unknown> = work.then(
    () => readings.delete(over),
    () => readings.delete(over)
  );
  readings.add(over);
}

/**
 * A listener that acts once the files that were given on this page are read, so that what is begun right
 * after a file was given begins with it. Of several presses meanwhile the last counts. Where nothing is read
 * it acts at once.
 *
 * @param waits whether what is pressed now has to wait; what does not, such as Pause, drops what waits
 */
export function onceRead<A extends unknown[]>(
  act: (...given: A) => unknown,
  waits: () => boolean = () => true
): (...given: A) => void {
  let last = 0;
  return (...given) => {
    const mine = ++last;
    if (readings.size === 0 || !waits()) return void act(...given);
    void (async () => {
      while (readings.size > 0) await Promise.all(readings);
      if (mine === last) act(...given);
    })();
  };
}
