/** The device under the active backend, watched for being lost. */
import * as tf from "@tensorflow/tfjs-core";

interface Device {
  /** WebGPU; not every platform tells of errors that nobody asked for. */
  device?: {
    lost: Promise<{message: string; reason: string}>;
    addEventListener?(name: "uncapturederror", listener: (event: {error: Error}) => void): void;
  };
  /** WebGL. */
  gpgpu?: {gl: WebGL2RenderingContext};
}

/**
 * Tells once when the device of the active backend is lost, or has no room for what it was told to make:
 * it then computes on with nothing in its place.
 *
 * @returns whether it is lost by now: a lost WebGL context answers every reading with zeros before
 *   its event arrives, so what was read counts only if this says false afterwards
 */
export function watchDevice(onLost: (reason: string) => void): () => boolean {
  const {device, gpgpu} = tf.backend() as unknown as Device;
  let isLost = false;
  const lose = (reason: string) => {
    if (isLost) return;
    isLost = true;
    onLost(reason);
  };
  void device?.lost.then(({message, reason}) =>
    lose(`the WebGPU device was lost (${message.trim() || reason})`)
  );
  const check = () => {
    if (gpgpu?.gl.isContextLost()) lose("the WebGL context was lost");
    return isLost;
  };
  device?.addEventListener?.("uncapturederror", ({error}) => {
    // by name: not every platform has the class
    if (error.constructor.name === "GPUOutOfMemoryError")
      lose(`the WebGPU device is out of memory (${error.message.trim() || "it gives no reason"})`);
  });
  gpgpu?.gl.canvas.addEventListener("webglcontextlost", check);
  check(); // it may have been lost before anybody listened
  return check;
}
