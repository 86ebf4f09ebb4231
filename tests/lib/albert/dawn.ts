/** WebGPU in Node for tests, where there is one. */
import {spawnSync} from "node:child_process";
import {existsSync} from "node:fs";
import {afterAll, beforeAll} from "vitest";
import {offerWebgpu, withdrawWebgpu} from "../../../bin/dawn.js";

/** The software adapter of Chromium, for machines without a graphics card; `ALBERT_GPU=dawn` asks for a card. */
const software = "/usr/lib/chromium/vk_swiftshader_icd.json";

/** Why Dawn is not there; tried in a process of its own, since what is wrong with it may end one. */
export function dawnIsMissing(): string | null {
  if (process.env.ALBERT_GPU !== "dawn" && existsSync(software))
    process.env.VK_ICD_FILENAMES ??= software;
  const code = `import("webgpu").then(async ({create, globals}) => {
    Object.assign(globalThis, globals);
    const adapter = await create([]).requestAdapter();
    await adapter.requestDevice();
    process.exit(0);
  }).catch(() => process.exit(3))`;
  const {status} = spawnSync(process.execPath, ["-e", code], {stdio: "ignore", timeout: 60_000});
  return status === 0 ? null : "Dawn finds no device here (npm's webgpu, with a Vulkan driver)";
}

/** Opens Dawn's device before the tests of a block, and closes it after them. @returns the device */
export function useDawnDevice(): () => GPUDevice {
  let device: GPUDevice | undefined;
  beforeAll(async () => {
    await offerWebgpu();
    device = await (await navigator.gpu.requestAdapter())!.requestDevice();
  });
  afterAll(() => {
    device?.destroy();
    withdrawWebgpu();
  });
  return () => device!;
}
