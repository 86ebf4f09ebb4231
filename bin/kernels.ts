/** Compiles the WASM kernels of the plan from source: `src/lib/albert/plan/assembly` → kernels.wasm. */
import {execFileSync} from "node:child_process";
import {createHash} from "node:crypto";
import {readdirSync, readFileSync, writeFileSync} from "node:fs";
import {join} from "node:path";

const folder = "src/lib/albert/plan/assembly";

/** SHA-256 of the sources, in the order of their names. */
export function kernelSourceHash(): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort())
    if (name.endsWith(".ts")) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest("hex");
}

/**
 * What the kernels are compiled for: SIMD as every browser has it, or with fused multiply-add; for one
 * thread, or for several over one shared memory.
 */
export const kernelKinds = ["simd", "relaxed", "simdThreads", "relaxedThreads"] as const;

/** Compiles the sources with the pinned AssemblyScript compiler. */
export function compileKernels(kind: (typeof kernelKinds)[number]): Uint8Array {
  const out = join(folder, "kernels.wasm");
  const asc = ["node_modules/assemblyscript/bin/asc.js", join(folder, "index.ts"), "-o", out];
  const flags = "--optimizeLevel 3 --shrinkLevel 0 --noAssert --runtime stub --importMemory";
  const more = "--memoryBase 64 --enable simd --disable mutable-globals";
  const relaxed = kind.startsWith("relaxed") ? ["--enable", "relaxed-simd"] : [];
  const shared = "--enable threads --sharedMemory --initialMemory 1 --maximumMemory 65536";
  const threads = kind.endsWith("Threads") ? shared.split(" ") : [];
  const words = [...asc, ...flags.split(" "), ...more.split(" "), ...relaxed, ...threads];
  execFileSync(process.execPath, words, {stdio: ["ignore", "ignore", "inherit"]});
  return new Uint8Array(readFileSync(out));
}

/** Writes the compiled kernels as a module, so that every bundler and Node load them alike. */
export function writeKernels(): void {
  const lines = kernelKinds.map(
    (kind) => `  ${kind}:\n    "${Buffer.from(compileKernels(kind)).toString("base64")}"`
  );
  writeFileSync(
    "src/lib/albert/plan/kernels.generated.ts",
    `// Written by bin/kernels.ts from src/lib/albert/plan/assembly; do not edit.\n` +
      `export const sourceHash = "${kernelSourceHash()}";\n` +
      `/** The modules in base64, by what they were compiled for. */\n` +
      `export const kernelsBase64 = {\n${lines.join(",\n")}\n};\n`
  );
}

if (process.argv[1]?.endsWith("kernels.ts")) writeKernels();
