/** The device of TensorFlow.js's WebGPU backend, and its tensors as buffers there. */
import * as tf from "@tensorflow/tfjs-core";
import {sourceOf} from "../lazyParameters.js";
import type {Parameters} from "../params.js";
import {mostBytes} from "./keptArenas.js";
import type {DeviceResult, DeviceWeight} from "./webgpu/inference.js";

/** What is known of that backend besides its public face. */
interface WebgpuBackend {
  device?: GPUDevice;
  tensorMap: {get(dataId: object): {values: Float32Array | null}};
}

/** @throws Error where another backend is in use */
export function webgpuDevice(): GPUDevice {
  const {device} = tf.backend() as unknown as WebgpuBackend;
  if (!device) throw new Error(`${tf.getBackend()} has no WebGPU device`);
  return device;
}

type Taken = ReturnType<DeviceWeight["read"]>;

/** Numbers on the processor, which nobody has to be told of when they have been taken. */
export const taken = (values: Float32Array): Taken => ({values, done: () => {}});

/** A tensor's numbers from where they are: the processor before their first use, else the device. */
export function onDevice(tensor: tf.Tensor): Taken {
  const {values} = (tf.backend() as unknown as WebgpuBackend).tensorMap.get(tensor.dataId);
  if (values) return taken(values);
  const {buffer, tensorRef} = tensor.dataToGPU();
  return {values: buffer!, done: () => tensorRef.dispose()};
}

/** Where a plan on the device has a model's weights from. */
export const webgpuSource =
  (params: Parameters) =>
  (name: string): DeviceWeight => {
    const {version, numbers} = sourceOf(params, name);
    return {version, read: () => (numbers ? taken(numbers) : onDevice(params.get(name)!))};
  };

/** Bytes that an arena may take on a device. */
export function mostBytesOn({limits}: GPUDevice): number {
  return Math.min(mostBytes, limits.maxBufferSize, limits.maxStorageBufferBindingSize);
}

/** A result as a tensor of the backend, in a buffer that the backend manages. */
export function tensorOf({buffer, shape}: DeviceResult): tf.Tensor {
  const made = tf.tensor({buffer}, shape, "float32");
  buffer.destroy();
  return made;
}
