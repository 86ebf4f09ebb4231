import type {Sharing} from "./kernel.js";

/** Names under which adapters that the processor emulates report themselves. */
export const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|warp/i;

/** What an adapter calls itself, or null. */
export function adapterName(info: GPUAdapterInfo): string | null {
  const {vendor, architecture, device, description} = info;
  return [description, vendor, architecture, device].filter(Boolean).join(" ") || null;
}

/** Whether an adapter is emulated by the processor. */
export function isSoftwareAdapter(info: GPUAdapterInfo): boolean {
  return info.isFallbackAdapter || softwareNames.test(adapterName(info) ?? "");
}

/** How rows are best shared out on a device; devices that do not say are taken for cards. */
export function sharingOn(device: GPUDevice): Sharing {
  const {adapterInfo} = device as {adapterInfo?: GPUAdapterInfo};
  return adapterInfo && isSoftwareAdapter(adapterInfo) ? "lanes" : "groups";
}
