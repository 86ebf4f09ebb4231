/** A plain form that turns out wrong after its backend was chosen: questions wait for it, and go to the next backend. */
import {expect, test} from "vitest";
import {EngineLostError} from "../../../src/lib/engine/calls.js";
import type {DeviceReport} from "../../../src/lib/engine/deviceCalls.js";
import {EngineHost} from "../../../src/lib/engine/host.js";
import {listen} from "../../../src/lib/engine/listen.js";
import {EngineConnection, type EnginePort} from "../../../src/lib/engine/calls.js";
import {owePlainForm, plainFormFault} from "../../../src/lib/engine/plainForm.js";
import {Recoveries} from "../../../src/lib/engine/recoveries.js";
import {plainExpected} from "../../../src/lib/engine/selfTest.js";
import {memoryRoot} from "../../../src/lib/store/files.js";
import {useBackend} from "../albert/backends.js";
import {smallRecipe} from "./hostPort.js";

test("a question is not answered by it; what only runs plans is", async () => {
  await useBackend("wasm");
  const right = await plainExpected();
  owePlainForm(right, 1e-3);
  expect(await plainFormFault()).toBeNull();
  owePlainForm({...right, gradient: right.gradient.map((x) => -x)}, 1e-3);

  const {port1, port2} = new MessageChannel();
  const host = new EngineHost({
    backends: () => ({}),
    openStore: async () => memoryRoot(),
    onRefused: (message) => port2.postMessage({type: "lost", message, refused: true})
  });
  listen(port2 as unknown as EnginePort, host, host.trust);
  const connection = new EngineConnection(port1 as unknown as EnginePort);
  expect(await connection.call("model", {})).toBeNull();
  expect(await connection.call("prepareAhead", {recipe: smallRecipe()})).toBeNull();
  const error = await connection.call("attend", {text: "a", pair: null}).catch((e: Error) => e);
  expect(error).toBeInstanceOf(EngineLostError);
  expect((error as EngineLostError).message).toMatch(
    /^what TensorFlow\.js computes on wasm is wrong \(forward is off by \S+, gradient by 2\.0e\+0 \(allowed 0\.001\)\)$/
  );
  expect((error as EngineLostError).isRefused).toBe(true);
  owePlainForm(null);
  port1.close();
  port2.close();
});

test("another backend is taken at once, unless that one was asked for", () => {
  const device: DeviceReport = {backend: "webgpu", forced: null, trials: [], adapter: "card"};
  const wrong = new EngineLostError("it is wrong", true);
  const recoveries = new Recoveries();
  expect(recoveries.after(wrong, device)).toBe(
    "it is wrong; going on from the last checkpoint without webgpu"
  );
  expect(recoveries.without).toEqual(["webgpu"]);
  expect(() => new Recoveries().after(wrong, {...device, forced: "webgpu"})).toThrow("it is wrong");
  expect(new Recoveries().after(new EngineLostError("gone"), device)).toBe(
    "gone; going on from the last checkpoint"
  );
});
