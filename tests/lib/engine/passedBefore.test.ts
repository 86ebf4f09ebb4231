import {afterEach, beforeEach, expect, test, vi} from "vitest";
import type {DeviceReport} from "../../../src/lib/engine/deviceCalls.js";
import {passedBefore, rememberPassed} from "../../../src/lib/engine/passedBefore.js";

const report: DeviceReport = {backend: "webgpu", forced: null, trials: [], adapter: "Mesa"};
const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value)
  });
  vi.stubGlobal("navigator", {userAgent: "browser 1"});
});
afterEach(() => vi.unstubAllGlobals());

test("what passed is known again to the same worker in the same browser", () => {
  expect(passedBefore("engine.1.js")).toBeNull();
  rememberPassed("engine.1.js", report);
  expect(passedBefore("engine.1.js")).toEqual(report);
  expect(passedBefore("engine.2.js")).toBeNull();
  vi.stubGlobal("navigator", {userAgent: "browser 2"});
  expect(passedBefore("engine.1.js")).toBeNull();
});

test("a device without a name is not remembered: another may be there next time", () => {
  rememberPassed("engine.1.js", {...report, adapter: null});
  expect(kept.size).toBe(0);
});

test("what is damaged, or cannot be kept, is as if nothing were known", () => {
  rememberPassed("engine.1.js", report);
  const [key, whole] = [...kept][0]!;
  for (const text of ["{", "7", whole.replace("webgpu", "abacus"), whole.replace("[]", "null")]) {
    kept.set(key, text);
    expect(passedBefore("engine.1.js")).toBeNull();
  }
  vi.stubGlobal("localStorage", undefined);
  rememberPassed("engine.1.js", report);
  expect(passedBefore("engine.1.js")).toBeNull();
});
