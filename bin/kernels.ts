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

/** Compiles the sources with the pinned AssemblyScript compiler. */
export function compileKernels(): Uint8Array {
  const out = join(folder, "kernels.wasm");
  const asc = ["node_modules/assemblyscript/bin/asc.js", join(folder, "index.ts"), "-o", out];
  const flags = "--optimizeLevel 3 --shrinkLevel 0 --noAssert --runtime stub --importMemory";
  const more = "--memoryBase 64 --enable simd --disable mutable-globals";
  execFileSync(process.execPath, [...asc, ...flags.split(" "), ...more.split(" ")], {
    stdio: ["ignore", "ignore", "inherit"]
  });
  return new Uint8Array(readFileSync(out));
}

/** Writes the compiled kernels as a module, so that every bundler and Node load them alike. */
export function writeKernels(): void {
  const base64 = Buffer.from(compileKernels()).toString("base64");
  writeFileSync(
    "src/lib/albert/plan/kernels.generated.ts",
    `// Written by bin/kernels.ts from src/lib/albert/plan/assembly; do not edit.\n` +
      `export const sourceHash = "${kernelSourceHash()}";\n` +
      `export const kernelsBase64 =\n  "${base64}";\n`
  );
}

if (process.argv[1]?.endsWith("kernels.ts")) writeKernels();
