import {afterEach, describe, expect, test} from "vitest";
import {offerWebgpu, withdrawWebgpu, type Dawn} from "../../bin/dawn.js";
import {InputError} from "../../src/lib/errors.js";

const dawn = (adapter: object | null): Dawn => ({
  create: () => ({requestAdapter: async () => adapter}) as unknown as GPU,
  globals: {}
});

describe("offerWebgpu()", () => {
  afterEach(() => withdrawWebgpu());

  test("says in a sentence that the package is missing", async () => {
    const missing = () => Promise.reject(new Error("Cannot find package 'webgpu'"));
    await expect(offerWebgpu(missing)).rejects.toThrow(InputError);
    await expect(offerWebgpu(missing)).rejects.toThrow(/optional package webgpu.*--backend wasm/);
  });

  test("says in a sentence that there is no graphics driver", async () => {
    const none = async () => dawn(null);
    await expect(offerWebgpu(none)).rejects.toThrow(InputError);
    await expect(offerWebgpu(none)).rejects.toThrow(/no graphics card.*--backend wasm/);
    expect(navigatorGpu()).toBeUndefined();
  });

  test("puts WebGPU where browsers have it, until it is withdrawn", async () => {
    await offerWebgpu(async () => dawn({}));
    expect(navigatorGpu()).toBeDefined();
    withdrawWebgpu();
    expect(navigatorGpu()).toBeUndefined();
  });
});

const navigatorGpu = () => (globalThis as {navigator?: {gpu?: unknown}}).navigator?.gpu;
