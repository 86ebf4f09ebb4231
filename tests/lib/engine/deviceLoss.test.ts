/** R3, R7: what a device says of itself ends the engine that computes on it, once and in words. */
import * as tf from "@tensorflow/tfjs-core";
import {afterEach, beforeEach, expect, test, vi} from "vitest";
import {watchDevice} from "../../../src/lib/engine/deviceLoss.js";
import {useBackend} from "../albert/backends.js";

class GPUOutOfMemoryError extends Error {}
class GPUValidationError extends Error {}

/** A WebGPU device that says what a test lets it say. */
function watched() {
  let tell: (info: {message: string; reason: string}) => void = () => undefined;
  const device = Object.assign(new EventTarget(), {
    lost: new Promise<{message: string; reason: string}>((resolve) => (tell = resolve))
  });
  Object.assign(tf.backend(), {device}); // as the backend of WebGPU has one
  const said: string[] = [];
  const isLost = watchDevice((reason) => said.push(reason));
  const fail = (error: Error) =>
    device.dispatchEvent(Object.assign(new Event("uncapturederror"), {error}));
  return {said, isLost, fail, lose: async (message: string) => tell({message, reason: "unknown"})};
}

beforeEach(() => useBackend("cpu"));
afterEach(() => void Reflect.deleteProperty(tf.backend(), "device"));

test("a device that is out of memory counts as lost, and is said to be out of memory", async () => {
  const {said, isLost, fail, lose} = watched();
  fail(new GPUValidationError("a binding is missing"));
  expect(isLost()).toBe(false);
  fail(new GPUOutOfMemoryError("Out of memory\n"));
  expect(isLost()).toBe(true);
  fail(new GPUOutOfMemoryError("Out of memory"));
  await lose("gone");
  expect(said).toEqual(["the WebGPU device is out of memory (Out of memory)"]);
});

test("a device that is lost says why, or the reason it has", async () => {
  for (const [message, words] of [
    [
      "A valid external Instance reference no longer exists.",
      "A valid external Instance reference no longer exists."
    ],
    [" ", "unknown"]
  ] as const) {
    const {said, isLost, lose} = watched();
    expect(isLost()).toBe(false);
    await lose(message);
    await vi.waitFor(() => expect(said).toEqual([`the WebGPU device was lost (${words})`]));
    expect(isLost()).toBe(true);
  }
});
