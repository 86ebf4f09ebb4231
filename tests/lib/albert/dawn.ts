/** Whether tests can have WebGPU in Node. */
import {spawnSync} from "node:child_process";
import {existsSync} from "node:fs";

/** The software adapter of Chromium, for machines without a graphics card. */
const software = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Why Dawn is not there; tried in a process of its own, since what is wrong with it may end one. */
export function dawnIsMissing(): string | null {
  if (existsSync(software)) process.env.VK_ICD_FILENAMES ??= software;
  const code = `import("webgpu").then(async ({create, globals}) => {
    Object.assign(globalThis, globals);
    const adapter = await create([]).requestAdapter();
    await adapter.requestDevice();
    process.exit(0);
  }).catch(() => process.exit(3))`;
  const {status} = spawnSync(process.execPath, ["-e", code], {stdio: "ignore", timeout: 60_000});
  return status === 0 ? null : "Dawn finds no device here (npm's webgpu, with a Vulkan driver)";
}
