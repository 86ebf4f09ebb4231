/** The one buffer on the device in which plans run. */
import {InputError} from "../../../errors.js";
import {usage} from "./commands.js";

const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(2)} GiB`;

/** @throws InputError when a device cannot bind so many bytes at once */
export function checkFits(bytes: number, {limits}: GPUDevice): void {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  if (bytes > most)
    throw new InputError(
      `a step of this size needs ${gib(bytes)} in one buffer, over the ${gib(most)} that this graphics device allows: make the batch, the sequence or the model smaller, or compute on another backend (?backend=wasm)`
    );
}

/** What is allocated for so many bytes. */
export const arenaBytes = (bytes: number) => Math.ceil(bytes / 256) * 256;

/** A buffer that grows; plans of one model share it, with what lasts at its beginning. */
export class Arena {
  readonly device: GPUDevice;
  #buffer: GPUBuffer | null = null;

  constructor(device: GPUDevice) {
    this.device = device;
  }

  get bytes(): number {
    return this.#buffer?.size ?? 0;
  }

  /** @throws Error before `ensure` */
  get buffer(): GPUBuffer {
    if (!this.#buffer) throw new Error("the arena has no buffer yet");
    return this.#buffer;
  }

  /**
   * Makes room for `bytes`; the first `kept` of what was there move along.
   *
   * @throws InputError when the device has no such room
   */
  async ensure(bytes: number, kept: number): Promise<void> {
    if (bytes <= this.bytes) return;
    const {device} = this;
    device.pushErrorScope("out-of-memory");
    const made = this.#make(bytes);
    if (await device.popErrorScope())
      throw new InputError(
        `this graphics device has no room for ${gib(bytes)}: make the batch, the sequence or the model smaller`
      );
    this.#moveTo(made, kept);
  }

  /**
   * The same at once, for callers that cannot wait; where there is no room the device reports an error
   * of its own.
   *
   * @throws InputError when the device cannot bind so many bytes
   */
  ensureNow(bytes: number, kept: number): void {
    if (bytes > this.bytes) this.#moveTo(this.#make(bytes), kept);
  }

  #make(bytes: number): GPUBuffer {
    checkFits(bytes, this.device);
    return this.device.createBuffer({
      label: "arena",
      size: arenaBytes(bytes),
      usage: usage.storage | usage.copySource | usage.copyTarget
    });
  }

  #moveTo(made: GPUBuffer, kept: number): void {
    const {device} = this;
    if (this.#buffer) {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(this.#buffer, 0, made, 0, kept);
      device.queue.submit([encoder.finish()]);
      this.#buffer.destroy();
    }
    this.#buffer = made;
  }

  /** Copies out pieces of the arena, given in numbers. @throws Error when the device is lost */
  async read(pieces: readonly {at: number; size: number}[]): Promise<Float32Array[]> {
    const bytes = 4 * pieces.reduce((sum, {size}) => sum + size, 0);
    const target = this.device.createBuffer({
      label: "read back",
      size: Math.max(4, bytes),
      usage: usage.mapRead | usage.copyTarget
    });
    const encoder = this.device.createCommandEncoder();
    let to = 0;
    for (const {at, size} of pieces) {
      encoder.copyBufferToBuffer(this.buffer, 4 * at, target, to, 4 * size);
      to += 4 * size;
    }
    this.device.queue.submit([encoder.finish()]);
    const all = await readMapped(this.device, target, bytes);
    target.destroy();
    let from = 0;
    return pieces.map(({size}) => all.subarray(from, (from += size)).slice());
  }

  write(at: number, values: Float32Array<ArrayBuffer>): void {
    this.device.queue.writeBuffer(this.buffer, 4 * at, values);
  }

  dispose(): void {
    this.#buffer?.destroy();
    this.#buffer = null;
  }
}

/** What stands in a buffer made to be read. @throws Error when the device is lost */
export async function readMapped(
  device: GPUDevice,
  buffer: GPUBuffer,
  bytes: number
): Promise<Float32Array> {
  try {
    await buffer.mapAsync(1, 0, bytes);
  } catch (error) {
    // Told of the failure before the loss: whoever watches the device should hear of that first.
    const soon = new Promise<null>((resolve) => setTimeout(() => resolve(null), 1000));
    const lost = await Promise.race([device.lost, soon]);
    if (!lost) throw error;
    throw new Error(`the WebGPU device was lost (${lost.message.trim() || lost.reason})`, {
      cause: error
    });
  }
  const values = new Float32Array(buffer.getMappedRange(0, bytes).slice(0));
  buffer.unmap();
  return values;
}
