/** WebGPU in Node by Dawn, the optional package `webgpu`: a device for TensorFlow.js and the plan. */
import {InputError} from "../src/lib/errors.js";

/** What the package exports. */
export interface Dawn {
  create(options: string[]): GPU;
  globals: object;
}

/** A name that no bundler or compiler follows: the package need not be there. */
const packageName: string = "webgpu";
const load = async (): Promise<Dawn> => (await import(packageName)) as Dawn;

/**
 * Puts WebGPU where browsers have it, `navigator.gpu`. Node does not end while it is there: see
 * `withdrawWebgpu`.
 *
 * @throws InputError where the package or a graphics driver is missing
 */
export async function offerWebgpu(loadDawn: () => Promise<Dawn> = load): Promise<void> {
  let dawn: Dawn;
  try {
    dawn = await loadDawn();
  } catch (error) {
    throw new InputError(
      "--backend webgpu: needs the optional package webgpu, which does not load here (run npm install, or use --backend wasm)",
      {cause: error}
    );
  }
  const gpu = dawn.create([]);
  if (!(await gpu.requestAdapter().catch(() => null)))
    throw new InputError(
      "--backend webgpu: found no graphics card with a Vulkan, Metal or Direct3D 12 driver (use --backend wasm)"
    );
  Object.assign(globalThis, dawn.globals);
  const {navigator = {} as Navigator} = globalThis as {navigator?: Navigator};
  Object.defineProperty(navigator, "gpu", {value: gpu, configurable: true});
  Object.defineProperty(globalThis, "navigator", {value: navigator, configurable: true});
}

/** What lives as long as it is held, and with it every device of it. */
const held = new Set<GPU>();

/** Takes it away again, so that Node may end. */
export function withdrawWebgpu(): void {
  held.clear();
  const {navigator} = globalThis as {navigator?: {gpu?: unknown}};
  if (navigator?.gpu) delete navigator.gpu;
}

/** A device that takes all work, of any size, and does none, to time what is done before it; null without Dawn. */
export async function idleDevice(): Promise<GPUDevice | null> {
  const {create, globals} = await load();
  Object.assign(globalThis, globals);
  const gpu = create(["backend=null"]);
  held.add(gpu);
  const adapter = await gpu.requestAdapter();
  if (!adapter) return null;
  const {maxBufferSize, maxStorageBufferBindingSize} = adapter.limits;
  return adapter.requestDevice({requiredLimits: {maxBufferSize, maxStorageBufferBindingSize}});
}
