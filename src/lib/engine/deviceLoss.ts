/** The device under the active backend, watched for being lost. */
import * as tf from "@tensorflow/tfjs-core";

interface Device {
  /** WebGPU. */
  device?: {lost: Promise<{message: string; reason: string}>};
  /** WebGL. */
  gpgpu?: {gl: WebGL2RenderingContext};
}

/**
 * Tells once when the device of the active backend is lost.
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
  gpgpu?.gl.canvas.addEventListener("webglcontextlost", check);
  check(); // it may have been lost before anybody listened
  return check;
}
