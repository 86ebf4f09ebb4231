/** The compiled kernels, in the best form that this platform runs. */
import {kernelsBase64} from "./kernels.generated.js";
import {threadCount} from "./threads.js";

/** SIMD as every browser has it, or with the fused multiply-add of relaxed SIMD. */
export type KernelKind = "simd" | "relaxed";

type Build = keyof typeof kernelsBase64;
const compiled = new Map<Build, WebAssembly.Module | null>();

/** The module of a kind, compiled once; null where this platform cannot run it. */
export function kernelModule(kind: Build): WebAssembly.Module | null {
  const known = compiled.get(kind);
  if (known !== undefined) return known;
  const bytes = Uint8Array.from(atob(kernelsBase64[kind]), (character) => character.charCodeAt(0));
  let module: WebAssembly.Module | null = null;
  try {
    module = new WebAssembly.Module(bytes);
  } catch {
    // not understood here: the caller takes another kind
  }
  compiled.set(kind, module);
  return module;
}

/** The fastest kind that this platform runs; null where WebAssembly has no SIMD. */
export function bestKernels(): KernelKind | null {
  return (["relaxed", "simd"] as const).find((kind) => kernelModule(kind)) ?? null;
}

/** Whether this platform runs the kernels. */
export function hasWasmSimd(): boolean {
  return bestKernels() !== null;
}

/** What the reader is told of an executor with these kernels. */
export function kernelName(kind: KernelKind): string {
  const name =
    kind === "relaxed"
      ? "plan on WebAssembly SIMD with fused multiply-add"
      : "plan on WebAssembly SIMD";
  return threadCount() > 1 ? `${name}, ${threadCount()} threads` : name;
}
