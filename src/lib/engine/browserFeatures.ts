/** What this browser offers of all that a run can make use of, found by asking for it. */

/** One thing that a browser may offer. */
export interface BrowserFeature {
  name: string;
  isHere: boolean;
  /** What follows for a run, with it or without it. */
  effect: string;
}

/** The smallest module with a fused multiply-add of relaxed SIMD, `f32x4.relaxed_madd`. */
const relaxedModule = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // \0asm, version 1
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type: () → v128
  ...[0x03, 0x02, 0x01, 0x00], // one function of that type
  ...[0x0a, 0x13, 0x01, 0x11, 0x00], // its body
  ...[0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f, 0x41, 0x00, 0xfd, 0x0f], // three i8x16.splat(0)
  ...[0xfd, 0x85, 0x02, 0x0b] // f32x4.relaxed_madd
);

/** What is asked; a page's `globalThis`. */
export interface BrowserScope {
  navigator?: {
    gpu?: unknown;
    locks?: unknown;
    serviceWorker?: unknown;
    storage?: {getDirectory?: unknown; persist?: unknown};
  };
  FileSystemFileHandle?: {prototype: object};
  SharedArrayBuffer?: unknown;
  crossOriginIsolated?: boolean;
  performance: {now(): number};
}

/** Milliseconds that a clock is watched for a tick. */
const watchMs = 5;

/** The shortest of a few ticks of the clock, in milliseconds; null where it is over 5 ms. */
function clockTick({now}: {now(): number}): number | null {
  let least: number | null = null;
  for (let tick = 0; tick < 3; ++tick) {
    const before = now();
    let after = before;
    // by count, for a clock that stands still is what is looked for
    for (let i = 0; i < 200_000 && after === before; ++i) after = now();
    const ms = after - before;
    if (ms > 0 && ms <= watchMs) least = Math.min(least ?? ms, ms);
  }
  return least;
}

/** Asks a browser, on the page, what it offers; takes some milliseconds. */
export function browserFeatures(
  scope: BrowserScope = globalThis as unknown as BrowserScope
): BrowserFeature[] {
  const {navigator = {}, performance} = scope;
  const {storage = {}} = navigator;
  const feature = (name: string, isHere: boolean, here: string, missing: string) => ({
    name,
    isHere,
    effect: isHere ? here : missing
  });
  const tick = clockTick({now: () => performance.now()});
  return [
    feature(
      "WebGPU",
      navigator.gpu != null,
      "the graphics card is tried first",
      "the self-test begins with WebGL; large models train on the processor"
    ),
    feature(
      "relaxed SIMD",
      typeof WebAssembly !== "undefined" && WebAssembly.validate(relaxedModule),
      "the processor multiplies and adds in one instruction",
      "the processor multiplies, then adds: a little slower, and the last bits of a loss differ"
    ),
    feature(
      "threads",
      scope.crossOriginIsolated === true && scope.SharedArrayBuffer !== undefined,
      "a step on the processor is shared by up to four threads",
      "one thread; the site would have to be served with the headers of cross-origin isolation"
    ),
    feature(
      "files that last",
      storage.getDirectory !== undefined && scope.FileSystemFileHandle !== undefined,
      "runs are kept here and go on after a reload",
      "runs end with the page: save what you want to keep"
    ),
    feature(
      "a promise to keep them",
      storage.persist !== undefined,
      "the browser is asked when the first run is kept; it may ask you in turn",
      "the browser may drop kept runs when the disk gets full"
    ),
    feature(
      "locks between tabs",
      navigator.locks !== undefined,
      "of two tabs with one run, one writes",
      "open a run in one tab only"
    ),
    feature(
      "pages without a network",
      navigator.serviceWorker !== undefined,
      "after the first visit the site opens offline",
      "the site needs its server at every visit"
    ),
    feature(
      "a clock finer than a millisecond",
      tick !== null && tick < 1,
      "each step is timed by itself",
      "the speed of short steps is that of many together, and short times are whole milliseconds"
    )
  ];
}
