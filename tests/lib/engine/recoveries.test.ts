import {expect, test} from "vitest";
import {EngineLostError} from "../../../src/lib/engine/calls.js";
import type {BackendName, DeviceReport} from "../../../src/lib/engine/deviceCalls.js";
import {Recoveries} from "../../../src/lib/engine/recoveries.js";

const on = (backend: BackendName): DeviceReport => ({
  backend,
  forced: null,
  trials: [],
  adapter: null
});

test("each backend is given up after four losses of its own, and the last one ends it", () => {
  const recoveries = new Recoveries();
  const lost = new EngineLostError("gone");
  for (const backend of ["webgpu", "webgl", "wasm"] as const) {
    for (let time = 1; time <= 3; ++time)
      expect(recoveries.after(lost, on(backend))).toBe("gone; going on from the last checkpoint");
    expect(recoveries.after(lost, on(backend))).toBe(
      `gone; going on from the last checkpoint without ${backend}, which was lost 4 times`
    );
    expect(recoveries.without.at(-1)).toBe(backend);
  }
  for (let time = 1; time <= 3; ++time) recoveries.after(lost, on("cpu"));
  expect(() => recoveries.after(lost, on("cpu"))).toThrow("gone, 4 times in a row");
});
